// Finds the repository of a task on this machine.
import { isAbsolute, relative } from 'node:path';
import * as vscode from 'vscode';
import { KnownError } from '../../shared/errors/errors.ts';
import { openRepository, type Repository } from '../../shared/repository/openRepository.ts';
import type { Task } from '../../shared/task/task.ts';

/** True where this window has the task's repository open, as a whole or a folder inside or around it. */
export function holdsRepository(task: Pick<Task, 'repository'>): boolean {
  const root = task.repository.folder;
  return workspacePaths().some((path) => contains(path, root) || contains(root, path));
}

/**
 * Opens the repository that the task was handed off from: an open folder of it first, wherever it has moved to.
 * Throws KnownError repositoryElsewhere where it isn't on this machine.
 */
export async function repositoryOf(task: Pick<Task, 'repository'>, signal: AbortSignal): Promise<Repository> {
  const { id, name, folder } = task.repository;
  for (const path of [...workspacePaths(), folder]) {
    const candidate = await openRepository(path, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (candidate?.id === id) return candidate;
  }
  throw new KnownError('repositoryElsewhere', { name, folder });
}

function workspacePaths(): readonly string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}
