// A record on disk of every command that runs, so that the next runner finds what a killed one left behind.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endCommands, marksBeneath, type StartedCommand } from './leftovers.ts';
import { startOf } from './processTable.ts';

/** A command that is about to run, or runs; disposing ends what is left of it. */
export interface RunningCommand extends AsyncDisposable {
  /** Marks its environment. */
  readonly id: string;
  /** Tells that it runs, as the leader of a process group. */
  readonly started: (pid: number) => void;
  /** Tells that it was cut off: then it is looked for what it left, even where its end takes all with it. */
  readonly mayHaveLeft: () => void;
}

/**
 * Begins a command: its record is a file in `folder` (absolute, made if missing) before anything of it runs.
 * `isContained`: with its end all ends that it started, so nothing is looked for.
 */
export async function beginCommand(folder: string, isContained: boolean): Promise<RunningCommand> {
  const id = randomUUID();
  const file = join(folder, id);
  await mkdir(folder, { recursive: true });
  await writeFile(file, '');
  let recorded = Promise.resolve();
  let isCleanEnd = isContained;
  return {
    id,
    started: (pid) => {
      recorded = recordLeader(file, pid);
    },
    mayHaveLeft: () => {
      isCleanEnd = false;
    },
    [Symbol.asyncDispose]: async () => {
      await recorded;
      // The group has ended with its leader, whose number may be another's by now.
      if (!isCleanEnd) await endCommands([{ id, leader: null }]);
      await rm(file, { force: true });
    },
  };
}

/**
 * Ends all that is left of the commands recorded in `folder`, and says how many processes it was.
 * Only for a runner that has not begun anything yet.
 */
export async function endRecordedCommands(folder: string): Promise<number> {
  const ids = await readdir(folder).catch(() => []);
  if (ids.length === 0) return 0;
  const files = ids.map((id) => join(folder, id));
  const leaders = await Promise.all(files.map(readLeader));
  const ended = await endCommands(ids.map((id, index) => ({ id, leader: leaders[index] ?? null })));
  for (const file of files) await rm(file, { force: true });
  return ended;
}

/**
 * The processes that outlived their commands, which must not be, one entry a command with the means to end them:
 * of commands that worked beneath `dataFolder` and have no record in `folder` any more. Linux only.
 */
export async function leftCommands(
  dataFolder: string,
  folder: string,
): Promise<readonly { readonly name: string; readonly remove: () => Promise<boolean> }[]> {
  const recorded = new Set(await readdir(folder).catch(() => []));
  const marks = await marksBeneath(dataFolder);
  for (const id of await readdir(folder).catch(() => [])) recorded.add(id);
  return [...marks]
    .filter(([id]) => !recorded.has(id))
    .map(([id, pids]) => ({
      name: `the processes ${pids.join(', ')} of a command that has ended`,
      remove: async () => (await endCommands([{ id, leader: null }])) > 0,
    }));
}

/** Without the leader the mark alone tells what belongs to the command, so a full disk is no reason to give up. */
async function recordLeader(file: string, pid: number): Promise<void> {
  const startedAt = await startOf(pid);
  if (startedAt === null) return;
  await writeFile(file, JSON.stringify({ pid, startedAt })).catch(() => undefined);
}

/** Null where the runner was killed before it had written the file. */
async function readLeader(file: string): Promise<StartedCommand['leader']> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as StartedCommand['leader'];
  } catch {
    return null;
  }
}
