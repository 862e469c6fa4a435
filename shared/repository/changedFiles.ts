// Reads what a result changed: the files with their line counts, and single files of a commit.
import { splitAtNul } from './gitPaths.ts';
import type { Repository } from './openRepository.ts';
import { readGit, requireObjectId } from './userGit.ts';

export interface ChangedFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  /** Of a renamed file, what it was called. */
  readonly oldPath?: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed';
  /** Lines; null for a binary file. */
  readonly added: number | null;
  readonly removed: number | null;
}

const diffArgs = ['diff-tree', '-r', '-z', '-M', '--raw', '--numstat', '--no-ext-diff', '--no-textconv'];

const statuses: Readonly<Record<string, ChangedFile['status']>> = { A: 'added', D: 'deleted', R: 'renamed' };

/** The files that differ between two commits, in git's order. */
export async function diffFiles(
  repository: Repository,
  base: string,
  commit: string,
  signal: AbortSignal,
): Promise<ChangedFile[]> {
  const ids = [requireObjectId(base), requireObjectId(commit)];
  const output = await readGit(repository.root, [...diffArgs, ...ids], { signal });
  return parseDiff(splitAtNul(output));
}

/** A file's content in a commit; null where the commit has no such file. */
export async function readBlob(
  repository: Repository,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const entry = await findBlob(repository, requireObjectId(commit), path, signal);
  return entry === null ? null : readGit(repository.root, ['cat-file', 'blob', entry], { signal });
}

/** Id of a file's content, found folder by folder: git would read a path that isn't UTF-8 wrongly as an argument. */
async function findBlob(
  repository: Repository,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<string | null> {
  let folder = commit;
  const names = path.split('/');
  for (const [depth, name] of names.entries()) {
    const entries = splitAtNul(await readGit(repository.root, ['ls-tree', '-z', folder], { signal }));
    const entry = entries.find((line) => line.slice(line.indexOf('\t') + 1) === name);
    const [, type, id] = entry?.slice(0, entry.indexOf('\t')).split(' ') ?? [];
    if (id === undefined || type !== (depth === names.length - 1 ? 'blob' : 'tree')) return null;
    folder = id;
  }
  return folder;
}

/**
 * First one `:modes ids status` with its paths for each file, then in the same order `added removed path`,
 * where a rename has an empty path followed by both.
 */
function parseDiff(fields: readonly string[]): ChangedFile[] {
  const files: Omit<ChangedFile, 'added' | 'removed'>[] = [];
  let at = 0;
  for (; fields[at]?.startsWith(':') === true; at += 2) {
    const letter = fields[at]?.split(' ')[4]?.[0] ?? '';
    const status = statuses[letter] ?? 'modified';
    const path = fields[at + 1] ?? '';
    if (status !== 'renamed') files.push({ path, status });
    else files.push({ oldPath: path, path: fields[(at += 1) + 1] ?? '', status });
  }
  return files.map((file) => {
    const [added = '-', removed = '-'] = fields[at]?.split('\t') ?? [];
    at += file.status === 'renamed' ? 3 : 1;
    return { ...file, added: countOf(added), removed: countOf(removed) };
  });
}

function countOf(lines: string): number | null {
  return lines === '-' ? null : Number(lines);
}
