// Checks, without asking anybody, what the notes say of a commit: signatures, whose they are, and of which commit they speak.
import { parseEnvelope } from '../evidence/envelope.ts';
import { predicateType, statementSchema, type Predicate } from '../evidence/statement.ts';
import { openEnvelope } from './envelopeSignature.ts';
import { notedCommits, readNote } from './evidenceNotes.ts';
import type { KnownKey } from './knownKeys.ts';
import type { Repository } from './openRepository.ts';
import { readGitLines, requireObjectId, runGit } from './userGit.ts';

/** Why evidence is not to be believed. */
export type EvidenceFlaw =
  | 'unreadable'
  /** The payload is not what the key signed. */
  | 'signatureWrong'
  /** The key that came along is not the one that the envelope names. */
  | 'keyIdWrong'
  /** A form of evidence that this version does not know. */
  | 'otherForm'
  /** It speaks of another commit than the one that it is noted on. */
  | 'otherCommit'
  | 'baseMissing'
  | 'snapshotMissing'
  /** The commit does not come from the snapshot, or that not from the base. */
  | 'otherHistory';

export interface EvidenceReport {
  /** None means that the evidence is sound; whether its signer is to be believed, `signer` says. */
  readonly flaws: readonly EvidenceFlaw[];
  /** SHA-256 of the key that signed; null where nothing was signed. */
  readonly keyid: string | null;
  /** The runner whose key it is; null for a key that is not known here. */
  readonly signer: KnownKey | null;
  /** What was signed; null where nothing of it can be believed. */
  readonly predicate: Predicate | null;
}

export interface Verification {
  /** What was asked for. */
  readonly tip: string;
  /** The newest commit at or behind it that has evidence; null where none has. */
  readonly evidenced: string | null;
  /** Commits that came after that one. */
  readonly unproved: number;
  readonly reports: readonly EvidenceReport[];
}

/** Commits behind the tip among which one with evidence is looked for. */
const mostCommits = 20_000;

/** Reads the repository only. `taskId` leaves the evidence of other tasks out. */
export async function verifyEvidence(
  repository: Repository,
  wanted: { readonly tip: string; readonly taskId: string | null; readonly keys: readonly KnownKey[] },
  signal: AbortSignal,
): Promise<Verification> {
  const { tip, taskId, keys } = wanted;
  const evidenced = await newestNoted(repository, tip, signal);
  if (evidenced === null) return { tip, evidenced, unproved: 0, reports: [] };
  const reports: EvidenceReport[] = [];
  for (const line of await readNote(repository, evidenced, signal))
    reports.push(await reportOn(repository, { line, commit: evidenced, keys }, signal));
  const isAsked = ({ predicate }: EvidenceReport): boolean =>
    taskId === null || predicate === null || predicate.task.id === taskId;
  const range = ['rev-list', '--count', `${evidenced}..${tip}`];
  const [count = '0'] = await readGitLines(repository.root, range, { signal });
  return { tip, evidenced, unproved: Number(count), reports: reports.filter(isAsked) };
}

async function newestNoted(repository: Repository, tip: string, signal: AbortSignal): Promise<string | null> {
  const noted = await notedCommits(repository, signal);
  if (noted.size === 0) return null;
  if (noted.has(tip)) return tip;
  const args = ['rev-list', '--topo-order', `--max-count=${mostCommits}`, requireObjectId(tip)];
  const commits = await readGitLines(repository.root, args, { signal });
  return commits.find((commit) => noted.has(commit)) ?? null;
}

async function reportOn(
  repository: Repository,
  note: { readonly line: string; readonly commit: string; readonly keys: readonly KnownKey[] },
  signal: AbortSignal,
): Promise<EvidenceReport> {
  const envelope = parseEnvelope(note.line);
  if (envelope === null) return flawed('unreadable');
  const { text, flaw, keyid } = openEnvelope(envelope);
  if (text === null) return flawed(flaw ?? 'signatureWrong');
  const signer = note.keys.find((key) => key.keyid === keyid) ?? null;
  const statement = parsed(text);
  const { data } = statementSchema.safeParse(statement);
  if (data === undefined)
    return { ...flawed(isOtherForm(statement) ? 'otherForm' : 'unreadable'), keyid, signer };
  const { predicate, subject } = data;
  const flaws: EvidenceFlaw[] = [
    ...(subject[0]?.digest.gitCommit === note.commit ? [] : (['otherCommit'] as const)),
    ...(await historyFlaws(repository, note.commit, predicate, signal)),
  ];
  return { flaws, keyid, signer, predicate };
}

function flawed(flaw: EvidenceFlaw): EvidenceReport {
  return { flaws: [flaw], keyid: null, signer: null, predicate: null };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isOtherForm(statement: unknown): boolean {
  return (
    typeof statement === 'object' &&
    statement !== null &&
    'predicateType' in statement &&
    statement.predicateType !== predicateType
  );
}

async function historyFlaws(
  repository: Repository,
  commit: string,
  { base, snapshot }: Predicate,
  signal: AbortSignal,
): Promise<EvidenceFlaw[]> {
  const [hasBase, hasSnapshot] = await Promise.all(
    [base, snapshot].map(async (id) => succeeds(repository, ['cat-file', '-e', `${id}^{commit}`], signal)),
  );
  if (hasBase !== true || hasSnapshot !== true)
    return [
      ...(hasBase === true ? [] : (['baseMissing'] as const)),
      ...(hasSnapshot === true ? [] : (['snapshotMissing'] as const)),
    ];
  const isAncestor = async (one: string, other: string): Promise<boolean> =>
    succeeds(repository, ['merge-base', '--is-ancestor', one, other], signal);
  const isOurs = (await isAncestor(snapshot, commit)) && (await isAncestor(base, snapshot));
  return isOurs ? [] : ['otherHistory'];
}

async function succeeds(
  repository: Repository,
  args: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  return (await runGit(repository.root, args, { signal })).exitCode === 0;
}
