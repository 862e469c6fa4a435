// Reads and parses `git status`: what differs between HEAD, an index and the working tree.
import { splitAtNul } from './gitPaths.ts';
import type { Repository } from './openRepository.ts';
import { GitFailure, runGit } from './userGit.ts';

/** One path of `git status --porcelain=v2`. Modes are git's octal ones; `000000` where there is no such file. */
export interface StatusEntry {
  readonly path: string;
  readonly oldPath?: string;
  readonly kind: 'tracked' | 'unmerged' | 'untracked';
  /** Index against HEAD, one of git's letters; `.` for no difference. */
  readonly staged: string;
  /** Working tree against index, likewise. */
  readonly unstaged: string;
  readonly isSubmodule: boolean;
  readonly headMode: string;
  readonly indexMode: string;
  readonly fileMode: string;
}

export interface WorkingTreeStatus {
  readonly entries: readonly StatusEntry[];
  /** Folders that git could not look into; what they hold is unknown. */
  readonly unreadableFolders: readonly string[];
}

export interface StatusOptions {
  /** Absolute; stands in for the repository's index. */
  readonly indexFile?: string;
  /** Whether files that git doesn't track are looked for, each by itself. Default true. */
  readonly untracked?: boolean;
}

/** Reads the status without writing anything. */
export async function readStatus(
  repository: Repository,
  signal: AbortSignal,
  { indexFile, untracked = true }: StatusOptions = {},
): Promise<WorkingTreeStatus> {
  const env = indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile };
  const untrackedFiles = `--untracked-files=${untracked ? 'all' : 'no'}`;
  const args = ['status', '--porcelain=v2', '-z', untrackedFiles, '--ignore-submodules=none'];
  const result = await runGit(repository.root, args, { signal, env });
  if (result.exitCode !== 0) throw new GitFailure(args, result);
  const refused = result.stderr.matchAll(/^warning: could not open directory '(.+)': /gm);
  return {
    entries: parseStatus(result.stdout),
    unreadableFolders: [...new Set(Array.from(refused, (match) => match[1] ?? ''))],
  };
}

/** Parses the output of `git status --porcelain=v2 -z`. */
function parseStatus(output: Buffer): StatusEntry[] {
  const fields = splitAtNul(output);
  const entries: StatusEntry[] = [];
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at] ?? '';
    if (field.startsWith('1 ')) entries.push(trackedEntry(field, 8));
    else if (field.startsWith('2 '))
      entries.push({ ...trackedEntry(field, 9), oldPath: fields[(at += 1)] ?? '' });
    else if (field.startsWith('u ')) entries.push(unmergedEntry(field));
    else if (field.startsWith('? ')) entries.push(untrackedEntry(field.slice(2)));
  }
  return entries;
}

/** `1 XY sub mH mI mW hH hI path`; a rename has a score before the path. */
function trackedEntry(field: string, partsBeforePath: number): StatusEntry {
  const { parts, path } = splitFields(field, partsBeforePath);
  return {
    path,
    kind: 'tracked',
    staged: parts[1]?.[0] ?? '.',
    unstaged: parts[1]?.[1] ?? '.',
    isSubmodule: parts[2]?.startsWith('S') ?? false,
    headMode: parts[3] ?? '',
    indexMode: parts[4] ?? '',
    fileMode: parts[5] ?? '',
  };
}

/** `u XY sub m1 m2 m3 mW h1 h2 h3 path`: stage 2 is HEAD's side. */
function unmergedEntry(field: string): StatusEntry {
  const { parts, path } = splitFields(field, 10);
  return {
    path,
    kind: 'unmerged',
    staged: parts[1]?.[0] ?? '.',
    unstaged: parts[1]?.[1] ?? '.',
    isSubmodule: parts[2]?.startsWith('S') ?? false,
    headMode: parts[4] ?? '',
    indexMode: parts[4] ?? '',
    fileMode: parts[6] ?? '',
  };
}

/** The entry of a file that is in the working tree alone. */
export function untrackedEntry(path: string): StatusEntry {
  const nothing = '000000';
  return {
    path,
    kind: 'untracked',
    staged: '.',
    unstaged: '?',
    isSubmodule: false,
    headMode: nothing,
    indexMode: nothing,
    fileMode: '100644',
  };
}

/** The first `count` space-separated parts, and the rest, which may itself hold spaces. */
function splitFields(field: string, count: number): { parts: string[]; path: string } {
  const parts: string[] = [];
  let start = 0;
  for (let part = 0; part < count; part += 1) {
    const end = field.indexOf(' ', start);
    parts.push(field.slice(start, end));
    start = end + 1;
  }
  return { parts, path: field.slice(start) };
}
