// The commands on what a task may take and when: its budget, its place in the queue, a new start from one of its turns.
import * as vscode from 'vscode';
import { doubled } from '../../shared/spec/budget.ts';
import type { Priority } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { pickPresent } from '../host/pickPresent.ts';
import { formatOneLine } from '../model/formatting.ts';
import type { CommandDoors } from './doors.ts';
import { requireAction } from './pickTask.ts';
import type { TaskCommand } from './taskCommands.ts';

/** Twice as much of everything; a task that came to rest at its limit goes on. */
export const extendBudget: TaskCommand = async (doors, task, signal) => {
  requireAction(
    task,
    'extendBudget',
    'given more budget',
    'It did not end at its budget: reply to it to start another round.',
  );
  const connection = await doors.connected(signal);
  const budget = doubled(task.budget);
  await connection.request('tasks/extendBudget', { taskId: task.id, budget }, signal);
};

const priorities: readonly (vscode.QuickPickItem & { readonly priority: Priority })[] = [
  { priority: 'high', label: '$(arrow-up) High', detail: 'Goes before all others that wait.' },
  { priority: 'normal', label: '$(dash) Normal', detail: 'Repositories take turns, the oldest task first.' },
  { priority: 'low', label: '$(arrow-down) Low', detail: 'Goes when nothing else waits.' },
];

export const prioritize: TaskCommand = async (doors, task, signal) => {
  requireAction(task, 'prioritize', 'given a priority', 'It does not wait for a place.');
  const chosen = await pickPresent(priorities, {
    title: `Priority of “${formatOneLine(task.title, 60)}”`,
    isPresent: ({ priority }) => priority === task.priority,
  });
  if (chosen === undefined || chosen.priority === task.priority) return;
  const connection = await doors.connected(signal);
  await connection.request('tasks/prioritize', { taskId: task.id, priority: chosen.priority }, signal);
};

/** Opens the new task, which has the files and the words of that turn; the old one stays as it is. */
export async function runAgainFrom(
  doors: CommandDoors,
  task: Task,
  turn: number,
  signal: AbortSignal,
): Promise<void> {
  const question = `Run “${formatOneLine(task.title, 60)}” again from turn ${turn}?`;
  const detail =
    'A new task begins with the files and the conversation as they were after that turn. This one stays as it is.';
  const chosen = await vscode.window.showInformationMessage(question, { modal: true, detail }, 'Run Again');
  if (chosen !== 'Run Again') return;
  const connection = await doors.connected(signal);
  const params = { taskId: task.id, fromTurn: turn };
  const created = await connection.request('tasks/runAgain', params, signal);
  await doors.openPanel(created.task.id);
}
