// What steps ask of the store's commits: their files, and commits that mix the files of two.
import { randomUUID } from 'node:crypto';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { namingDiskFull } from '../host/diskFull.ts';
import { readGit, runGit } from '../host/git.ts';
import type { Commits, TaskPlace } from '../tasks/ports.ts';
import { bytesOf, editTree, entriesOf, textOf } from './editTree.ts';
import type { FoldersInUse } from './foldersInUse.ts';
import { checkoutsFolder, storeFolder } from './storeFolder.ts';
import type { StoreRefs } from './storeRefs.ts';

const mostTextBytes = 1024 * 1024;

/** Nobody keeps a mixed commit, so nobody has made it; the same mix is the same commit. */
const nobody = {
  GIT_AUTHOR_NAME: 'Nightjar',
  GIT_AUTHOR_EMAIL: 'nightjar@localhost',
  GIT_AUTHOR_DATE: '@0 +0000',
  GIT_COMMITTER_NAME: 'Nightjar',
  GIT_COMMITTER_EMAIL: 'nightjar@localhost',
  GIT_COMMITTER_DATE: '@0 +0000',
};

/** The commits of the stores beneath `dataFolder`. All throw KnownError `diskFull`, and GitError where git fails. */
export function createCommits({
  dataFolder,
  refs,
  inUse,
}: {
  /** Absolute; the same as the stores'. */
  readonly dataFolder: string;
  readonly refs: StoreRefs;
  readonly inUse: FoldersInUse;
}): Commits {
  const storeOf = (place: TaskPlace): string => storeFolder(dataFolder, place.repositoryId);
  return {
    async pathsOf(place, commit, signal) {
      return [...(await entriesOf(storeOf(place), commit, signal)).keys()].map(textOf);
    },
    async textOf(place, commit, path, signal) {
      const entry = (await entriesOf(storeOf(place), commit, signal, path)).get(bytesOf(path));
      if (entry === undefined || !entry.mode.startsWith('100')) return null;
      const options = { gitDir: storeOf(place), signal, collectBytes: mostTextBytes };
      const { stdout } = await runGit(['cat-file', 'blob', entry.id], options);
      return stdout.toString('utf8');
    },
    mix: (place, { onto, from, paths }, signal) =>
      refs.borrowers.share(storeOf(place), signal, () =>
        namingDiskFull(dataFolder, async () => {
          const store = storeOf(place);
          const taken = await entriesOf(store, from, signal);
          const changes = new Map(paths.map(bytesOf).map((path) => [path, taken.get(path) ?? null]));
          const checkouts = checkoutsFolder(dataFolder, place.taskId);
          const folder = join(checkouts, `mix-${randomUUID().slice(0, 8)}`);
          const release = inUse.take(folder);
          try {
            await mkdir(folder, { recursive: true });
            const base = { store, tree: onto, indexFile: join(folder, 'index') };
            const tree = await editTree(base, changes, signal);
            const args = ['commit-tree', tree, '-p', onto, '-m', `With files of ${from}`];
            return await readGit(args, { gitDir: store, signal, env: nobody });
          } finally {
            await inUse.remove(folder);
            release();
            // It stays for as long as it has something else.
            await rmdir(checkouts).catch(() => undefined);
          }
        }),
      ),
  };
}
