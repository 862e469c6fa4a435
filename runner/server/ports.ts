// What the server needs of the rest of the runner: each interface is kept by one adapter, joined in runner.ts.
import type { CheckedParams, Output, RequestName, RequestResult } from '../../shared/protocol/requests.ts';
import type { TaskQueue } from '../../shared/protocol/queue.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import type { Caller } from '../tasks/access.ts';

/** Requests that the server answers by itself, from the other ports. */
type OwnRequest =
  | (
      | 'initialize'
      | 'tasks/list'
      | 'events/subscribe'
      | 'output/follow'
      | 'bundles/upload'
      | 'bundles/download'
    )
  | ('tokens/create' | 'tokens/list' | 'tokens/revoke');

/**
 * Answers to all other requests. The server has looked before whether the caller's token allows the request, and
 * whether its task is one that they see and may do this to. A KnownError is told to the client as it is; anything else counts as a bug.
 * `signal` is aborted when the client cancels the request or goes away.
 */
export type Handlers = {
  readonly [Name in Exclude<RequestName, OwnRequest>]: (
    params: CheckedParams<Name>,
    signal: AbortSignal,
    caller: Caller,
  ) => Promise<RequestResult<Name>> | RequestResult<Name>;
};

export type RunnerDescription = Omit<RequestResult<'initialize'>, 'protocolVersion'>;

/** The event log as the server reads it: synchronous, in order of `seq`. */
export interface EventLog {
  snapshot(): { readonly seq: number; readonly tasks: readonly Task[] };
  task(taskId: string): Task | undefined;
  /** At most `limit` events of all tasks after `seq`. */
  eventsAfter(seq: number, limit: number): readonly TaskEvent[];
  /** Calls `listener` after events were appended. Returns what ends that. */
  onAppend(listener: () => void): () => void;
}

/** Live text of all tasks. */
export interface OutputSource {
  /** Returns what ends it. */
  onOutput(listener: (output: Output) => void): () => void;
}

/** The tasks that wait for a place. */
export interface QueueSource {
  /** With `sees` for a client that sees only some tasks: of the others it tells how many there are. */
  current(sees?: (taskId: string) => boolean): TaskQueue;
  /** Calls `listener` after each change. Returns what ends that. */
  onChange(listener: () => void): () => void;
}

/** Where bundles come from and go to. The server owns `file` and removes it afterwards. */
export interface Transfers {
  /** Takes a complete bundle, with the announced size and hash, into the store that `repositoryId` names (see `storeIdOf`). */
  receiveBundle(
    bundle: Pick<CheckedParams<'bundles/upload'>, 'repositoryId' | 'snapshot' | 'ref' | 'shallow'> & {
      /** Absolute path. */
      readonly file: string;
    },
    signal: AbortSignal,
  ): Promise<void>;
  /** Writes the task's delivered branch into `file` (absolute, not there yet), without what `have` reaches. */
  makeResultBundle(
    taskId: string,
    have: readonly string[],
    file: string,
    signal: AbortSignal,
  ): Promise<{ readonly ref: string; readonly commit: string }>;
}
