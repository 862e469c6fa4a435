// What a task has left in the user's repository: the branches that hold its work, and our own hidden refs.
import type { Repository } from './openRepository.ts';
import { listSnapshots } from './snapshotRefs.ts';
import { nightjarRef, readGit, requireObjectId, runGit } from './userGit.ts';

/** The user's branches, by name, that contain the commit; none where the commit isn't here. */
export async function branchesWith(
  repository: Repository,
  commit: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const args = ['for-each-ref', '--format=%(refname:lstrip=2)', `--contains=${requireObjectId(commit)}`];
  const result = await runGit(repository.root, [...args, 'refs/heads/'], { signal });
  return result.exitCode === 0 ? result.stdout.toString().split('\n').filter(Boolean) : [];
}

/**
 * Removes the task's ref and, where `snapshot` names the commit, that of its snapshot. What only they held goes
 * with git's next clean-up; branches, and refs that are gone already, are no matter.
 */
export async function forgetTask(
  repository: Repository,
  task: { readonly taskId: string; readonly snapshot: string | null },
  signal: AbortSignal,
): Promise<void> {
  const snapshots = await listSnapshots(repository, signal);
  const own = snapshots.filter(({ commit }) => commit === task.snapshot).map(({ ref }) => ref);
  const input = [nightjarRef('tasks', task.taskId), ...own].map((ref) => `delete ${ref}\n`).join('');
  await readGit(repository.root, ['update-ref', '--stdin'], { signal, input });
}
