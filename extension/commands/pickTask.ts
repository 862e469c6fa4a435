// Finds the task that a command is for: the one it was called on, else one that the user picks.
import * as vscode from 'vscode';
import { KnownError } from '../../shared/errors/errors.ts';
import { statusInSentence } from '../../shared/task/statusText.ts';
import type { Task } from '../../shared/task/task.ts';
import { actionsOf, type TaskAction } from '../model/taskActions.ts';
import { groupRows, taskRow } from '../model/taskRows.ts';
import type { CommandDoors } from './doors.ts';

interface TaskItem extends vscode.QuickPickItem {
  readonly task?: Task;
}

/**
 * `target` is what the caller handed over: an id, or a row of the task view. Undefined where the user
 * backs out or nothing can be picked. Throws KnownError taskUnknown for an id that is gone.
 */
export async function taskFor(
  doors: CommandDoors,
  action: TaskAction,
  target: unknown,
  signal: AbortSignal,
): Promise<Task | undefined> {
  const taskId = taskIdOf(target);
  // After a reload of the window the tasks come with the connection.
  if (doors.tasks.all().length === 0) await doors.connected(signal);
  if (taskId === undefined) return pickTask(doors, action);
  const task = doors.tasks.get(taskId) ?? (await askForTask(doors, taskId, signal));
  return task;
}

/** The id in what a menu, a button or another extension has handed over. */
export function taskIdOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null || !('taskId' in target)) return undefined;
  return typeof target.taskId === 'string' ? target.taskId : undefined;
}

async function askForTask(doors: CommandDoors, taskId: string, signal: AbortSignal): Promise<Task> {
  const connection = await doors.connected(signal);
  return (await connection.request('tasks/get', { taskId }, signal)).task;
}

async function pickTask(doors: CommandDoors, action: TaskAction): Promise<Task | undefined> {
  const tasks = doors.tasks.all().filter((task) => actionsOf(task).includes(action));
  if (tasks.length === 0) {
    const some = doors.tasks.all().length > 0;
    vscode.window.showInformationMessage(
      some ? 'No background task is in a state for that.' : 'There are no background tasks yet.',
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick<TaskItem>(itemsOf(tasks), {
    placeHolder: 'Choose a background task',
    matchOnDescription: true,
  });
  return picked?.task;
}

function itemsOf(tasks: readonly Task[]): TaskItem[] {
  return groupRows(tasks).flatMap((group): TaskItem[] => [
    { label: group.label, kind: vscode.QuickPickItemKind.Separator },
    ...group.tasks.map((task) => {
      const { label, description, icon } = taskRow(task, Date.now());
      return { label: icon === null ? label : `$(${icon}) ${label}`, description, task };
    }),
  ]);
}

/** Throws KnownError taskNotInState where `action` makes no sense now; the runner would refuse it too. */
export function requireAction(task: Task, action: TaskAction, words: string, hint: string): void {
  if (actionsOf(task).includes(action)) return;
  throw new KnownError('taskNotInState', {
    task: `“${task.title}”`,
    status: statusInSentence[task.status],
    action: words,
    hint,
  });
}
