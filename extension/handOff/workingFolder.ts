// Chooses the folder that a hand-off starts from, and opens its repository, making a first commit where there is none.
import * as vscode from 'vscode';
import { KnownError } from '../../shared/errors/errors.ts';
import { openRepository, type Repository } from '../../shared/repository/openRepository.ts';
import { readHead } from '../../shared/repository/repositoryState.ts';

export interface WorkingFolder {
  /** The opened folder: the whole repository or a part of it. */
  readonly path: string;
  readonly repository: Repository;
}

/**
 * `near` is a file that the user works on: its folder wins. Undefined where the user backs out.
 * Throws KnownError notARepository and its kin.
 */
export async function chooseWorkingFolder(
  near: vscode.Uri | undefined,
  signal: AbortSignal,
): Promise<WorkingFolder | undefined> {
  const folder = await chooseFolder(near);
  if (folder === undefined) return undefined;
  const path = folder.uri.fsPath;
  const repository = await openRepository(path, signal);
  return (await hasCommits(repository, signal)) ? { path, repository } : undefined;
}

async function chooseFolder(near: vscode.Uri | undefined): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const own = near === undefined ? undefined : vscode.workspace.getWorkspaceFolder(near);
  if (own !== undefined && folders.includes(own)) return own;
  if (folders.length > 1) {
    return vscode.window.showWorkspaceFolderPick({ placeHolder: 'Hand off from which folder?' });
  }
  const [only] = folders;
  if (only === undefined) throw new KnownError('notARepository', { path: 'This window' });
  return only;
}

/** Offers to make the first commit; false where the user backs out. */
async function hasCommits(repository: Repository, signal: AbortSignal): Promise<boolean> {
  try {
    await readHead(repository, signal);
    return true;
  } catch (error) {
    if (!(error instanceof KnownError) || error.code !== 'noCommits') throw error;
    const button = 'Make First Commit';
    const chosen = await vscode.window.showWarningMessage(`${error.message} ${error.remedy}`, button);
    if (chosen !== button) return false;
    const { makeFirstCommit } = await import('../../shared/repository/firstCommit.ts');
    await makeFirstCommit(repository, 'First commit', signal);
    return true;
  }
}
