// Every command of the extension, one row each: what the palette, menus, views and panels call.
import * as vscode from 'vscode';
import type { TaskAction } from '../model/taskActions.ts';
import { allowHosts } from './allowHosts.ts';
import { checkOut } from './checkOut.ts';
import { deleteTask } from './deleteTask.ts';
import type { CommandDoors, FindingPlace, ProblemPlace } from './doors.ts';
import { mendSandbox } from './mendSandbox.ts';
import { taskFor } from './pickTask.ts';
import { showLog } from './showLog.ts';
import { hideProblems, showProblems } from './showProblems.ts';
import { extendBudget, prioritize, runAgainFrom } from './limitCommands.ts';
import { markDone, reply, runAgain, stop, type TaskCommand } from './taskCommands.ts';

export interface Command {
  /** As in the manifest; one that begins with an underscore is for our own views only. */
  readonly id: string;
  run(doors: CommandDoors, args: readonly unknown[], signal: AbortSignal): Promise<void>;
}

export const commands: readonly Command[] = [
  { id: 'nightjar.handOff', run: async (doors, [spec], signal) => doors.handOff(uriOf(spec), signal) },
  { id: 'nightjar.newTaskSpec', run: async (doors, _args, signal) => doors.newTaskSpec(signal) },
  { id: 'nightjar.connectRunner', run: async (doors, _args, signal) => doors.connectRunner(signal) },
  onTask('nightjar.openTask', 'open', async (doors, task) => doors.openPanel(task.id)),
  onTask('nightjar.reply', 'reply', reply),
  onTask('nightjar.reviewChanges', 'review', async (doors, task, signal) => doors.openReview(task, signal)),
  onTask('nightjar.checkOut', 'checkOut', checkOut),
  onTask('nightjar.stop', 'stop', stop),
  onTask('nightjar.runAgain', 'runAgain', runAgain),
  onTask('nightjar.extendBudget', 'extendBudget', extendBudget),
  onTask('nightjar.allowHosts', 'allowHosts', allowHosts),
  onTask('nightjar.showProblems', 'showProblems', showProblems),
  { id: 'nightjar.hideProblems', run: async (doors, [target]) => hideProblems(doors, target) },
  onTask('nightjar.prioritize', 'prioritize', prioritize),
  onTask('nightjar.markDone', 'markDone', markDone),
  onTask('nightjar.delete', 'delete', deleteTask),
  onTask('nightjar.showLog', 'showLog', showLog, (doors) => doors.log.show()),
  { id: '_nightjar.mendSandbox', run: async (doors, _args, signal) => mendSandbox(doors, signal) },
  onTask('_nightjar.openFileDiff', 'review', async (doors, task, signal, path) =>
    doors.openFileDiff(task, String(path), signal),
  ),
  onTask('_nightjar.runAgainFrom', 'open', async (doors, task, signal, turn) =>
    runAgainFrom(doors, task, Number(turn), signal),
  ),
  onTask('_nightjar.openProblem', 'review', async (doors, task, signal, place) =>
    doors.openProblem(task, place as ProblemPlace, signal),
  ),
  onTask('_nightjar.openFinding', 'review', async (doors, task, signal, place) =>
    doors.openFinding(task, place as FindingPlace, signal),
  ),
  onTask('_nightjar.openEvidence', 'review', async (doors, task, signal) => doors.openEvidence(task, signal)),
  onTask('_nightjar.copyVerifyCommand', 'review', async (doors, task, signal) =>
    doors.copyVerifyCommand(task, signal),
  ),
];

/**
 * A command on the task that it is called on, or that the user picks among those that `action` fits.
 * Where this window knows of none, `withoutTasks` takes its place; else the runner is asked first.
 */
function onTask(
  id: string,
  action: TaskAction,
  run: (...args: [...Parameters<TaskCommand>, argument: unknown]) => Promise<void>,
  withoutTasks?: (doors: CommandDoors) => void,
): Command {
  return {
    id,
    run: async (doors, [target, argument], signal) => {
      if (withoutTasks !== undefined && target === undefined && doors.tasks.all().length === 0) {
        withoutTasks(doors);
        return;
      }
      const task = await taskFor(doors, action, target, signal);
      if (task !== undefined) await run(doors, task, signal, argument);
    },
  };
}

/** Menus hand over a URI, code lenses its text, the palette nothing. */
function uriOf(target: unknown): vscode.Uri | undefined {
  if (target instanceof vscode.Uri) return target;
  return typeof target === 'string' ? vscode.Uri.parse(target, true) : undefined;
}
