// Gives a task's result a branch of its own and checks it out, as the user would by hand.
import { KnownError } from '../errors/errors.ts';
import type { Repository } from './openRepository.ts';
import { porcelain } from './porcelain.ts';
import { gitWords, nightjarRef, runGit } from './userGit.ts';

/**
 * Creates `branch` at the task's result and checks it out; a branch that is there already is just checked out.
 * Throws KnownError resultMissing, branchExists (elsewhere), checkoutBlocked (git's own words); nothing is
 * changed then.
 */
export async function checkOutResult(
  repository: Repository,
  result: { readonly taskId: string; readonly branch: string },
  signal: AbortSignal,
): Promise<{ branch: string }> {
  const { branch } = result;
  const { commit, isThere } = await findBranch(repository, result, signal);
  await inGitsWords(signal, async () => {
    const git = porcelain(repository, signal);
    // A result may hold files that are ignored here: git would write over the user's own without a word.
    const target = isThere ? [branch] : ['-b', branch, commit];
    await git.checkout(['--no-overwrite-ignore', ...target, '--']);
  });
  return { branch };
}

/**
 * The same in a new working tree at `folder` (absolute, not there yet), for when the user's own holds uncommitted work.
 * Throws KnownError resultMissing, branchExists, checkoutBlocked; the user's working tree is not touched.
 */
export async function checkOutInWorktree(
  repository: Repository,
  result: { readonly taskId: string; readonly branch: string; readonly folder: string },
  signal: AbortSignal,
): Promise<{ branch: string }> {
  const { branch, folder } = result;
  const { commit, isThere } = await findBranch(repository, result, signal);
  await inGitsWords(signal, async () => {
    const target = isThere ? [folder, branch] : ['-b', branch, folder, commit];
    await porcelain(repository, signal).raw(['worktree', 'add', '--quiet', ...target]);
  });
  return { branch };
}

/** The result's commit, and whether the branch stands there already. */
async function findBranch(
  repository: Repository,
  { taskId, branch }: { readonly taskId: string; readonly branch: string },
  signal: AbortSignal,
): Promise<{ readonly commit: string; readonly isThere: boolean }> {
  const commit = await commitOf(repository, nightjarRef('tasks', taskId), signal);
  if (commit === null) throw new KnownError('resultMissing', { task: taskId });
  await requireBranchName(repository, branch, signal);
  const present = await commitOf(repository, `refs/heads/${branch}`, signal);
  if (present !== null && present !== commit) throw new KnownError('branchExists', { branch });
  return { commit, isThere: present !== null };
}

async function inGitsWords(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    signal.throwIfAborted();
    const detail = gitWords(error instanceof Error ? error.message : String(error));
    throw new KnownError('checkoutBlocked', { detail }, error);
  }
}

async function requireBranchName(repository: Repository, branch: string, signal: AbortSignal): Promise<void> {
  const result = await runGit(repository.root, ['check-ref-format', '--branch', branch], { signal });
  // Names such as `@{-1}` are expanded to another branch's.
  if (result.exitCode !== 0 || result.stdout.toString().trim() !== branch) {
    throw new KnownError('checkoutBlocked', { detail: `"${branch}" is not a name for a branch.` });
  }
}

async function commitOf(repository: Repository, ref: string, signal: AbortSignal): Promise<string | null> {
  const result = await runGit(repository.root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], {
    signal,
  });
  return result.exitCode === 0 ? result.stdout.toString().trim() : null;
}
