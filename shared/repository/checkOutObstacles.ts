// Finds out what of the user's own is in the way of a check-out, without reading git's words for people.
import { lstat, realpath } from 'node:fs/promises';
import { pathBytes, splitAtNul } from './gitPaths.ts';
import type { Repository } from './openRepository.ts';
import { readGit, readGitLines } from './userGit.ts';
import { readStatus } from './workingTreeStatus.ts';

/** Files that the commit would bring in another state than HEAD has, and that hold work of the user's. */
export async function filesInTheWay(
  repository: Repository,
  commit: string,
  signal: AbortSignal,
): Promise<string[]> {
  const args = ['diff-tree', '-r', '-z', '--name-status', '--no-renames', '--no-ext-diff', 'HEAD', commit];
  const fields = splitAtNul(await readGit(repository.root, args, { signal }));
  const { entries } = await readStatus(repository, signal, { untracked: false });
  const changed = new Set(
    entries.flatMap(({ path, oldPath }) => [path, ...(oldPath === undefined ? [] : [oldPath])]),
  );
  const files: string[] = [];
  for (let at = 0; at < fields.length; at += 2) {
    const path = fields[at + 1] ?? '';
    // What HEAD has not is the user's own wherever it is there, whether git ignores it or not.
    const isOwn = fields[at] === 'A' && (await isThere(repository, path));
    if (isOwn || changed.has(path)) files.push(path);
  }
  return files;
}

/** The other working tree of the repository that has the branch checked out; null where none does. */
export async function worktreeOf(
  repository: Repository,
  branch: string,
  signal: AbortSignal,
): Promise<string | null> {
  const lines = await readGitLines(repository.root, ['worktree', 'list', '--porcelain'], { signal });
  let folder = '';
  for (const line of lines) {
    if (line.startsWith('worktree ')) folder = line.slice('worktree '.length);
    if (line !== `branch refs/heads/${branch}`) continue;
    const root = await realpath(folder).catch(() => folder);
    if (root !== repository.root) return folder;
  }
  return null;
}

async function isThere(repository: Repository, path: string): Promise<boolean> {
  return (await lstat(pathBytes(repository.root, path)).catch(() => null)) !== null;
}
