// Reads a task's evidence from the user's repository: the envelope that came with the branch, opened to be looked at.
import { parseEnvelope } from '../evidence/envelope.ts';
import { notedLine } from './evidenceNotes.ts';
import type { Repository } from './openRepository.ts';

/** Evidence opened, its signature not checked: that is what `nightjar verify` does. */
export interface Evidence {
  /** What the envelope holds, a statement as JSON. */
  readonly statement: unknown;
  /** Of the keys that signed. */
  readonly keyIds: readonly string[];
}

/** The envelope that is the blob, from the note on the commit. Null where it is not there; undefined where it is none. */
export async function readEvidence(
  repository: Repository,
  at: { readonly blob: string; readonly commit: string },
  signal: AbortSignal,
): Promise<Evidence | null | undefined> {
  const line = await notedLine(repository, at, signal);
  return line === null ? null : openEnvelope(line);
}

function openEnvelope(line: string): Evidence | undefined {
  const envelope = parseEnvelope(line);
  if (envelope === null) return undefined;
  try {
    const statement: unknown = JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8'));
    return { statement, keyIds: envelope.signatures.map(({ keyid }) => keyid) };
  } catch {
    // Anybody can put such a note into a repository.
    return undefined;
  }
}
