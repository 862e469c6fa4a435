// Finds what lies in the data folder and belongs to nothing any more: of tasks that were deleted, of work that was cut off.
import { readdir, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { isAside, type FoldersInUse } from './foldersInUse.ts';
import { snapshotsIn } from './ground.ts';
import { isUnfinished, setUpFolders } from './keptSetUps.ts';
import { markUnpruned } from './pruneStore.ts';
import { staleIn, storesIn } from './storeCare.ts';
import type { StoreRefs } from './storeRefs.ts';

export interface Leftover {
  /** What a person reads: the place beneath the data folder, or what else it is. */
  readonly name: string;
  /** False where somebody has taken it into use by now: then it stays. */
  readonly remove: (signal: AbortSignal) => Promise<boolean>;
}

export interface Surroundings {
  readonly dataFolder: string;
  readonly inUse: FoldersInUse;
  readonly refs: StoreRefs;
  readonly hasTask: (taskId: string) => boolean;
  /** Whether a task of this store has begun with this snapshot. `storeId`: by `storeIdOf`. */
  readonly hasSnapshot: (storeId: string, commit: string) => boolean;
}

/** Folders: unfinished ones, ones that were being removed, checkouts that no check uses, and all of deleted tasks. */
export async function leftFolders(around: Surroundings): Promise<readonly Leftover[]> {
  const { dataFolder, hasTask } = around;
  const [workspaces = [], logs = [], checkouts = [], stores = []] = await Promise.all(
    ['workspaces', 'logs', 'checkouts', 'stores'].map((name) => foldersIn(join(dataFolder, name))),
  );
  const ofTasks = [...workspaces, ...logs].filter((folder) => !hasTask(basename(folder)));
  const setUps = await leftSetUps(dataFolder);
  const folders = [...ofTasks, ...checkouts, ...stores.filter(isAside), ...setUps];
  return [...folders.flatMap((folder) => leftFolder(folder, around) ?? []), ...(await leftGrounds(around))];
}

/** Of stores that are gone, and of snapshots from which no task began, or none that is left. */
async function leftGrounds({ dataFolder, inUse, hasSnapshot }: Surroundings): Promise<readonly Leftover[]> {
  const stores = new Set((await storesIn(dataFolder)).map((store) => basename(store, '.git')));
  const found: Leftover[] = [];
  for (const ground of await foldersIn(join(dataFolder, 'grounds'))) {
    const storeId = basename(ground);
    const isOfStore = stores.has(storeId);
    const folders = isOfStore ? await foldersIn(snapshotsIn(ground)) : [ground];
    for (const folder of folders) {
      // What is half made goes with the next one of its name.
      const isNeeded = (): boolean =>
        inUse.has(folder) || (isOfStore && hasSnapshot(storeId, basename(folder, '.new')));
      if (isNeeded()) continue;
      found.push({
        name: relative(dataFolder, folder),
        remove: async () => {
          if (isNeeded()) return false;
          await inUse.remove(folder);
          return true;
        },
      });
    }
  }
  return found;
}

/** What was cut off while it was made or removed, and what belongs to a store that is gone. */
async function leftSetUps(dataFolder: string): Promise<readonly string[]> {
  const stores = new Set((await storesIn(dataFolder)).map((store) => basename(store, '.git')));
  const ofStores = await foldersIn(join(dataFolder, 'setUps'));
  const unfinished = (await setUpFolders(dataFolder)).filter(isUnfinished);
  return [...ofStores.filter((folder) => !stores.has(basename(folder))), ...unfinished];
}

/** In use or of a task that is there by now, it stays. */
function leftFolder(folder: string, { dataFolder, inUse, hasTask }: Surroundings): Leftover | null {
  const isCheckout = folder.startsWith(join(dataFolder, 'checkouts'));
  const isNeeded = (): boolean => inUse.has(folder) || (!isCheckout && hasTask(basename(folder)));
  if (isNeeded()) return null;
  return {
    name: relative(dataFolder, folder),
    remove: async () => {
      if (isNeeded()) return false;
      await inUse.remove(folder);
      return true;
    },
  };
}

/** Refs of deleted tasks. */
export async function leftRefs(around: Surroundings, signal: AbortSignal): Promise<readonly Leftover[]> {
  const { dataFolder, refs, hasTask } = around;
  const found: Leftover[] = [];
  for (const store of await storesIn(dataFolder)) {
    const names = await refs.list(store, 'refs/nightjar/', signal);
    const byTask = Map.groupBy(
      names,
      (name) => /^refs\/nightjar\/(?:tasks|turns|evidence)\/([^/]+)/.exec(name)?.[1],
    );
    for (const [taskId, ofTask] of byTask) {
      if (taskId === undefined || hasTask(taskId)) continue;
      found.push({
        name: `${ofTask.length} refs of the deleted task ${taskId}`,
        remove: async (cancelled) => {
          if (hasTask(taskId)) return false;
          await markUnpruned(store);
          await refs.remove(store, ofTask, cancelled);
          return true;
        },
      });
    }
  }
  return found;
}

/** Locks and unfinished files of a git that was killed. */
export async function leftFiles({ dataFolder }: Surroundings, now: Date): Promise<readonly Leftover[]> {
  const found = await Promise.all((await storesIn(dataFolder)).map((store) => staleIn(store, now)));
  return found.flat().map((file) => ({
    name: relative(dataFolder, file),
    remove: async () => {
      await rm(file, { recursive: true, force: true });
      return true;
    },
  }));
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}
