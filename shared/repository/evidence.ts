// Reads a task's evidence from the user's repository: the envelope that came with the branch, opened to be looked at.
import { createHash } from 'node:crypto';
import type { Repository } from './openRepository.ts';
import { requireObjectId, runGit } from './userGit.ts';

/** Evidence opened, its signature not checked: that is what `nightjar verify` does. */
export interface Evidence {
  /** What the envelope holds, a statement as JSON. */
  readonly statement: unknown;
  readonly payloadType: string;
  /** Of the keys that signed; none where nothing is signed. */
  readonly keyIds: readonly string[];
}

/** Larger ones are nothing that a runner writes. */
const mostBytes = 16 * 1024 * 1024;

/**
 * The envelope that is the blob, or a line of the note on the commit. Null where neither is here; undefined where it is
 * no envelope.
 */
export async function readEvidence(
  repository: Repository,
  { blob, commit }: { readonly blob: string; readonly commit: string },
  signal: AbortSignal,
): Promise<Evidence | null | undefined> {
  const own = await readText(repository, requireObjectId(blob), signal);
  const text = own ?? (await lineOfNote(repository, { blob, commit: requireObjectId(commit) }, signal));
  return text === null ? null : openEnvelope(text);
}

/** Null for what is missing, no blob, or too large. */
async function readText(repository: Repository, blob: string, signal: AbortSignal): Promise<string | null> {
  const args = ['cat-file', '--batch-check'];
  const told = await runGit(repository.root, args, { signal, input: `${blob}\n` });
  const [, size] = / blob (\d+)\n$/.exec(told.stdout.toString()) ?? [];
  if (size === undefined || Number(size) > mostBytes) return null;
  return (await runGit(repository.root, ['cat-file', 'blob', blob], { signal })).stdout.toString();
}

/** Where several tasks have come to one commit, their envelopes are lines of one note. */
async function lineOfNote(
  repository: Repository,
  { blob, commit }: { readonly blob: string; readonly commit: string },
  signal: AbortSignal,
): Promise<string | null> {
  const args = ['notes', '--ref=refs/notes/nightjar', 'list', commit];
  const listed = await runGit(repository.root, args, { signal });
  const note = listed.stdout.toString().trim();
  if (listed.exitCode !== 0 || note === '') return null;
  const text = await readText(repository, requireObjectId(note), signal);
  const lines = (text ?? '').split('\n').map((line) => `${line}\n`);
  return lines.find((line) => blobIdOf(line, blob.length) === blob) ?? null;
}

function blobIdOf(text: string, idLength: number): string {
  const bytes = Buffer.from(text);
  const hash = createHash(idLength === 40 ? 'sha1' : 'sha256');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function openEnvelope(text: string): Evidence | undefined {
  try {
    const { payload, payloadType, signatures } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof payload !== 'string' || typeof payloadType !== 'string') return undefined;
    const statement: unknown = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
    const signed = Array.isArray(signatures) ? (signatures as readonly unknown[]) : [];
    return { statement, payloadType, keyIds: signed.flatMap(keyIdOf) };
  } catch {
    // Anybody can put such a note into a repository.
    return undefined;
  }
}

function keyIdOf(signature: unknown): string[] {
  if (typeof signature !== 'object' || signature === null || !('keyid' in signature)) return [];
  return typeof signature.keyid === 'string' && 'sig' in signature ? [signature.keyid] : [];
}
