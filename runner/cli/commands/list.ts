// `nightjar list`: all tasks, those that wait for a person first.
import type { Command } from 'commander';
import { activityText } from '../../../shared/task/activityText.ts';
import { findingCount, findingsText } from '../../../shared/task/proof.ts';
import type { Status, Task } from '../../../shared/task/task.ts';
import { onRunner, printJson, printLines, requestTasks, type CommandHost } from '../clientCommand.ts';
import { cleanText } from '../display/displayWidth.ts';
import { line, type Line } from '../display/line.ts';
import { isProved, statusTone, statusWords } from '../display/liveBlock.ts';
import { shownInQueue } from '../display/queued.ts';
import { exitCodes } from '../exitCodes.ts';
import { taskObject } from '../taskObject.ts';

const groups: readonly (readonly Status[])[] = [
  ['needsInput'],
  ['queued', 'preparing', 'working', 'checking'],
  ['readyForReview'],
  ['failed', 'stopped', 'done'],
];

export function addListCommand(program: Command, host: CommandHost): void {
  const command = program.command('list').alias('ls').description('list all tasks');
  onRunner(host, command, async (session) => {
    const { surroundings, isJson } = session;
    const { tasks, queue } = await requestTasks(session);
    const sorted = inGroups(tasks);
    if (isJson) printJson(surroundings, sorted.map(taskObject));
    else if (sorted.length === 0)
      printLines(surroundings, [line('No tasks yet. Hand one off with: nightjar hand-off "what to do"')]);
    else printLines(surroundings, taskRows(sorted.map((task) => shownInQueue(task, queue))));
    return exitCodes.ok;
  });
}

/** Those that wait for a person, the running ones, those to review, the rest; newest first in each. */
export function inGroups(tasks: readonly Task[]): Task[] {
  const groupOf = (task: Task): number => groups.findIndex((statuses) => statuses.includes(task.status));
  return tasks.toSorted((a, b) => groupOf(a) - groupOf(b) || b.createdAt.localeCompare(a.createdAt));
}

function taskRows(tasks: readonly Task[]): Line[] {
  const idWidth = Math.max(...tasks.map(({ id }) => id.length));
  const statusWidth = Math.max(...tasks.map(({ status }) => statusWords[status].length));
  return tasks.map((task) =>
    line(
      `${task.id.padEnd(idWidth)}  ${statusWords[task.status].padEnd(statusWidth)}  ${cleanText(task.title)}`,
      {
        mark: markOf(task),
        tone: statusTone(task),
        aside: asideOf(task),
      },
    ),
  );
}

function markOf(task: Task): string {
  if (task.status === 'needsInput') return '?';
  if (task.status === 'failed') return '✖';
  if (task.status === 'stopped') return '■';
  return isProved(task) ? '✔' : '●';
}

/** Of whom it is as well, where that is not whoever runs the runner; and that nothing holds its commands. */
function asideOf(task: Task): string {
  const verdict = task.verdict === 'partlyVerified' ? 'partly verified' : task.verdict;
  const owner = task.owner === undefined ? '' : `${task.owner}: `;
  const unsandboxed = task.sandbox === 'none' ? 'unsandboxed, ' : '';
  const found = findingCount(task) === 0 ? '' : `, ${findingsText(findingCount(task))} in the tests`;
  return cleanText(`${owner}${unsandboxed}${verdict === null ? activityText(task) : `${verdict}${found}`}`);
}
