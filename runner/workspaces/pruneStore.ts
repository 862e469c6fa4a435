// Gives back the room of what deleted tasks left in a store, while nothing borrows from it: no workspace, no checkout, no work.
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { KnownError } from '../../shared/errors/errors.ts';
import type { Task } from '../../shared/task/task.ts';
import { runGit } from '../host/git.ts';
import { storeIdOf } from '../tasks/access.ts';
import type { Clock, Journal } from '../tasks/ports.ts';
import { commitsIn } from './receiveBundle.ts';
import { isIdle } from './reclaim.ts';
import { groundFolder, storeFolder, turnRef } from './storeFolder.ts';
import type { StoreRefs } from './storeRefs.ts';
import type { KeptWorkspaces } from './workspaces.ts';

/** Milliseconds since a store was last asked for: a client may be on its way with what rests on an answer. */
const calmMs = 60 * 60_000;

export interface PrunePorts {
  readonly dataFolder: string;
  readonly journal: Pick<Journal, 'tasks' | 'eventsOf'>;
  readonly refs: StoreRefs;
  readonly clock: Clock;
  readonly workspaces: Pick<KeptWorkspaces, 'inUse'>;
}

/** To be told before something stops being kept in a store. */
export async function markUnpruned(store: string): Promise<void> {
  await rm(markOf(store), { force: true });
}

/** To be told of a store that holds nothing but what is kept. */
export async function markPruned(store: string): Promise<void> {
  await writeFile(markOf(store), '');
}

/**
 * Removes all objects that no ref keeps; false where there are none, or somebody may still need them. Whoever wants to
 * use the store meanwhile gets it at once, and the rest goes another time.
 */
export async function pruneStore(store: string, ports: PrunePorts, signal: AbortSignal): Promise<boolean> {
  if ((await isThere(markOf(store))) || !(await isCalm(store, ports.clock.now()))) return false;
  let isPruned = false;
  try {
    const isDone = await ports.refs.borrowers.alone(store, signal, async (alone) => {
      isPruned = await pruneUnborrowed(store, ports, alone);
    });
    if (!isDone) await markUnpruned(store);
  } catch (error) {
    // A full disk has room again some day; what else fails would do so every time.
    if (signal.aborted || error instanceof KnownError) await markUnpruned(store);
    throw error;
  }
  return isPruned;
}

async function pruneUnborrowed(store: string, ports: PrunePorts, signal: AbortSignal): Promise<boolean> {
  const { dataFolder, journal, workspaces } = ports;
  const tasks = journal
    .tasks()
    .filter(({ repository, owner }) => storeFolder(dataFolder, storeIdOf(repository.id, owner)) === store);
  if (!tasks.every(isIdle) || (await isBorrowed(tasks, ports))) return false;
  // Before the work: what is cut off by a failure is not tried again until there is more to gain.
  await markPruned(store);
  for (const task of tasks) await keepWhatIsNamed(store, task, ports, signal);
  // First what makes room without needing any.
  await runGit(['prune', '--expire=now'], { gitDir: store, signal });
  await runGit(['-c', 'pack.threads=1', 'repack', '-a', '-d', '-q'], { gitDir: store, signal });
  // The next clone has what it needs of it laid anew.
  await workspaces.inUse.remove(groundFolder(dataFolder, basename(store, '.git')));
  return true;
}

/** Whether a workspace or checkout is there of one of the tasks, or of a task that nobody knows. */
async function isBorrowed(tasks: readonly Task[], { dataFolder, journal }: PrunePorts): Promise<boolean> {
  const others = new Set(journal.tasks().map(({ id }) => id));
  for (const { id } of tasks) others.delete(id);
  const folders = await Promise.all(
    ['workspaces', 'checkouts'].map((name) => readdir(join(dataFolder, name)).catch(() => [])),
  );
  // What is half made or half removed has a name of its own, with a dot.
  return folders.flat().some((name) => !others.has(name.split('.')[0] ?? ''));
}

/** Every commit that an event of a living task names can be shown as long as the task is there. */
async function keepWhatIsNamed(
  store: string,
  task: Task,
  { journal, refs }: PrunePorts,
  signal: AbortSignal,
): Promise<void> {
  const text = JSON.stringify(journal.eventsOf(task.id, 0));
  const named = new Set(Array.from(text.matchAll(/"([0-9a-f]{40}|[0-9a-f]{64})"/g), ([, id]) => id ?? ''));
  const present = await commitsIn(store, [...named], signal);
  if (present.length === 0) return;
  const input = `${present.join('\n')}\n`;
  const { stdout } = await runGit(['rev-list', '--stdin', '--not', '--all'], {
    gitDir: store,
    signal,
    input,
  });
  const unkept = new Set(stdout.toString('utf8').split('\n'));
  for (const id of present.filter((commit) => unkept.has(commit)))
    await refs.point(store, `${turnRef(task.id, 0)}-${id}`, id, signal);
}

async function isCalm(store: string, now: Date): Promise<boolean> {
  const found = await stat(store).catch(() => undefined);
  return found !== undefined && found.mtimeMs < now.getTime() - calmMs;
}

/** Git leaves a file alone that it doesn't know, and nothing of what looks after locks and ages looks here. */
function markOf(store: string): string {
  return join(store, 'objects', 'info', 'nightjar-pruned');
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
