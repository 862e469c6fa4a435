// Makes a tree of the store that differs from another one in some paths, without any folder of files.
import { rm } from 'node:fs/promises';
import { readGit, runGit } from '../host/git.ts';

export interface TreeEntry {
  readonly mode: string;
  readonly id: string;
}

/**
 * A path as one character for each of its bytes. A name need not be UTF-8, and read as if it were it is another one, which
 * git would then be told.
 */
export type PathBytes = string & { readonly of?: 'bytes' };

export function bytesOf(path: string): PathBytes {
  return Buffer.from(path, 'utf8').toString('latin1');
}

export function textOf(path: PathBytes): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/** What is at each path of a commit or tree, folders left out; with `path` at that one alone. */
export async function entriesOf(
  store: string,
  tree: string,
  signal: AbortSignal,
  path?: string,
): Promise<Map<PathBytes, TreeEntry>> {
  const only = path === undefined ? [] : ['--', path];
  const { stdout } = await runGit(['ls-tree', '-r', '-z', '--full-tree', tree, ...only], {
    // Of a list that ends early the rest would count as not there.
    ...{ gitDir: store, signal, collectBytes: Infinity },
    env: { GIT_LITERAL_PATHSPECS: '1' },
  });
  const entries = new Map<PathBytes, TreeEntry>();
  for (const row of stdout.toString('latin1').split('\0')) {
    const [, mode, id, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(row) ?? [];
    if (mode !== undefined && id !== undefined && path !== undefined) entries.set(path, { mode, id });
  }
  return entries;
}

/** The id of `tree` with `changes`; null takes a path out. `indexFile` (absolute) is made for it and removed again. */
export async function editTree(
  { store, tree, indexFile }: { readonly store: string; readonly tree: string; readonly indexFile: string },
  changes: ReadonlyMap<PathBytes, TreeEntry | null>,
  signal: AbortSignal,
): Promise<string> {
  const options = { gitDir: store, indexFile, signal };
  const gone = '0'.repeat(tree.length);
  const rows = [...changes]
    // What makes room for a folder of the same name goes first.
    .toSorted(([, a], [, b]) => Number(a !== null) - Number(b !== null))
    .map(([path, entry]) => `${entry?.mode ?? '0'} ${entry?.id ?? gone}\t${path}\0`);
  try {
    await rm(indexFile, { force: true });
    await runGit(['read-tree', tree], options);
    const input = Buffer.from(rows.join(''), 'latin1');
    await runGit(['update-index', '-z', '--index-info'], { ...options, input });
    return await readGit(['write-tree'], options);
  } finally {
    await rm(indexFile, { force: true });
  }
}
