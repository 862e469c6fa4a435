// Finds the ignored files that `.worktreeinclude` and the project's configuration name: they go along like untracked ones.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { splitAtNul } from './gitPaths.ts';
import type { Repository } from './openRepository.ts';
import { readGit } from './userGit.ts';

/** In the root of the repository; written like a `.gitignore`, it names ignored files that are shipped anyway. */
const worktreeInclude = '.worktreeinclude';

/**
 * Files that git ignores and `.worktreeinclude` names, or one of the `patterns`; `untracked` are those that go along
 * without it.
 */
export async function readIncluded(
  repository: Repository,
  { untracked, patterns }: { readonly untracked: ReadonlySet<string>; readonly patterns: readonly string[] },
  signal: AbortSignal,
): Promise<string[]> {
  const file = join(repository.root, worktreeInclude);
  const sources = [
    ...(existsSync(file) ? [`--exclude-from=${file}`] : []),
    ...patterns.map((pattern) => `--exclude=${pattern}`),
  ];
  if (sources.length === 0) return [];
  const args = ['ls-files', '--others', '--ignored', '-z', ...sources];
  const named = splitAtNul(await readGit(repository.root, args, { signal }));
  // A folder in the list is a repository of its own.
  return named.filter((path) => !untracked.has(path) && !path.endsWith('/'));
}
