// Packs a snapshot for shipping: only what the runner lacks, without history where it has none.
import { createHash } from 'node:crypto';
import { createReadStream, writeSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { KnownError } from '../errors/errors.ts';
import type { Repository } from './openRepository.ts';
import { planShipment, type Shipment } from './shipment.ts';
import type { Snapshot } from './snapshot.ts';
import { GitFailure, readGit } from './userGit.ts';

/** With bitmaps git would leave out what lies anywhere behind `have`; a runner with a cut history may lack it. */
const noBitmaps = ['-c', 'pack.useBitmaps=false'];

/**
 * For a runner that has nothing: two versions of a file are still packed as one and a difference. Looking among
 * ten files for each other's differences, as git does of itself, takes twice the time for 3 % fewer bytes.
 */
const quickPacking = ['-c', 'pack.window=1'];

export interface BundleRequest {
  readonly snapshot: Snapshot;
  /** Commits that the runner has with all they need; empty for a runner that has none. */
  readonly have: readonly string[];
  /** Absolute path to write to. */
  readonly file: string;
}

export interface Bundle {
  readonly file: string;
  readonly sizeBytes: number;
  /** Of the file, in hex. */
  readonly sha256: string;
  /** Commits that come without their parents: the receiver must add them to its `shallow` file before it fetches. */
  readonly shallow: readonly string[];
  readonly isShallow: boolean;
}

/**
 * Writes a bundle with the one ref of the snapshot. Without common history it holds the snapshot, its base and
 * nothing before; else what `have` lacks. Objects that a partial clone lacks are not fetched.
 * Throws KnownError snapshotFailed with git's words.
 */
export async function createBundle(
  repository: Repository,
  request: BundleRequest,
  signal: AbortSignal,
): Promise<Bundle> {
  const { snapshot, have, file } = request;
  const shallowFile = `${file}.shallow`;
  try {
    const shipment = await planShipment(repository, snapshot, { have, shallowFile }, signal);
    await writeBundle(repository, { shipment, snapshot, isFirst: have.length === 0, file }, signal);
    const { size } = await stat(file);
    const { shallow } = shipment;
    return {
      file,
      sizeBytes: size,
      sha256: await hashOf(file, signal),
      shallow,
      isShallow: shallow.length > 0,
    };
  } catch (error) {
    if (error instanceof GitFailure || isOfFile(error, file))
      throw new KnownError('snapshotFailed', { detail: error.message }, error);
    throw error;
  } finally {
    await rm(shallowFile, { force: true });
  }
}

/**
 * As `git bundle create` does, which has no way to leave out what lies in commits that are no ancestors: for these, and
 * earlier snapshots are such, `pack-objects` has `--shallow`. Source: gitformat-bundle(5), git-pack-objects(1).
 */
async function writeBundle(
  repository: Repository,
  bundle: {
    readonly shipment: Shipment;
    readonly snapshot: Snapshot;
    readonly isFirst: boolean;
    readonly file: string;
  },
  signal: AbortSignal,
): Promise<void> {
  const { shipment, snapshot, isFirst } = bundle;
  const settings = isFirst ? [...noBitmaps, ...quickPacking] : noBitmaps;
  const walking = shipment.isByRevision ? ['--revs', '--thin', '--shallow'] : [];
  const flags = ['--stdout', ...walking, '--delta-base-offset', '--quiet'];
  await using file = await open(bundle.file, 'w', 0o600);
  await file.writeFile(headerOf(shipment, snapshot));
  const output = new SyncOutput(file.fd);
  await readGit(repository.root, [...settings, 'pack-objects', ...flags], {
    signal,
    env: shipment.env,
    input: shipment.input,
    onStdout: output.write,
  });
  output.throwIfFailed();
}

function headerOf({ needed }: Shipment, { commit, ref }: Snapshot): string {
  const signature = commit.length === 64 ? '# v3 git bundle\n@object-format=sha256' : '# v2 git bundle';
  return [signature, ...needed.map((id) => `-${id}`), `${commit} ${ref}`, '\n'].join('\n');
}

/** Writes what arrives at once, so that no more than a pipe holds waits in memory. */
class SyncOutput {
  readonly #descriptor: number;
  #failure: Error | null = null;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  readonly write = (chunk: Buffer): void => {
    try {
      for (let at = 0; at < chunk.length && this.#failure === null;)
        at += writeSync(this.#descriptor, chunk, at);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  };

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}

/** The disk is full, or the folder gone. */
function isOfFile(error: unknown, file: string): error is Error {
  if (!(error instanceof Error) || !('syscall' in error)) return false;
  return error.syscall === 'write' || ('path' in error && error.path === file);
}

async function hashOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
