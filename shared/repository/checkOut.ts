// Gives a task's result a branch of its own and checks it out, as the user would by hand.
import { readdir } from 'node:fs/promises';
import { KnownError } from '../errors/errors.ts';
import { filesInTheWay, worktreeOf } from './checkOutObstacles.ts';
import { splitAtNul } from './gitPaths.ts';
import { inspectResult } from './inspectResult.ts';
import type { Repository } from './openRepository.ts';
import { listPaths } from './pathHazards.ts';
import { porcelain } from './porcelain.ts';
import { gitWords, nightjarRef, readGit, runGit } from './userGit.ts';

export interface WantedBranch {
  readonly taskId: string;
  readonly branch: string;
  /** Commit that the task started from. */
  readonly snapshot: string;
}

/**
 * Creates `branch` at the task's result and checks it out; a branch that is there already is just checked out.
 * Throws KnownError resultMissing, branchExists (elsewhere), branchInUse, pathsUnsafe, mergeUnfinished,
 * changesInTheWay, checkoutBlocked (git's own words); nothing is changed then.
 */
export async function checkOutResult(
  repository: Repository,
  wanted: WantedBranch,
  signal: AbortSignal,
): Promise<{ branch: string }> {
  const { branch } = wanted;
  const { commit, isThere } = await findBranch(repository, wanted, signal);
  await requireNoConflicts(repository, signal);
  const target = isThere ? [branch] : ['-b', branch, commit];
  try {
    // Left to itself, git overwrites what the user has ignored without a word.
    await porcelain(repository, signal).raw([
      'checkout',
      '--quiet',
      '--no-overwrite-ignore',
      ...target,
      '--',
    ]);
  } catch (error) {
    signal.throwIfAborted();
    // A hook of the user's may fail when all is done.
    if ((await currentBranch(repository, signal)) === branch) return { branch };
    const files = await filesInTheWay(repository, commit, signal);
    throw files.length > 0
      ? new KnownError('changesInTheWay', { files: listPaths(files) }, error)
      : blockedBy(error);
  }
  return { branch };
}

/**
 * The same in a new working tree at `folder` (absolute, not there yet), for when the user's own holds uncommitted work.
 * Throws KnownError resultMissing, branchExists, branchInUse, pathsUnsafe, folderExists, checkoutBlocked; the user's
 * working tree is not touched.
 */
export async function checkOutInWorktree(
  repository: Repository,
  wanted: WantedBranch & { readonly folder: string },
  signal: AbortSignal,
): Promise<{ branch: string }> {
  const { branch, folder } = wanted;
  const { commit, isThere } = await findBranch(repository, wanted, signal);
  if (isThere && (await currentBranch(repository, signal)) === branch)
    throw new KnownError('branchInUse', { branch, folder: repository.root });
  if (await isTaken(folder)) throw new KnownError('folderExists', { path: folder });
  const target = isThere ? [folder, branch] : ['-b', branch, folder, commit];
  try {
    await porcelain(repository, signal).raw(['worktree', 'add', '--quiet', ...target]);
  } catch (error) {
    signal.throwIfAborted();
    throw blockedBy(error);
  }
  return { branch };
}

/** The result's commit, fit to be checked out here, and whether the branch stands there already. */
async function findBranch(
  repository: Repository,
  { taskId, branch, snapshot }: WantedBranch,
  signal: AbortSignal,
): Promise<{ readonly commit: string; readonly isThere: boolean }> {
  const commit = await commitOf(repository, nightjarRef('tasks', taskId), signal);
  if (commit === null) throw new KnownError('resultMissing', { task: taskId });
  await requireBranchName(repository, branch, signal);
  const present = await commitOf(repository, `refs/heads/${branch}`, signal);
  if (present !== null && present !== commit) throw new KnownError('branchExists', { branch });
  const elsewhere = present === null ? null : await worktreeOf(repository, branch, signal);
  if (elsewhere !== null) throw new KnownError('branchInUse', { branch, folder: elsewhere });
  const { unsafe } = await inspectResult(repository, { snapshot, commit }, signal);
  if (unsafe.length > 0) {
    const files = listPaths(unsafe.map(({ path, problem }) => `${path} ${problem}`));
    throw new KnownError('pathsUnsafe', { files });
  }
  return { commit, isThere: present !== null };
}

async function requireNoConflicts(repository: Repository, signal: AbortSignal): Promise<void> {
  const output = await readGit(repository.root, ['diff', '--name-only', '--diff-filter=U', '-z'], { signal });
  const files = [...new Set(splitAtNul(output))];
  if (files.length > 0) throw new KnownError('mergeUnfinished', { files: listPaths(files) });
}

/** True for anything but a folder that is empty or not there. */
async function isTaken(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

function blockedBy(error: unknown): KnownError {
  const detail = gitWords(error instanceof Error ? error.message : String(error));
  return new KnownError('checkoutBlocked', { detail }, error);
}

async function requireBranchName(repository: Repository, branch: string, signal: AbortSignal): Promise<void> {
  const result = await runGit(repository.root, ['check-ref-format', '--branch', branch], { signal });
  // Names such as `@{-1}` are expanded to another branch's.
  if (result.exitCode !== 0 || result.stdout.toString().trim() !== branch) {
    throw new KnownError('checkoutBlocked', { detail: `"${branch}" is not a name for a branch.` });
  }
}

async function currentBranch(repository: Repository, signal: AbortSignal): Promise<string | null> {
  const result = await runGit(repository.root, ['symbolic-ref', '--quiet', '--short', 'HEAD'], { signal });
  return result.exitCode === 0 ? result.stdout.toString().trim() : null;
}

async function commitOf(repository: Repository, ref: string, signal: AbortSignal): Promise<string | null> {
  const result = await runGit(repository.root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], {
    signal,
  });
  return result.exitCode === 0 ? result.stdout.toString().trim() : null;
}
