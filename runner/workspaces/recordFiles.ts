// Records a folder's files as a tree in the store, without ever asking a repository that an agent could have written.
import { join } from 'node:path';
import { rm, stat } from 'node:fs/promises';
import { readGit, runGit, type GitOptions } from '../host/git.ts';
import type { KnownTrees } from './knownTrees.ts';

export interface Recording {
  readonly store: string;
  readonly workTree: string;
  /** Kept from one recording to the next: it knows which files have not changed. */
  readonly indexFile: string;
  /** Commit to start from where the index is lost: files that are tracked although ignored are known from it alone. */
  readonly parent?: string;
  readonly trees?: KnownTrees;
}

/**
 * Adds all files that are not ignored and returns the tree's id. What can't be read is left as it was.
 * A repository inside (a scaffold that ran `git init`) counts as the files it has, else its work would be lost.
 */
export async function recordFiles(recording: Recording, signal: AbortSignal): Promise<string> {
  const options: GitOptions = {
    gitDir: recording.store,
    workTree: recording.workTree,
    indexFile: recording.indexFile,
    signal,
  };
  // Left by a git that was killed; only one recording at a time uses this index.
  await rm(`${recording.indexFile}.lock`, { force: true });
  const known = (await recording.trees?.inIndex(recording.indexFile)) ?? null;
  if (
    recording.parent !== undefined &&
    (await stat(recording.indexFile).catch(() => undefined)) === undefined
  )
    await runGit(['read-tree', recording.parent], options);
  const changed = await changedPaths(options);
  // Most turns only look, or run something that leaves no trace: then one look of git is all it takes.
  if (known !== null && changed.length === 0) return known;
  for (const folder of changed.filter(isRepository)) {
    const tree = await recordNested(recording, folder, signal);
    await runGit(['read-tree', `--prefix=${folder}`, tree], options);
  }
  await runGit(['add', '--all', '--ignore-errors'], { ...options, acceptedExitCodes: [0, 1] });
  const tree = await readGit(['write-tree'], options);
  await recording.trees?.rememberIndex(recording.indexFile, tree);
  return tree;
}

/** What is not as the index has it, by its content; files that are ignored don't count. */
async function changedPaths(options: GitOptions): Promise<string[]> {
  const kinds = ['--modified', '--deleted', '--others', '--exclude-standard'];
  const { stdout } = await runGit(['ls-files', ...kinds, '-z'], options);
  const paths = stdout.toString('latin1').split('\0');
  return paths.filter((path) => path !== '').map((path) => Buffer.from(path, 'latin1').toString('utf8'));
}

/** Untracked repositories are folders with a `/` at the end: git lists their files for nobody. */
function isRepository(path: string): boolean {
  return path.endsWith('/');
}

async function recordNested(
  { store, workTree, indexFile }: Recording,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const nestedIndex = `${indexFile}.nested`;
  await rm(nestedIndex, { force: true });
  try {
    return await recordFiles({ store, workTree: join(workTree, folder), indexFile: nestedIndex }, signal);
  } finally {
    await rm(nestedIndex, { force: true });
  }
}
