// Takes the evidence that came with a result: noted on the commit, and the key of the runner that it came from remembered.
import { linesOf, parseEnvelope } from '../evidence/envelope.ts';
import { statementSchema } from '../evidence/statement.ts';
import { openEnvelope } from './envelopeSignature.ts';
import { addToNote, readBlob } from './evidenceNotes.ts';
import { rememberKey } from './knownKeys.ts';
import type { Repository } from './openRepository.ts';
import { nightjarRef, readGitLines } from './userGit.ts';

export interface ReceivedResult {
  readonly taskId: string;
  /** The bundle, whose objects are in the repository by now, each of them checked. */
  readonly bundleFile: string;
  /** What was delivered. */
  readonly commit: string;
}

/** The runner that a result came from, as its connection has shown it. */
export interface EvidenceSource {
  /** SHA-256 of its public key, hexadecimal. */
  readonly keyid: string;
  /** Where it was reached, for people. */
  readonly address: string;
}

/**
 * Notes the evidence in the bundle, if there is any. Only what this very runner has signed, of this very commit and
 * task, is noted: an earlier delivery's evidence may come along, and nothing else is worth a note.
 */
export async function receiveEvidence(
  repository: Repository,
  { taskId, bundleFile, commit }: ReceivedResult,
  source: EvidenceSource,
  signal: AbortSignal,
): Promise<void> {
  const ref = nightjarRef('evidence', taskId);
  const heads = await readGitLines(repository.root, ['bundle', 'list-heads', bundleFile], { signal });
  const head = heads.find((line) => line.slice(line.indexOf(' ') + 1) === ref);
  if (head === undefined) return;
  const text = await readBlob(repository, head.slice(0, head.indexOf(' ')), signal);
  const [line] = linesOf(text ?? '');
  const evidence = line === undefined ? null : readEvidence(line);
  if (line === undefined || evidence?.keyid !== source.keyid) return;
  if (evidence.commit !== commit || evidence.taskId !== taskId) return;
  // First the key: a note whose signer is not known would look like somebody else's.
  await rememberKey(repository, source, signal);
  const isReplaced = (other: string): boolean => {
    const known = readEvidence(other);
    return known?.keyid === evidence.keyid && known.taskId === taskId;
  };
  await addToNote(repository, { commit, line, isReplaced, now: new Date() }, signal);
}

/** Null for what is no evidence, or not signed by the key that came with it. */
function readEvidence(
  line: string,
): { readonly keyid: string; readonly commit: string; readonly taskId: string } | null {
  const envelope = parseEnvelope(line);
  if (envelope === null) return null;
  const { text, keyid } = openEnvelope(envelope);
  if (text === null) return null;
  const { data: statement } = statementSchema.safeParse(parsed(text));
  const commit = statement?.subject[0]?.digest.gitCommit;
  if (statement === undefined || commit === undefined) return null;
  return { keyid, commit, taskId: statement.predicate.task.id };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
