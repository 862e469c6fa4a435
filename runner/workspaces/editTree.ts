// Makes a tree of the store that differs from another one in some paths, without any folder of files.
import { rm } from 'node:fs/promises';
import { readGit, runGit } from '../host/git.ts';

export interface TreeEntry {
  readonly mode: string;
  readonly id: string;
}

/** What is at each path of a commit or tree, folders left out; with `path` at that one alone. */
export async function entriesOf(
  store: string,
  tree: string,
  signal: AbortSignal,
  path?: string,
): Promise<Map<string, TreeEntry>> {
  const only = path === undefined ? [] : ['--', path];
  const { stdout } = await runGit(['ls-tree', '-r', '-z', '--full-tree', tree, ...only], {
    ...{ gitDir: store, signal },
    env: { GIT_LITERAL_PATHSPECS: '1' },
  });
  const entries = new Map<string, TreeEntry>();
  for (const row of stdout.toString('utf8').split('\0')) {
    const [, mode, id, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(row) ?? [];
    if (mode !== undefined && id !== undefined && path !== undefined) entries.set(path, { mode, id });
  }
  return entries;
}

/** The id of `tree` with `changes`; null takes a path out. `indexFile` (absolute) is made for it and removed again. */
export async function editTree(
  { store, tree, indexFile }: { readonly store: string; readonly tree: string; readonly indexFile: string },
  changes: ReadonlyMap<string, TreeEntry | null>,
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
    await runGit(['update-index', '-z', '--index-info'], { ...options, input: rows.join('') });
    return await readGit(['write-tree'], options);
  } finally {
    await rm(indexFile, { force: true });
  }
}
