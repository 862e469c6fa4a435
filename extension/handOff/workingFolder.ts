// Chooses the folder that a hand-off starts from, and opens its repository, making a first commit where there is none.
import { basename, sep } from 'node:path';
import * as vscode from 'vscode';
import { KnownError } from '../../shared/errors/errors.ts';
import { openRepository, type Repository } from '../../shared/repository/openRepository.ts';
import { readHead } from '../../shared/repository/repositoryState.ts';
import { repositoryFoldersBelow } from '../host/folderRepositories.ts';

export interface WorkingFolder {
  /** The opened folder, the whole repository or a part of it; else the repository right below it. */
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
  const working = await openIn(folder.uri.fsPath, near?.fsPath, signal);
  if (working === undefined) return undefined;
  return (await hasCommits(working.repository, signal)) ? working : undefined;
}

/** Opens the repository around the folder, else the one below it that the user works in or picks. */
async function openIn(
  path: string,
  near: string | undefined,
  signal: AbortSignal,
): Promise<WorkingFolder | undefined> {
  try {
    return { path, repository: await openRepository(path, signal) };
  } catch (error) {
    if (!(error instanceof KnownError) || error.code !== 'notARepository') throw error;
    const below = await repositoryFoldersBelow(path);
    if (below.length === 0) throw error;
    const chosen =
      below.find((folder) => near?.startsWith(`${folder}${sep}`)) ?? (await pickRepository(below));
    if (chosen === undefined) return undefined;
    return { path: chosen, repository: await openRepository(chosen, signal) };
  }
}

async function pickRepository(folders: readonly string[]): Promise<string | undefined> {
  if (folders.length === 1) return folders[0];
  const items = folders.map((folder) => ({ label: `$(repo) ${basename(folder)}`, folder }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Hand off from which repository?' });
  return picked?.folder;
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
