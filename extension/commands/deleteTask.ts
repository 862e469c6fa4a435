// Delete…: asks first, then removes the task from the runner and our traces of it from the user's repository.
import * as vscode from 'vscode';
import { KnownError } from '../../shared/errors/errors.ts';
import type { Repository } from '../../shared/repository/openRepository.ts';
import type { Task } from '../../shared/task/task.ts';
import { repositoryOf } from '../host/taskRepository.ts';
import { deletionDetail } from '../model/deletionText.ts';
import { formatOneLine } from '../model/formatting.ts';
import type { CommandDoors } from './doors.ts';
import { requireAction } from './pickTask.ts';
import type { TaskCommand } from './taskCommands.ts';

/** The user's branches stay, with the task's work where they have it. */
export const deleteTask: TaskCommand = async (doors, task, signal) => {
  requireAction(task, 'delete', 'deleted', 'Wait until it has ended, or stop it first.');
  const repository = await repositoryHere(task, signal);
  const { branchesWith, forgetTask } = await import('../../shared/repository/taskTraces.ts');
  const commit = task.commit ?? task.snapshot.commit;
  const branches = repository === null ? null : await branchesWith(repository, commit, signal);
  const chosen = await vscode.window.showWarningMessage(
    `Delete “${formatOneLine(task.title, 80)}”?`,
    { modal: true, detail: deletionDetail(task, branches) },
    'Delete',
  );
  if (chosen !== 'Delete') return;
  const connection = await doors.connected(signal);
  await connection.request('tasks/delete', { taskId: task.id }, signal);
  if (repository === null) return;
  await forgetTask(repository, { taskId: task.id, snapshot: ownSnapshot(doors, task) }, signal);
};

/** Null where the repository isn't on this machine any more: then there is nothing of it to remove. */
async function repositoryHere(task: Task, signal: AbortSignal): Promise<Repository | null> {
  try {
    return await repositoryOf(task, signal);
  } catch (error) {
    if (error instanceof KnownError && error.code === 'repositoryElsewhere') return null;
    throw error;
  }
}

/** A task that is run again stands on the same snapshot; null where there is such another one. */
function ownSnapshot({ tasks }: CommandDoors, { id, snapshot }: Task): string | null {
  const isShared = tasks.all().some((other) => other.id !== id && other.snapshot.commit === snapshot.commit);
  return isShared ? null : snapshot.commit;
}
