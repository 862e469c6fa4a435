// The command that opens a task's network for hosts that its sandbox has blocked.
import * as vscode from 'vscode';
import { allowableHosts } from '../model/taskAccess.ts';
import { formatCount, formatOneLine } from '../model/formatting.ts';
import type { CommandDoors } from './doors.ts';
import { requireAction } from './pickTask.ts';
import type { Task } from '../../shared/task/task.ts';

/** `host` is the one whose button was pressed; else the user picks. Only what was blocked can be allowed here. */
export async function allowHosts(
  doors: CommandDoors,
  task: Task,
  signal: AbortSignal,
  host: unknown,
): Promise<void> {
  requireAction(task, 'allowHosts', 'allowed more of the network', 'Its sandbox has blocked no host.');
  const blocked = allowableHosts(task);
  const hosts = typeof host === 'string' ? blocked.filter((row) => row.host === host) : await pickHosts(task);
  if (hosts === undefined || hosts.length === 0) return;
  const connection = await doors.connected(signal);
  const params = { taskId: task.id, hosts: hosts.map((row) => row.host) };
  await connection.request('tasks/allow', params, signal);
}

async function pickHosts(task: Task): Promise<readonly { readonly host: string }[] | undefined> {
  const items = allowableHosts(task).map(({ host, count }) => ({
    label: host,
    description: formatCount(count, 'attempt'),
    host,
  }));
  return vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: `Allow for “${formatOneLine(task.title, 60)}”`,
    placeHolder: 'Hosts that its commands may reach from now on, with all that they know',
    ignoreFocusOut: true,
  });
}
