// A client's connection to a runner: requests, the flow of events, and reconnecting by itself.
import { setTimeout as delay } from 'node:timers/promises';
import { KnownError } from '../errors/errors.ts';
import type { TaskQueue } from '../protocol/queue.ts';
import { emptyQueue } from '../protocol/queuePlace.ts';
import type { Output, RequestName, RequestParams, RequestResult } from '../protocol/requests.ts';
import {
  atRest,
  nextProgress,
  type ConnectionState,
  type ConnectionStep,
  type InitializeResult,
} from './connectionState.ts';
import type { RunnerAddress } from './runnerAddress.ts';
import { RunnerSession } from './runnerSession.ts';
import { TaskFeed, type TaskListener } from './taskFeed.ts';

export interface ConnectionOptions {
  /** Asked before every attempt: a local runner may have restarted somewhere else. */
  resolveAddress(signal: AbortSignal): Promise<RunnerAddress>;
  readonly clientName: string;
  readonly clientVersion: string;
  /** False: the first failure closes the connection. */
  readonly isPersistent: boolean;
  /** Milliseconds between signs of life; 20 s by default. */
  readonly pingIntervalMs?: number;
}

interface Follower {
  readonly taskId: string;
  readonly listener: (output: Output) => void;
}

export class RunnerConnection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  readonly #feed = new TaskFeed();
  readonly #followers = new Set<Follower>();
  readonly #queueListeners = new Set<(queue: TaskQueue) => void>();
  #queue = emptyQueue;
  #progress = atRest;
  #address: RunnerAddress | null = null;
  #session: RunnerSession | null = null;
  #run: { readonly controller: AbortController; readonly ended: Promise<void> } | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#progress.state;
  }

  /** The address of the newest attempt; null before the first. */
  get address(): RunnerAddress | null {
    return this.#address;
  }

  /** Calls `listener` at every change of state. Returns what ends that. */
  onState(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Resolves once connected. A persistent connection goes on trying as long as that can help. Aborting before gives up.
   * Throws KnownError as `openSocket` does, and protocolMismatch.
   */
  async connect(signal: AbortSignal): Promise<InitializeResult> {
    signal.throwIfAborted();
    if (this.#run === null) {
      const controller = new AbortController();
      this.#run = { controller, ended: this.#stayConnected(controller.signal) };
    }
    return this.#settled(signal);
  }

  /**
   * Rejects with the runner's KnownError, with connectionLost where there is or remains no connection, or with
   * the signal's reason. A request that was cut may have been carried out.
   */
  async request<Name extends RequestName>(
    name: Name,
    params: RequestParams<Name>,
    signal: AbortSignal,
  ): Promise<RequestResult<Name>> {
    signal.throwIfAborted();
    if (this.#session === null) throw new KnownError('connectionLost');
    return this.#session.request(name, params, signal);
  }

  /**
   * A snapshot (none with `after`) and then every later event exactly once and in order, also over breaks.
   * Returns what ends that.
   */
  watchTasks(
    listener: TaskListener,
    options: { readonly after: number | null } = { after: null },
  ): () => void {
    return this.#feed.watch(listener, options.after);
  }

  /** The live output of a task. A runner sends that of one task per connection: the newest follower's. */
  followOutput(taskId: string, listener: (output: Output) => void): () => void {
    const follower: Follower = { taskId, listener };
    this.#followers.add(follower);
    this.#follow();
    return () => {
      this.#followers.delete(follower);
      this.#follow();
    };
  }

  /** The tasks that wait for a place, as of the newest word; none before a subscription and without a connection. */
  get queue(): TaskQueue {
    return this.#queue;
  }

  /** Calls `listener` with each newer `queue`. Returns what ends that. */
  onQueue(listener: (queue: TaskQueue) => void): () => void {
    this.#queueListeners.add(listener);
    return () => void this.#queueListeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#run?.controller.abort();
    await this.#run?.ended;
    this.#listeners.clear();
  }

  /** Never rejects: what ends it for good is in the state. */
  async #stayConnected(signal: AbortSignal): Promise<void> {
    for (;;) {
      this.#step({ kind: 'attempted' });
      const error = await this.#converse(signal);
      this.#session = null;
      this.#feed.detach();
      this.#tellQueue(emptyQueue);
      if (!signal.aborted) {
        this.#step({ kind: 'failed', error, nowMs: Date.now(), chance: Math.random() });
        if (this.state.kind !== 'waiting') return;
        // Rejects when aborted, which is looked at next.
        await delay(this.state.retryAtMs - Date.now(), undefined, { signal }).catch(() => undefined);
      }
      if (signal.aborted) {
        this.#step({ kind: 'left' });
        return;
      }
    }
  }

  /** One connection from the attempt to its end; returns why it ended. */
  async #converse(signal: AbortSignal): Promise<KnownError> {
    try {
      signal.throwIfAborted();
      this.#address = await this.#options.resolveAddress(signal);
      const opened = await RunnerSession.open(this.#sessionOptions(this.#address), signal);
      using session = opened.session;
      const { runner } = opened;
      const onAbort = (): void => session[Symbol.dispose]();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#session = session;
      this.#step({ kind: 'connected', runner });
      this.#feed.attach({
        runnerId: runner.runnerId,
        subscribe: async (params) => session.request('events/subscribe', params, signal),
        fail: (error) => session.fail(knownFrom(error)),
      });
      if (this.#followers.size > 0) this.#follow();
      const error = await session.ended;
      signal.removeEventListener('abort', onAbort);
      return error;
    } catch (error) {
      return knownFrom(error);
    }
  }

  #sessionOptions(address: RunnerAddress): Parameters<typeof RunnerSession.open>[0] {
    const { clientName, clientVersion, pingIntervalMs = 20_000 } = this.#options;
    return {
      address,
      clientName,
      clientVersion,
      pingIntervalMs,
      onEvent: (event) => this.#feed.deliver(event),
      onOutput: (output) => {
        for (const { taskId, listener } of [...this.#followers])
          if (taskId === output.taskId) listener(output);
      },
      onQueue: (queue) => this.#tellQueue(queue),
      onTasks: ({ seq, tasks }) => this.#feed.deliverAll(tasks, seq),
    };
  }

  #follow(): void {
    const session = this.#session;
    const signal = this.#run?.controller.signal;
    if (session === null || signal === undefined) return;
    const taskId = [...this.#followers].at(-1)?.taskId ?? null;
    // Output is for watching only: a task that is gone has none.
    session.request('output/follow', { taskId }, signal).catch(() => undefined);
  }

  #tellQueue(queue: TaskQueue): void {
    if (queue === this.#queue) return;
    this.#queue = queue;
    for (const listener of [...this.#queueListeners]) listener(queue);
  }

  #step(step: ConnectionStep): void {
    this.#progress = nextProgress(this.#progress, step, this.#options.isPersistent);
    // Before the listeners hear of it, so that one of them may connect anew.
    if (this.state.kind === 'closed') this.#run = null;
    for (const listener of [...this.#listeners]) listener(this.state);
  }

  async #settled(signal: AbortSignal): Promise<InitializeResult> {
    return new Promise((resolve, reject) => {
      const settle = (state: ConnectionState): void => {
        if (state.kind !== 'connected' && state.kind !== 'closed') return;
        stopListening();
        signal.removeEventListener('abort', giveUp);
        if (state.kind === 'connected') resolve(state.runner);
        else
          reject(
            signal.aborted ? (signal.reason as Error) : (state.error ?? new KnownError('connectionLost')),
          );
      };
      const giveUp = (): void => this.#run?.controller.abort();
      const stopListening = this.onState(settle);
      signal.addEventListener('abort', giveUp, { once: true });
      settle(this.state);
    });
  }
}

function knownFrom(error: unknown): KnownError {
  return error instanceof KnownError ? error : new KnownError('connectionLost', {}, error);
}
