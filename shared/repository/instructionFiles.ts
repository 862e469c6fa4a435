// Finds the files that tell agents how to work in this repository.
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Repository } from './openRepository.ts';

/** In the order in which a folder's files count: the second only where the first is missing. */
const names = ['AGENTS.md', 'CLAUDE.md'];

/**
 * Instruction files from `startFolder` (absolute, or relative to the root) up to the root, nearest first: the
 * nearest wins. Paths are relative to the root, with slashes. A folder outside gives the root's own file.
 */
export async function findInstructionFiles(
  repository: Repository,
  startFolder: string,
  signal: AbortSignal,
): Promise<string[]> {
  const { root } = repository;
  const found: string[] = [];
  for (let folder = await startInside(root, startFolder); ; folder = dirname(folder)) {
    signal.throwIfAborted();
    const file = await firstFile(names.map((name) => join(folder, name)));
    if (file !== undefined) found.push(relative(root, file).split(sep).join('/'));
    if (folder === root) return found;
  }
}

async function startInside(root: string, startFolder: string): Promise<string> {
  const folder = await realpath(resolve(root, startFolder));
  return folder.startsWith(root + sep) ? folder : root;
}

async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const entry = await stat(path).catch(() => undefined);
    if (entry?.isFile() === true) return path;
  }
  return undefined;
}
