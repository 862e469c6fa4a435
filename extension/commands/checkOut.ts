// Check Out Branch: receives the result and gives it a branch in the user's repository.
import * as vscode from 'vscode';
import type { ErrorCode } from '../../shared/errors/catalogue.ts';
import { KnownError } from '../../shared/errors/errors.ts';
import type { WantedBranch } from '../../shared/repository/checkOut.ts';
import type { Repository } from '../../shared/repository/openRepository.ts';
import { listPaths } from '../../shared/repository/pathHazards.ts';
import { branchNameFor } from '../../shared/task/branchName.ts';
import { repositoryOf } from '../host/taskRepository.ts';
import { requireAction } from './pickTask.ts';
import type { TaskCommand } from './taskCommands.ts';

const newWorktree = 'Check Out in New Worktree';

/** What a working tree of its own gets around. */
const isInTheWay: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'changesInTheWay',
  'mergeUnfinished',
  'checkoutBlocked',
]);

/** What another name gets around. */
const isTaken: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['branchExists', 'branchInUse']);

/** The user's files stay as they are where git would overwrite something. */
export const checkOut: TaskCommand = async (doors, task, signal) => {
  requireAction(task, 'checkOut', 'checked out', 'Wait until it has delivered its branch.');
  const { fetchResult } = await import('../../shared/client/fetchResult.ts');
  const repository = await repositoryOf(task, signal);
  const connection = await doors.connected(signal);
  const { commit } = await fetchResult({ connection, repository, taskId: task.id }, signal);
  const snapshot = task.snapshot.commit;
  if (!(await isWanted(repository, { snapshot, commit }, signal))) return;
  const wanted = { taskId: task.id, branch: branchNameFor(task), snapshot };
  const branch = await checkOutOrOffer(repository, wanted, signal);
  if (branch === undefined) return;
  vscode.window.showInformationMessage(`Checked out ${branch} in ${repository.name}.`);
};

/** Shows what would run as soon as the files are there, before they are. */
async function isWanted(
  repository: Repository,
  result: { readonly snapshot: string; readonly commit: string },
  signal: AbortSignal,
): Promise<boolean> {
  const { consentNeeded, inspectResult } = await import('../../shared/repository/inspectResult.ts');
  const unseen = consentNeeded(await inspectResult(repository, result, signal));
  if (unseen.length === 0) return true;
  const chosen = await vscode.window.showWarningMessage(
    'Files of this branch have something run when its folder is opened, or lead out of it.',
    { modal: true, detail: `${listPaths(unseen)}\n\nLook at these changes before you check the branch out.` },
    'Check Out',
  );
  return chosen !== undefined;
}

/** Uncommitted work in the way is never touched: the branch can have a working tree of its own instead. */
async function checkOutOrOffer(
  repository: Repository,
  wanted: WantedBranch,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await checkOutAs(repository, wanted, signal);
  } catch (error) {
    if (!(error instanceof KnownError) || !isInTheWay.has(error.code)) throw error;
    const chosen = await vscode.window.showWarningMessage(
      `${error.message} Nothing was changed.`,
      newWorktree,
      'Open Source Control',
    );
    if (chosen === newWorktree) await openInWorktree(repository, wanted, signal);
    else if (chosen !== undefined) await vscode.commands.executeCommand('workbench.view.scm');
    return undefined;
  }
}

async function openInWorktree(
  repository: Repository,
  wanted: WantedBranch,
  signal: AbortSignal,
): Promise<void> {
  const { checkOutInWorktree } = await import('../../shared/repository/checkOut.ts');
  const folder = `${repository.root}-${wanted.branch.replaceAll('/', '-')}`;
  await checkOutInWorktree(repository, { ...wanted, folder }, signal);
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), {
    forceNewWindow: true,
  });
}

/** Asks for another name where the branch is taken; undefined where the user backs out. */
async function checkOutAs(
  repository: Repository,
  wanted: WantedBranch,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { checkOutResult } = await import('../../shared/repository/checkOut.ts');
  try {
    return (await checkOutResult(repository, wanted, signal)).branch;
  } catch (error) {
    if (!(error instanceof KnownError) || !isTaken.has(error.code)) throw error;
    const branch = await vscode.window.showInputBox({
      title: 'Check Out Branch',
      prompt: error.message,
      value: `${wanted.branch}-2`,
      ignoreFocusOut: true,
    });
    return branch === undefined ? undefined : checkOutAs(repository, { ...wanted, branch }, signal);
  }
}
