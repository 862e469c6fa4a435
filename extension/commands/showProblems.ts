// The commands that put a task's problems among those of the editor, and take them away again.
import * as vscode from 'vscode';
import type { CommandDoors } from './doors.ts';
import { requireAction, taskIdOf } from './pickTask.ts';
import type { TaskCommand } from './taskCommands.ts';

export const showProblems: TaskCommand = async (doors, task, signal) => {
  requireAction(task, 'showProblems', 'asked for its problems', 'Its checks have found none.');
  const events = await doors.history(task.id, 0, signal);
  await doors.problems.show(task, events, signal);
};

/** Those of the task that it is called on; else of the only one, or of those that the user picks. */
export async function hideProblems({ problems, tasks }: CommandDoors, target: unknown): Promise<void> {
  const taskId = taskIdOf(target);
  const wanted = taskId === undefined ? problems.shown : [taskId];
  if (wanted.length <= 1) {
    for (const id of wanted) problems.hide(id);
    return;
  }
  const items = wanted.map((id) => ({ label: tasks.get(id)?.title ?? id, picked: true, id }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    placeHolder: 'Tasks whose problems go from the list',
  });
  for (const { id } of chosen ?? []) problems.hide(id);
}
