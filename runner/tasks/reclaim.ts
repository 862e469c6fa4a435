// What is removed from disk first when room is short: what nobody needs now, and of that what has rested longest.

/** A task that does nothing by itself, with what it has on disk. */
export interface IdleTask {
  readonly taskId: string;
  /** Whether it goes on as soon as a person answers; else it has ended. */
  readonly isWaiting: boolean;
  /** ISO 8601: since when it rests. */
  readonly since: string;
  /** Bytes of the home and the temporary folder of its commands. */
  readonly privateBytes: number;
  /** Bytes of everything else in its workspace. */
  readonly filesBytes: number;
}

/** `private`: the home and the temporary folder; `workspace`: all of it. */
export interface Removal {
  readonly taskId: string;
  readonly part: 'private' | 'workspace';
}

/** What a set-up has made, kept for other tasks. */
export interface IdleSetUp {
  /** Absolute. */
  readonly folder: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly usedAtMs: number;
}

/** Set-ups can be done again, so they go before any workspace: at least so many bytes, or all of them, oldest use first. */
export function setUpsToRemove<Kept extends IdleSetUp>(setUps: readonly Kept[], bytesToFree: number): Kept[] {
  const oldestFirst = setUps.toSorted((one, other) => one.usedAtMs - other.usedAtMs);
  let freed = 0;
  return oldestFirst.filter(({ bytes }) => {
    const isNeeded = freed < bytesToFree;
    if (isNeeded) freed += bytes;
    return isNeeded;
  });
}

/** The removals that free at least so many bytes, or all that are possible, in their order. */
export function removalsFor(tasks: readonly IdleTask[], bytesToFree: number): readonly Removal[] {
  const oldestFirst = tasks.toSorted((one, other) => (one.since < other.since ? -1 : 1));
  const ended = oldestFirst.filter(({ isWaiting }) => !isWaiting);
  const waiting = oldestFirst.filter(({ isWaiting }) => isWaiting);
  const inOrder = [
    ...ended.map((task) => sized(task, 'private', task.privateBytes)),
    ...ended.map((task) => sized(task, 'workspace', task.filesBytes)),
    ...waiting.map((task) => sized(task, 'workspace', task.filesBytes + task.privateBytes)),
  ].filter(({ bytes }) => bytes > 0);
  let freed = 0;
  const enough = inOrder.findIndex(({ bytes }) => (freed += bytes) >= bytesToFree);
  const count = bytesToFree <= 0 ? 0 : enough < 0 ? inOrder.length : enough + 1;
  return inOrder.slice(0, count).map(({ taskId, part }) => ({ taskId, part }));
}

function sized({ taskId }: IdleTask, part: Removal['part'], bytes: number): Removal & { bytes: number } {
  return { taskId, part, bytes };
}
