// Tidies the data folder up, once: what is left over goes, the stores are packed, and room is made where there is too little.
import { basename } from 'node:path';
import { isCancellation, KnownError } from '../../shared/errors/errors.ts';
import type { Log } from '../host/log.ts';
import { storeIdOf } from '../tasks/access.ts';
import type { Journal } from '../tasks/ports.ts';
import { removalsFor, setUpsToRemove, type IdleTask, type Removal } from '../tasks/reclaim.ts';
import type { DiskUse } from './diskUse.ts';
import { leftFiles, leftFolders, leftRefs, type Leftover } from './leftovers.ts';
import { historyIn } from './ground.ts';
import { pruneStore } from './pruneStore.ts';
import { isIdle, reclaim, type ReclaimPorts } from './reclaim.ts';
import { removeIfUnused, repackMany, storesIn } from './storeCare.ts';
import { groundFolder, storeFolder } from './storeFolder.ts';
import type { StoreRefs } from './storeRefs.ts';

export interface TidyPorts extends ReclaimPorts {
  readonly journal: Journal;
  readonly refs: StoreRefs;
  readonly use: DiskUse;
  /** What the data folder may take. */
  readonly budgetBytes: number;
  /** Processes that outlived their commands. */
  readonly leftProcesses: () => Promise<readonly Leftover[]>;
  readonly log: Log;
}

/** Everything that is left over. Without `isThorough` no git is asked for refs of deleted tasks. */
export async function findLeftovers(
  ports: TidyPorts,
  isThorough: boolean,
  signal: AbortSignal,
): Promise<readonly Leftover[]> {
  const { dataFolder, workspaces, refs, journal, clock } = ports;
  const hasTask = (taskId: string): boolean => journal.task(taskId) !== undefined;
  const hasSnapshot = (storeId: string, commit: string): boolean =>
    journal
      .tasks()
      .some(
        ({ repository, owner, snapshot }) =>
          snapshot.commit === commit && storeIdOf(repository.id, owner) === storeId,
      );
  const around = { dataFolder, inUse: workspaces.inUse, refs, hasTask, hasSnapshot };
  return [
    ...(await ports.leftProcesses()),
    ...(await leftFolders(around)),
    ...(await leftFiles(around, clock.now())),
    ...(isThorough ? await leftRefs(around, signal) : []),
  ];
}

/** Tidies up and says what it did, a sentence each. What fails is logged, and the rest goes on. */
export async function tidyUp(ports: TidyPorts, isThorough: boolean, signal: AbortSignal): Promise<string[]> {
  const done: string[] = [];
  const attempt = async (work: () => Promise<string | null>): Promise<void> => {
    signal.throwIfAborted();
    try {
      const said = await work();
      if (said !== null) done.push(said);
    } catch (error) {
      if (signal.aborted && isCancellation(error)) throw error;
      if (error instanceof KnownError) ports.log.info(`housekeeping: ${error.message}`);
      else ports.log.bug(error, 'housekeeping');
    }
  };
  for (const leftover of await findLeftovers(ports, isThorough, signal))
    await attempt(async () => ((await leftover.remove(signal)) ? `Removed ${leftover.name}.` : null));
  for (const store of await storesIn(ports.dataFolder))
    await attempt(() => careForStore(store, ports, signal));
  await makeRoom(ports, attempt, signal);
  return done;
}

async function careForStore(store: string, ports: TidyPorts, signal: AbortSignal): Promise<string | null> {
  const { dataFolder, journal, workspaces, refs, clock } = ports;
  const isNeeded = journal
    .tasks()
    .some(({ repository, owner }) => storeFolder(dataFolder, storeIdOf(repository.id, owner)) === store);
  const removal = isNeeded ? null : removeIfUnused(store, workspaces.inUse, clock.now());
  if (removal !== null) {
    await removal;
    return `Removed the store ${store}: its repository has no task left.`;
  }
  if (await pruneStore(store, ports, signal)) return `Removed from ${store} what deleted tasks had left.`;
  const history = historyIn(groundFolder(dataFolder, basename(store, '.git')));
  const isRepacked = await repackMany(store, signal);
  const hasNewGround = await repackMany(store, signal, history);
  const hasPackedRefs = await refs.packMany(store, signal);
  return isRepacked || hasNewGround || hasPackedRefs ? `Packed the store ${store}.` : null;
}

/** Removes kept set-ups until the data folder keeps to its budget, but none that is being copied; whether there were any. */
async function removeSetUps(
  { use, workspaces: { inUse }, budgetBytes }: TidyPorts,
  attempt: (work: () => Promise<string | null>) => Promise<void>,
): Promise<boolean> {
  const idle = use.setUps.filter(({ folder }) => !inUse.has(folder));
  const removed = setUpsToRemove(idle, await use.excessBytes(budgetBytes));
  for (const { folder } of removed)
    await attempt(async () => {
      if (inUse.has(folder)) return null;
      await inUse.remove(folder);
      return `Removed the set-up ${basename(folder).slice(0, 10)} to save room.`;
    });
  return removed.length > 0;
}

/** Puts workspaces away until the data folder keeps to its budget, or none is left that may go. */
async function makeRoom(
  ports: TidyPorts,
  attempt: (work: () => Promise<string | null>) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { journal, use, clock, budgetBytes } = ports;
  const tried: Tried = new Map();
  for (let isFirst = true; ; isFirst = false) {
    await use.measure(journal.tasks(), clock.now(), signal);
    if (isFirst && (await removeSetUps(ports, attempt))) continue;
    const removals = removalsFor(idleTasks(ports, tried), await use.excessBytes(budgetBytes));
    if (removals.length === 0) return;
    for (const removal of removals) {
      const { taskId, part } = removal;
      if (tried.get(taskId) === 'workspace') continue;
      // What fails is not tried again before the next time.
      tried.set(taskId, 'workspace');
      await attempt(async () => {
        if (!(await reclaim(removal, ports, signal))) return null;
        tried.set(taskId, part);
        await use.forget(taskId);
        return `Put away ${part === 'private' ? 'the caches' : 'the workspace'} of ${taskId} to save room.`;
      });
    }
  }
}

type Tried = Map<string, Removal['part']>;

/** What may go, without what was tried already. */
function idleTasks({ journal, use }: TidyPorts, tried: Tried): readonly IdleTask[] {
  return journal
    .tasks()
    .filter((task) => isIdle(task) && tried.get(task.id) !== 'workspace')
    .map(({ id: taskId, status, updatedAt: since }) => {
      const { privateBytes = 0, filesBytes = 0 } = use.of(taskId) ?? {};
      return {
        ...{ taskId, since, isWaiting: status === 'needsInput', filesBytes },
        privateBytes: tried.has(taskId) ? 0 : privateBytes,
      };
    });
}
