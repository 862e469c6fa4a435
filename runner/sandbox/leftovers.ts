// Finds what is left of a command, or of a runner that was killed, and ends it.
import { setTimeout as sleep } from 'node:timers/promises';
import { runningProcesses, type RunningProcess } from './processTable.ts';

/** Milliseconds between asking processes to end and killing them, and then until they are given up. */
const graceMs = 2_000;
const lookEveryMs = 50;

/** What is known of a command that was started. */
export interface StartedCommand {
  /** Stands in the environment of all that it starts. */
  readonly id: string;
  /** The leader of its group; null where only the id is known. */
  readonly leader: { readonly pid: number; readonly startedAt: string } | null;
}

/** The variable that marks all that a command starts. */
export const markName = 'NIGHTJAR_RUN';

/**
 * Ends what is left of the commands, and says how many processes it was. A group counts only as long as its leader is the
 * same process as then, since numbers are given anew. What left its group (`setsid`) is found by its environment, on Linux
 * alone: elsewhere, and with an environment of its own making, it escapes until commands run in a sandbox.
 */
export async function endCommands(commands: readonly StartedCommand[]): Promise<number> {
  const marks = new Set(commands.map(({ id }) => `${markName}=${id}`));
  // Once its leader was seen a group stays ours until it is empty, even if the leader ends first.
  const groups = new Set<number>();
  const isLeader = (one: RunningProcess): boolean =>
    commands.some(({ leader }) => leader?.pid === one.pid && leader.startedAt === one.startedAt);
  return endProcesses((all) => {
    for (const { pid } of all.filter(isLeader)) groups.add(pid);
    return ({ group, environment }) =>
      groups.has(group) || environment.some((variable) => marks.has(variable));
  });
}

/** Ends each git of a killed runner that still writes beneath `dataFolder`; it then removes its own locks. Linux only. */
export async function endGit(dataFolder: string): Promise<number> {
  const begin = `GIT_DIR=${dataFolder}/`;
  const isOurs = ({ environment }: RunningProcess): boolean =>
    environment.includes('NIGHTJAR_GIT=1') && environment.some((variable) => variable.startsWith(begin));
  return endProcesses(() => isOurs);
}

/** The processes of commands that work beneath `dataFolder`, by the command's id. Linux only. */
export async function marksBeneath(dataFolder: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, number[]>();
  for (const { pid, environment } of await runningProcesses()) {
    const mark = environment.find((variable) => variable.startsWith(`${markName}=`));
    const isBeneath = environment.some((variable) => variable.startsWith(`TMPDIR=${dataFolder}/`));
    if (mark === undefined || !isBeneath) continue;
    const id = mark.slice(markName.length + 1);
    found.set(id, [...(found.get(id) ?? []), pid]);
  }
  return found;
}

type Choice = (all: readonly RunningProcess[]) => (one: RunningProcess) => boolean;

/** Asks the chosen processes to end, then kills them, until none is left or they can't be killed. */
async function endProcesses(choose: Choice): Promise<number> {
  const seen = new Set<number>();
  const startedAt = performance.now();
  for (;;) {
    const all = await runningProcesses();
    const left = all.filter(({ hasEnded }) => !hasEnded).filter(choose(all));
    const passedMs = performance.now() - startedAt;
    if (left.length === 0 || passedMs > 2 * graceMs) return seen.size;
    for (const { pid } of left) {
      if (passedMs > graceMs) signalProcess(pid, 'SIGKILL');
      else if (!seen.has(pid)) signalProcess(pid, 'SIGTERM');
      seen.add(pid);
    }
    await sleep(lookEveryMs);
  }
}

function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself, or belongs to another user.
  }
}
