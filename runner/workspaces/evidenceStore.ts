// Keeps a task's signed evidence in the store, beside its work, and tells what pins a commit's dependencies.
import { readGit, runGit } from '../host/git.ts';
import { namingDiskFull } from '../host/diskFull.ts';
import type { TaskPlace } from '../tasks/ports.ts';
import { isLockFile } from '../tasks/setUpScope.ts';
import { evidenceRef, storeFolder } from './storeFolder.ts';
import type { StoreRefs } from './storeRefs.ts';

/** Lock files that are named; a repository of hundreds of packages has one each. */
const mostLockFiles = 200;

export interface EvidenceStore {
  /** The lock files of a commit with the blobs of their contents. */
  lockFiles(
    place: TaskPlace,
    commit: string,
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly blob: string }[]>;
  /** Puts the task's evidence, in place of what it had before, behind a ref of its own; the id of the blob. */
  keep(place: TaskPlace, text: string, signal: AbortSignal): Promise<string>;
}

export function createEvidenceStore({
  dataFolder,
  refs,
}: {
  readonly dataFolder: string;
  readonly refs: StoreRefs;
}): EvidenceStore {
  const storeOf = (place: TaskPlace): string => storeFolder(dataFolder, place.repositoryId);
  return {
    async lockFiles(place, commit, signal) {
      const args = ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', commit];
      const { stdout } = await runGit(args, { gitDir: storeOf(place), signal });
      const files = stdout.toString('utf8').split('\0').flatMap(fileIn);
      return files.filter(({ path }) => isLockFile(path)).slice(0, mostLockFiles);
    },
    async keep(place, text, signal) {
      const store = storeOf(place);
      // Nothing is pruned between the blob and its ref.
      return refs.borrowers.share(store, signal, () =>
        namingDiskFull(dataFolder, async () => {
          const args = ['hash-object', '-w', '--stdin'];
          const blob = await readGit(args, { gitDir: store, signal, input: text });
          await refs.point(store, evidenceRef(place.taskId), blob, signal);
          return blob;
        }),
      );
    },
  };
}

/** A line of `ls-tree -z`: mode, type and id, then a tab and the path. */
function fileIn(line: string): { path: string; blob: string }[] {
  const [, blob, path] = /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
  return blob === undefined || path === undefined ? [] : [{ path, blob }];
}
