// Asks for the facts that evidence needs of the world, and signs it.
import { createHash, sign } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { release } from 'node:os';
import { payloadType, signedBytes, type Envelope } from '../../shared/evidence/envelope.ts';
import type { EnvironmentEvidence, Statement } from '../../shared/evidence/statement.ts';
import { runProcess } from '../../shared/host/processes.ts';
import type { Masker } from '../../shared/secrets/masker.ts';
import { runnerVersion } from '../host/version.ts';
import type { Evidence, LogFiles, TaskPlace } from '../tasks/ports.ts';
import type { SigningKey } from './signingKey.ts';

export interface EvidenceOptions {
  readonly key: SigningKey;
  readonly logs: Pick<LogFiles, 'fileFor'>;
  readonly masker: Pick<Masker, 'mask'>;
  readonly store: {
    lockFiles(
      place: TaskPlace,
      commit: string,
      signal: AbortSignal,
    ): Promise<EnvironmentEvidence['lockFiles']>;
    /** Keeps a text for as long as the task; the id of its blob. */
    keep(place: TaskPlace, text: string, signal: AbortSignal): Promise<string>;
  };
}

export function createEvidence({ key, logs, masker, store }: EvidenceOptions): Evidence {
  return {
    async facts(place, { spec, commit, logs: names }, signal) {
      const { platform, arch, versions } = process;
      const hashes = await Promise.all(
        names.map(async (name) => {
          const hash = await hashOf(logs.fileFor(place.taskId, name), signal);
          return hash === null ? [] : [[name, hash] as const];
        }),
      );
      return {
        specSha256: createHash('sha256').update(JSON.stringify(spec)).digest('hex'),
        environment: {
          ...{ platform, arch, release: release() },
          ...{ runner: runnerVersion, node: versions.node, git: await gitVersion(signal) },
          lockFiles: await store.lockFiles(place, commit, signal),
        },
        logs: new Map(hashes.flat()),
      };
    },
    async keep(place, statement, signal) {
      const masked = maskedStatement(statement, masker) as Statement;
      return store.keep(place, `${JSON.stringify(envelopeOf(masked, key))}\n`, signal);
    },
  };
}

/** The signature of one statement by one key is always the same: made again after a crash it is the same blob. */
export function envelopeOf(
  statement: Statement,
  { privateKey, publicKey, keyid }: Omit<SigningKey, 'secret'>,
): Envelope {
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = sign(null, signedBytes(payload), privateKey).toString('base64');
  return { payloadType, payload: payload.toString('base64'), signatures: [{ keyid, sig, publicKey }] };
}

const hash = /^[0-9a-f]{40,64}$/;

/** What is a hash stays one. */
function maskedStatement(value: unknown, masker: EvidenceOptions['masker']): unknown {
  if (typeof value === 'string') return hash.test(value) ? value : masker.mask(value);
  if (Array.isArray(value)) return value.map((item: unknown) => maskedStatement(item, masker));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskedStatement(item, masker)]));
}

async function hashOf(file: string, signal: AbortSignal): Promise<string | null> {
  const digest = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { signal })) digest.update(chunk as Buffer);
    return digest.digest('hex');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function gitVersion(signal: AbortSignal): Promise<string> {
  const env = { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'] };
  const { stdout } = await runProcess({ file: 'git', args: ['--version'], env, signal, timeoutMs: 10_000 });
  return stdout
    .toString()
    .trim()
    .replace(/^git version /, '');
}
