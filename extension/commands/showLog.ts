// Show Log: the log of a check, a command or the set-up of a task, or the extension's own.
import * as vscode from 'vscode';
import { taskLogs, type TaskLog } from '../model/taskLogs.ts';
import type { TaskCommand } from './taskCommands.ts';

interface LogItem extends vscode.QuickPickItem {
  readonly log: TaskLog | null;
}

/** Shows the only log at once, else lets the user pick, what failed first. */
export const showLog: TaskCommand = async (doors, task, signal) => {
  const logs = taskLogs(await doors.history(task.id, 0, signal));
  const own: LogItem = { label: '$(output) Nightjar', description: 'the log of this window', log: null };
  const items = [
    ...logs.map((log): LogItem => ({
      label: `$(${log.hasFailed ? 'error' : 'pass'}) ${log.title}`,
      description: log.detail,
      log,
    })),
    own,
  ];
  const picked =
    logs.length === 0
      ? own
      : await vscode.window.showQuickPick(items, {
          placeHolder: `A log of “${task.title}”`,
          matchOnDescription: true,
        });
  if (picked === undefined) return;
  if (picked.log === null) doors.log.show();
  else await doors.openLog(task.id, picked.log.name);
};
