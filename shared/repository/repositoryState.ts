// Reads where a repository stands: its commit, its branch, and what is half done in it.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KnownError } from '../errors/errors.ts';
import type { Repository } from './openRepository.ts';
import { readGitLine, runGit } from './userGit.ts';

/** A git operation that was begun and waits to be finished. */
export type InProgress = 'merge' | 'rebase' | 'cherryPick' | 'revert' | 'bisect';

/** What is checked out. */
export interface Checkout {
  /** Object id of the commit. */
  readonly head: string;
  /** Short name of the branch; null where HEAD is detached. */
  readonly branch: string | null;
}

export interface RepositoryState extends Checkout {
  readonly inProgress: InProgress | null;
  readonly hasRemote: boolean;
  readonly isShallow: boolean;
}

/** A rebase leaves the marks of the step that it stopped in too, so it is asked first. */
const marks: readonly (readonly [string, InProgress])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherryPick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
];

/** Throws KnownError noCommits. */
export async function readState(repository: Repository, signal: AbortSignal): Promise<RepositoryState> {
  const [checkout, remotes] = await Promise.all([
    readCheckout(repository, signal),
    readGitLine(repository.root, ['remote'], { signal }),
  ]);
  return {
    ...checkout,
    inProgress: marks.find(([file]) => existsSync(join(repository.gitDir, file)))?.[1] ?? null,
    hasRemote: remotes !== '',
    isShallow: (statSync(join(repository.commonDir, 'shallow'), { throwIfNoEntry: false })?.size ?? 0) > 0,
  };
}

/** Throws KnownError noCommits. */
export async function readCheckout(repository: Repository, signal: AbortSignal): Promise<Checkout> {
  const [head, branch] = await Promise.all([
    readHead(repository, signal),
    runGit(repository.root, ['symbolic-ref', '--quiet', '--short', 'HEAD'], { signal }),
  ]);
  return { head, branch: branch.exitCode === 0 ? branch.stdout.toString().trim() : null };
}

/** Object id of the commit that is checked out. Throws KnownError noCommits. */
export async function readHead(repository: Repository, signal: AbortSignal): Promise<string> {
  const result = await runGit(repository.root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
    signal,
  });
  if (result.exitCode !== 0) throw new KnownError('noCommits', { path: repository.root });
  return result.stdout.toString().trim();
}
