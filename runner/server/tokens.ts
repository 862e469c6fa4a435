// The tokens of a runner by name and scope: of those that were given away only digests are kept, in DATA/tokens.json.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { KnownError } from '../../shared/errors/errors.ts';
import { tokenSchema, type NamedToken, type Scope } from '../../shared/protocol/scopes.ts';
import type { Caller } from '../tasks/access.ts';

const keptSchema = z.strictObject({
  ...tokenSchema.shape,
  /** Hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Missing while it is good. */
  revokedAt: z.iso.datetime().optional(),
});
const fileSchema = z.strictObject({ tokens: z.array(keptSchema) });
type Kept = z.infer<typeof keptSchema>;

/** Revoked tokens that are remembered, so that their holders learn why they are refused; the oldest are forgotten first. */
const maxRevoked = 1_000;

export class Tokens {
  readonly #file: string;
  readonly #ownDigest: Buffer;
  readonly #listeners = new Set<(name: string) => void>();
  #kept: readonly Kept[];
  /** Changes of the file follow one another. */
  #saving: Promise<void> = Promise.resolve();

  private constructor(file: string, ownToken: string, kept: readonly Kept[]) {
    this.#file = file;
    this.#ownDigest = digestOf(ownToken);
    this.#kept = kept;
  }

  /** `file` is absolute, there or not; `ownToken` is the runner's own. Throws KnownError `configurationInvalid`. */
  static async open(file: string, ownToken: string): Promise<Tokens> {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{"tokens":[]}';
      throw error;
    });
    try {
      return new Tokens(file, ownToken, fileSchema.parse(JSON.parse(text)).tokens);
    } catch (error) {
      const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      throw new KnownError('configurationInvalid', { name: file, detail }, error);
    }
  }

  /** Who holds `token`. All digests are compared, each in constant time. */
  holderOf(token: string): Caller | 'revoked' | null {
    const digest = digestOf(token);
    let holder: Caller | 'revoked' | null = null;
    if (timingSafeEqual(digest, this.#ownDigest)) holder = { name: null, scope: 'admin' };
    for (const { name, scope, sha256, revokedAt } of this.#kept)
      if (timingSafeEqual(digest, Buffer.from(sha256, 'hex')))
        holder = revokedAt === undefined ? { name, scope } : 'revoked';
    return holder;
  }

  list(): NamedToken[] {
    return this.#good().map(({ name, scope, createdAt }) => ({ name, scope, createdAt }));
  }

  /** Returns the token, which is kept nowhere. Throws KnownError `tokenExists`. */
  async create(name: string, scope: Scope, at: Date): Promise<string> {
    if (this.#good().some((one) => one.name === name)) throw new KnownError('tokenExists', { name });
    const token = randomBytes(32).toString('base64url');
    const sha256 = digestOf(token).toString('hex');
    await this.#change([...this.#kept, { name, scope, createdAt: at.toISOString(), sha256 }]);
    return token;
  }

  /** Counts at once, whatever becomes of the file. Throws KnownError `tokenUnknown`. */
  async revoke(name: string, at: Date): Promise<void> {
    if (!this.#good().some((one) => one.name === name)) throw new KnownError('tokenUnknown', { name });
    const kept = this.#kept.map((one) =>
      one.name === name && one.revokedAt === undefined ? { ...one, revokedAt: at.toISOString() } : one,
    );
    const revoked = kept.filter(({ revokedAt }) => revokedAt !== undefined).slice(-maxRevoked);
    const saved = this.#change(kept.filter((one) => one.revokedAt === undefined || revoked.includes(one)));
    for (const listener of this.#listeners) listener(name);
    await saved;
  }

  /** Calls `listener` with the name of each token that is revoked. Returns what ends that. */
  onRevoke(listener: (name: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #good(): readonly Kept[] {
    return this.#kept.filter(({ revokedAt }) => revokedAt === undefined);
  }

  async #change(kept: readonly Kept[]): Promise<void> {
    this.#kept = kept;
    const text = `${JSON.stringify({ tokens: kept }, null, 2)}\n`;
    const saved = this.#saving.then(() => this.#save(text));
    // The next change is not kept from its turn; whoever asked for this one hears of its failure.
    this.#saving = saved.catch(() => undefined);
    await saved;
  }

  /** As a whole or not at all. */
  async #save(text: string): Promise<void> {
    const draft = `${this.#file}.new`;
    await writeFile(draft, text, { mode: 0o600, flush: true });
    await rename(draft, this.#file);
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
