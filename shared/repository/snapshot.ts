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
import { keepSnapshot, listSnapshots, type SnapshotRef } from './snapshotRefs.ts';
import { GitFailure, nightjarRef, readGitLine } from './userGit.ts';
import { readStatus } from './workingTreeStatus.ts';

/** What is shipped of a snapshot. */
export interface RecordedSnapshot {
  /** The commit; its parent is `base`. */
  readonly commit: string;
  readonly tree: string;
  /** HEAD when the snapshot was taken. */
  readonly base: string;
  /** `refs/nightjar/snapshots/<id>` */
  readonly ref: string;
}

export interface Snapshot extends RecordedSnapshot {
  /** What of the working tree is not in `tree`. */
  readonly skipped: readonly SkippedPath[];
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

/** Takes a snapshot. Throws KnownError noCommits, changedWhileShipping, snapshotFailed. */
export async function takeSnapshot(
  repository: Repository,
  request: SnapshotRequest,
  signal: AbortSignal,
): Promise<Snapshot> {
  await using recording = new SnapshotRecording(repository, request);
  await recording.fill(signal);
  const snapshot = await recording.settle(signal);
  return snapshot;
}

interface Filled {
  readonly index: SnapshotIndex;
  readonly base: string;
  /** The files of `include` that exist. */
  readonly there: readonly string[];
  readonly earlier: readonly SnapshotRef[];
  readonly likely: RecordedSnapshot | null;
}

/**
 * A snapshot in the making. git compares every file of it with the working tree once all are recorded: what was
 * written to meanwhile is read once more, so that the files of a snapshot are never of different moments. A file
 * that appears meanwhile is part of it or not. Disposing removes what it needed for itself.
 */
export class SnapshotRecording implements AsyncDisposable {
  readonly #repository: Repository;
  readonly #request: SnapshotRequest;
  #filled: Filled | null = null;
  #index: SnapshotIndex | null = null;

  constructor(repository: Repository, request: SnapshotRequest) {
    this.#repository = repository;
    this.#request = request;
  }

  /**
   * Records all files. Answers with what will be the snapshot unless `settle` finds otherwise, which is rare; it has
   * no ref yet. Null where git stumbled, so that it will hardly be that.
   * Throws KnownError noCommits, snapshotFailed (git's own words, a failing filter for one).
   */
  async fill(signal: AbortSignal): Promise<RecordedSnapshot | null> {
    return namingGitFailures(async () => {
      const index = (this.#index = await SnapshotIndex.copy(this.#repository, signal));
      const [filled, earlier] = await together(
        signal,
        async (either) => this.#record(index, either),
        async (either) => listSnapshots(this.#repository, either),
      );
      this.#filled = { ...filled, earlier };
      return filled.likely;
    });
  }

  /**
   * Compares what `fill` has recorded with the working tree, and gives the snapshot its ref.
   * Throws KnownError changedWhileShipping, snapshotFailed.
   */
  async settle(signal: AbortSignal): Promise<Snapshot> {
    const filled = this.#filled;
    if (filled === null) throw new Error('nothing was recorded');
    return namingGitFailures(async () => {
      const snapshot = (await this.#asLikely(filled, signal)) ?? (await this.#corrected(filled, signal));
      await keepSnapshot(this.#repository, snapshot, filled.earlier, signal);
      return snapshot;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#index?.[Symbol.asyncDispose]();
  }

  async #record(index: SnapshotIndex, signal: AbortSignal): Promise<Omit<Filled, 'earlier'>> {
    const { skip, include = [] } = this.#request;
    const base = await readHead(this.#repository, signal);
    const isLeftOut = leftOutBy(skip);
    const there = await existingFiles(this.#repository, include);
    const isWhole = await index.addAll(base, skip);
    await index.addIgnored(there.filter((path) => !isLeftOut(path)));
    const likely = isWhole ? await this.#commit(index, base, signal) : null;
    return { index, base, there, likely };
  }

  /** Where nothing was left out, only what is recorded can differ: then mostly all is right at once. */
  async #asLikely({ index, likely }: Filled, signal: AbortSignal): Promise<Snapshot | null> {
    const { skip } = this.#request;
    if (likely === null || skip.length > 0) return null;
    const leftovers = await readLeftovers(this.#repository, index, { skip, untracked: false }, signal);
    if (leftovers.differing.length > 0 || leftovers.nestedLinks.length > 0) return null;
    return { ...likely, skipped: leftovers.skipped };
  }

  async #corrected({ index, base, there }: Filled, signal: AbortSignal): Promise<Snapshot> {
    const { skip } = this.#request;
    const [leftovers, withheld] = await Promise.all([
      settle(this.#repository, index, skip, signal),
      leftOutIncluded(this.#repository, there.filter(leftOutBy(skip))),
    ]);
    if (leftovers.nestedLinks.length > 0) await index.drop(leftovers.nestedLinks);
    // Of the same tree this makes the same commit as before.
    const snapshot = await this.#commit(index, base, signal);
    return { ...snapshot, skipped: [...leftovers.skipped, ...withheld] };
  }

  async #commit(index: SnapshotIndex, base: string, signal: AbortSignal): Promise<RecordedSnapshot> {
    const { id, now } = this.#request;
    const tree = await index.writeTree();
    const commit = await commitTree(this.#repository, { tree, base, now }, signal);
    return { commit, tree, base, ref: nightjarRef('snapshots', id) };
  }
}

async function namingGitFailures<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitFailure) throw new KnownError('snapshotFailed', { detail: error.message }, error);
    throw error;
  }
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
