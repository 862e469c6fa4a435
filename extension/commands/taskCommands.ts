// The commands that ask the runner for something about one task.
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Task } from '../../shared/task/task.ts';
import { formatOneLine } from '../model/formatting.ts';
import type { CommandDoors } from './doors.ts';
import { requireAction } from './pickTask.ts';

/** A command on one task that was chosen already. */
export type TaskCommand = (doors: CommandDoors, task: Task, signal: AbortSignal) => Promise<void>;

/** Answers the open question, or tells the agent something; a task at rest starts another round. */
export const reply: TaskCommand = async (doors, task, signal) => {
  const { question } = task;
  const text = await vscode.window.showInputBox({
    title: `Reply to “${formatOneLine(task.title, 60)}”`,
    prompt: question === null ? 'What shall the agent know or do?' : formatOneLine(question.text, 500),
    placeHolder: question === null ? '' : `Without an answer: ${formatOneLine(question.defaultAnswer, 100)}`,
    ignoreFocusOut: true,
  });
  if (text === undefined || text.trim() === '') return;
  const connection = await doors.connected(signal);
  await connection.request(
    'tasks/reply',
    { taskId: task.id, messageId: randomUUID(), text: text.trim() },
    signal,
  );
};

export const stop: TaskCommand = async (doors, task, signal) => {
  requireAction(task, 'stop', 'stopped', 'It is at rest already.');
  await request(doors, 'tasks/stop', task, signal);
};

/** Opens the new task: the old one stays as it is. */
export const runAgain: TaskCommand = async (doors, task, signal) => {
  requireAction(task, 'runAgain', 'run again', 'Wait until it has ended, or stop it first.');
  const created = await request(doors, 'tasks/runAgain', task, signal);
  await doors.openPanel(created.id);
};

export const markDone: TaskCommand = async (doors, task, signal) => {
  requireAction(task, 'markDone', 'marked as done', 'Wait until it has ended, or stop it first.');
  await request(doors, 'tasks/markDone', task, signal);
};

async function request(
  doors: CommandDoors,
  name: 'tasks/stop' | 'tasks/runAgain' | 'tasks/markDone',
  task: Task,
  signal: AbortSignal,
): Promise<Task> {
  const connection = await doors.connected(signal);
  return (await connection.request(name, { taskId: task.id }, signal)).task;
}
