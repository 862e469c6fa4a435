// Follows one task through all of its events, from the first to the one that a caller waits for.
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { KnownError } from '../../shared/errors/errors.ts';
import { applyEvent } from '../../shared/task/applyEvent.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';

const pageSize = 1_000;

export interface WatchOptions {
  readonly taskId: string;
  /** Called for each event, in order, once. */
  readonly onEvent: (event: TaskEvent) => void;
  /** Asked when all recorded events are told, and after every later one. */
  readonly isEnough: (task: Task) => boolean;
}

/** The task as it is when `isEnough` says so. Rejects when the connection is lost for good, or `signal` aborted. */
export async function watchTask(
  connection: RunnerConnection,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<Task> {
  let task: Task | null = null;
  for await (const event of recordedEvents(connection, options.taskId, signal)) {
    task = applyEvent(task, event);
    options.onEvent(event);
  }
  if (task === null) throw new KnownError('taskUnknown', { task: options.taskId });
  return options.isEnough(task) ? task : watchLive(connection, options, task, signal);
}

/** All events of a task that are recorded by now, oldest first. */
export async function* recordedEvents(
  connection: RunnerConnection,
  taskId: string,
  signal: AbortSignal,
): AsyncGenerator<TaskEvent, void, undefined> {
  for (let after = 0; ;) {
    const page = await connection.request('events/list', { taskId, after, limit: pageSize }, signal);
    yield* page.events;
    const last = page.events.at(-1);
    if (page.isComplete || last === undefined) return;
    after = last.seq;
  }
}

async function watchLive(
  connection: RunnerConnection,
  options: WatchOptions,
  start: Task,
  signal: AbortSignal,
): Promise<Task> {
  const { promise, resolve, reject } = Promise.withResolvers<Task>();
  let task = start;
  let isDone = false;
  const end = (settle: () => void): void => {
    isDone = true;
    settle();
  };
  const stop = connection.watchTasks(
    {
      snapshot: (tasks) => {
        // Only a runner with another memory starts over with a snapshot: the task may be gone there.
        if (tasks.some(({ id }) => id === options.taskId)) return;
        end(() => reject(new KnownError('taskUnknown', { task: options.taskId })));
      },
      event: (event) => {
        if (isDone || event.taskId !== options.taskId || event.seq <= task.seq) return;
        task = applyEvent(task, event);
        options.onEvent(event);
        if (event.type === 'deleted' || options.isEnough(task)) end(() => resolve(task));
      },
    },
    { after: start.seq },
  );
  const stopStates = connection.onState((state) => {
    if (state.kind === 'closed') end(() => reject(state.error ?? new KnownError('connectionLost')));
  });
  const onAbort = (): void => end(() => reject(signal.reason as Error));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await promise;
  } finally {
    stop();
    stopStates();
    signal.removeEventListener('abort', onAbort);
  }
}
