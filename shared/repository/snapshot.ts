// Records the user's working tree as a commit without touching their index, stash, branches or files.
import { lstat } from 'node:fs/promises';
import { KnownError } from '../errors/errors.ts';
import { together } from '../host/together.ts';
import { pathBytes } from './gitPaths.ts';
import type { Repository } from './openRepository.ts';
import { readHead } from './repositoryState.ts';
import type { SkippedPath } from './skipReasons.ts';
import { SnapshotIndex } from './snapshotIndex.ts';
import { leftOutBy, leftOutIncluded, sortLeftovers, type Leftovers } from './snapshotLeftovers.ts';
import { keepSnapshot, listSnapshots } from './snapshotRefs.ts';
import { GitFailure, nightjarRef, readGitLine } from './userGit.ts';
import { readStatus } from './workingTreeStatus.ts';

export interface Snapshot {
  /** The commit; its parent is `base`. */
  readonly commit: string;
  readonly tree: string;
  /** HEAD when the snapshot was taken. */
  readonly base: string;
  /** What of the working tree is not in `tree`. */
  readonly skipped: readonly SkippedPath[];
  /** `refs/nightjar/snapshots/<id>` */
  readonly ref: string;
}

export interface SnapshotRequest {
  /** Letters, digits, `-` and `_`. */
  readonly id: string;
  /** Files or folders to leave out, relative to the root; where HEAD has them, HEAD's content is recorded. */
  readonly skip: readonly string[];
  /** Files that git ignores and that are recorded all the same, as far as `skip` lets them. */
  readonly include?: readonly string[];
  readonly now: Date;
}

/** How many files an error names. */
const namedFiles = 5;

/**
 * Takes a snapshot. git compares every file of it with the working tree once all are recorded: what was written
 * to meanwhile is read once more, so that the files of a snapshot are never of different moments. A file that
 * appears meanwhile is part of it or not.
 * Throws KnownError noCommits, changedWhileShipping, snapshotFailed (git's own words, a failing filter for one).
 */
export async function takeSnapshot(
  repository: Repository,
  request: SnapshotRequest,
  signal: AbortSignal,
): Promise<Snapshot> {
  const ref = nightjarRef('snapshots', request.id);
  try {
    await using index = await SnapshotIndex.copy(repository, signal);
    const [{ base, tree, leftovers }, earlier] = await together(
      signal,
      async (either) => recordWorkingTree(repository, index, request, either),
      async (either) => listSnapshots(repository, either),
    );
    const commit = await commitTree(repository, { tree, base, now: request.now }, signal);
    await keepSnapshot(repository, { ref, commit }, earlier, signal);
    return { commit, tree, base, skipped: leftovers.skipped, ref };
  } catch (error) {
    if (error instanceof GitFailure) throw new KnownError('snapshotFailed', { detail: error.message }, error);
    throw error;
  }
}

interface RecordedTree {
  readonly base: string;
  readonly tree: string;
  readonly leftovers: Leftovers;
}

/** Fills the index until it equals the working tree, and writes its tree. */
async function recordWorkingTree(
  repository: Repository,
  index: SnapshotIndex,
  { skip, include = [] }: SnapshotRequest,
  signal: AbortSignal,
): Promise<RecordedTree> {
  const base = await readHead(repository, signal);
  const isLeftOut = leftOutBy(skip);
  const there = await existingFiles(repository, include);
  const isWhole = await index.addAll(base, skip);
  await index.addIgnored(there.filter((path) => !isLeftOut(path)));
  if (isWhole) {
    // Nothing was left out, so only what is recorded can differ: mostly the tree is right at once.
    const [leftovers, tree] = await together(
      signal,
      async (either) => readLeftovers(repository, index, { skip, untracked: false }, either),
      async () => index.writeTree(),
    );
    if (leftovers.differing.length === 0 && leftovers.nestedLinks.length === 0)
      return { base, tree, leftovers };
  }
  const [leftovers, withheld] = await Promise.all([
    settle(repository, index, skip, signal),
    leftOutIncluded(repository, there.filter(isLeftOut)),
  ]);
  if (leftovers.nestedLinks.length > 0) await index.drop(leftovers.nestedLinks);
  const skipped = [...leftovers.skipped, ...withheld];
  return { base, tree: await index.writeTree(), leftovers: { ...leftovers, skipped } };
}

/** git takes none of a list of paths where one of them is gone. */
async function existingFiles(repository: Repository, paths: readonly string[]): Promise<string[]> {
  const entries = await Promise.all(
    paths.map((path) => lstat(pathBytes(repository.root, path)).catch(() => null)),
  );
  return paths.filter((_path, index) => entries[index] !== null);
}

/** Records what differs still once more; returns what then stays out. */
async function settle(
  repository: Repository,
  index: SnapshotIndex,
  skip: readonly string[],
  signal: AbortSignal,
): Promise<Leftovers> {
  const first = await readLeftovers(repository, index, { skip, untracked: true }, signal);
  if (first.differing.length === 0) return first;
  const before = await readStamps(repository, first.differing);
  await index.addPaths(first.differing);
  const second = await readLeftovers(repository, index, { skip, untracked: true }, signal);
  // What git still calls different without having been written to is settled: a filter, or two names for one file.
  const after = await readStamps(repository, second.differing);
  const changed = second.differing.filter((path) => before.get(path) !== after.get(path));
  if (changed.length > 0) throw new KnownError('changedWhileShipping', { files: listOf(changed) });
  return second;
}

/** What the index still lacks, by git's own judgement. */
async function readLeftovers(
  repository: Repository,
  index: SnapshotIndex,
  { skip, untracked }: { readonly skip: readonly string[]; readonly untracked: boolean },
  signal: AbortSignal,
): Promise<Leftovers> {
  const status = await readStatus(repository, signal, { indexFile: index.file, untracked });
  return sortLeftovers(repository, status, skip, signal);
}

/** Size and nanosecond of the last change of each file. */
async function readStamps(repository: Repository, paths: readonly string[]): Promise<Map<string, string>> {
  const stamps = new Map<string, string>();
  for (const path of paths) {
    const entry = await lstat(pathBytes(repository.root, path), { bigint: true }).catch(() => null);
    stamps.set(
      path,
      entry === null ? 'gone' : `${String(entry.size)} ${String(entry.mtimeNs)} ${String(entry.ctimeNs)}`,
    );
  }
  return stamps;
}

async function commitTree(
  repository: Repository,
  commit: { readonly tree: string; readonly base: string; readonly now: Date },
  signal: AbortSignal,
): Promise<string> {
  const date = `${String(Math.floor(commit.now.getTime() / 1000))} +0000`;
  const env = {
    GIT_AUTHOR_NAME: 'Nightjar',
    GIT_AUTHOR_EMAIL: 'nightjar@localhost',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: 'Nightjar',
    GIT_COMMITTER_EMAIL: 'nightjar@localhost',
    GIT_COMMITTER_DATE: date,
  };
  const args = ['commit-tree', '-p', commit.base, '-m', 'Working tree at hand-off', commit.tree];
  return readGitLine(repository.root, args, { signal, env });
}

function listOf(paths: readonly string[]): string {
  const rest = paths.length > namedFiles ? ` and ${String(paths.length - namedFiles)} more` : '';
  return paths.slice(0, namedFiles).join(', ') + rest;
}
