// Check Out Branch: receives the result and gives it a branch in the user's repository.
import * as vscode from 'vscode';
import { KnownError } from '../../shared/errors/errors.ts';
import type { Repository } from '../../shared/repository/openRepository.ts';
import { branchNameFor } from '../../shared/task/branchName.ts';
import { repositoryOf } from '../host/taskRepository.ts';
import { requireAction } from './pickTask.ts';
import type { TaskCommand } from './taskCommands.ts';

const newWorktree = 'Check Out in New Worktree';

/** The user's files stay as they are where git would overwrite something. */
export const checkOut: TaskCommand = async (doors, task, signal) => {
  requireAction(task, 'checkOut', 'checked out', 'Wait until it has delivered its branch.');
  const { fetchResult } = await import('../../shared/client/fetchResult.ts');
  const repository = await repositoryOf(task, signal);
  const connection = await doors.connected(signal);
  await fetchResult({ connection, repository, taskId: task.id }, signal);
  const branch = await checkOutOrOffer(repository, task.id, branchNameFor(task), signal);
  if (branch === undefined) return;
  vscode.window.showInformationMessage(`Checked out ${branch} in ${repository.name}.`);
};

/** Uncommitted work in the way is never touched: the branch can have a working tree of its own instead. */
async function checkOutOrOffer(
  repository: Repository,
  taskId: string,
  branch: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await checkOutAs(repository, taskId, branch, signal);
  } catch (error) {
    if (!(error instanceof KnownError) || error.code !== 'checkoutBlocked') throw error;
    const chosen = await vscode.window.showWarningMessage(
      `${error.message} Nothing was changed.`,
      newWorktree,
      'Open Source Control',
    );
    if (chosen === newWorktree) await openInWorktree(repository, taskId, branch, signal);
    else if (chosen !== undefined) await vscode.commands.executeCommand('workbench.view.scm');
    return undefined;
  }
}

async function openInWorktree(
  repository: Repository,
  taskId: string,
  branch: string,
  signal: AbortSignal,
): Promise<void> {
  const { checkOutInWorktree } = await import('../../shared/repository/checkOut.ts');
  const folder = `${repository.root}-${branch.replaceAll('/', '-')}`;
  await checkOutInWorktree(repository, { taskId, branch, folder }, signal);
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), {
    forceNewWindow: true,
  });
}

/** Asks for another name where the branch is taken; undefined where the user backs out. */
async function checkOutAs(
  repository: Repository,
  taskId: string,
  branch: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { checkOutResult } = await import('../../shared/repository/checkOut.ts');
  try {
    return (await checkOutResult(repository, { taskId, branch }, signal)).branch;
  } catch (error) {
    if (!(error instanceof KnownError) || error.code !== 'branchExists') throw error;
    const other = await vscode.window.showInputBox({
      title: 'Check Out Branch',
      prompt: error.message,
      value: `${branch}-2`,
      ignoreFocusOut: true,
    });
    return other === undefined ? undefined : checkOutAs(repository, taskId, other, signal);
  }
}
