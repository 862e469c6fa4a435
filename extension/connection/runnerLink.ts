// This window's link to its runner: connects when first needed, fills the store, tells how it stands.
import * as vscode from 'vscode';
import type { ConnectionState } from '../../shared/client/connectionState.ts';
import type { RunnerAddress } from '../../shared/client/runnerAddress.ts';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { isCancellation, type KnownError } from '../../shared/errors/errors.ts';
import type { RunnerState } from '../model/statusBarText.ts';
import type { TaskStore } from '../model/taskStore.ts';
import type { TaskEvent } from '../../shared/task/events.ts';

export interface RunnerLinkOptions {
  readonly tasks: TaskStore;
  readonly log: vscode.LogOutputChannel;
  readonly clientVersion: string;
  /** The address that the settings name; empty for this machine's own runner. */
  target(): string;
  /** Asked before every attempt to connect. */
  resolveAddress(signal: AbortSignal): Promise<RunnerAddress>;
}

export class RunnerLink implements vscode.Disposable {
  readonly #options: RunnerLinkOptions;
  readonly #closing = new AbortController();
  readonly #changed = new vscode.EventEmitter<RunnerState>();
  readonly #events = new vscode.EventEmitter<TaskEvent>();
  #filled = Promise.withResolvers<undefined>();
  #connection: Promise<RunnerConnection> | undefined;
  #target = '';
  #state: RunnerState = 'none';
  #error: KnownError | null = null;

  /** Fires after each change of `state`, and where `error` is another one. */
  readonly onState = this.#changed.event;

  /** Fires with each event of any task, after the store has it. */
  readonly onEvent = this.#events.event;

  constructor(options: RunnerLinkOptions) {
    this.#options = options;
  }

  get state(): RunnerState {
    return this.#state;
  }

  /** Why the runner is not reachable; null while it is. */
  get error(): KnownError | null {
    return this.#error;
  }

  /** Connects without anybody waiting for it; how it went shows in `state`. */
  start(): void {
    if (this.#state === 'ready' || this.#state === 'connecting') return;
    this.connected(this.#closing.signal).catch((error: unknown) => {
      if (!isCancellation(error))
        this.#options.log.warn(error instanceof Error ? error.message : String(error));
    });
  }

  /**
   * The connection once it is made and the store is filled. Throws what keeps it from being made: a runner that
   * doesn't answer now is told at once, while the connection goes on trying.
   */
  async connected(signal: AbortSignal): Promise<RunnerConnection> {
    const ending = AbortSignal.any([signal, this.#closing.signal]);
    const connection = await (this.#connection ??= this.#open());
    await untilAborted(this.#attempt(connection), ending);
    await untilAborted(this.#filled.promise, ending);
    return connection;
  }

  /** Leaves a runner that the settings no longer name; true where that was so. */
  async resetIfMoved(): Promise<boolean> {
    if (this.#connection === undefined || this.#target === this.#options.target()) return false;
    await this.reset();
    return true;
  }

  /** Ends the connection, so that the next one is made anew, because token or environment of the runner have changed. */
  async reset(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#filled = Promise.withResolvers<undefined>();
    await (await connection)?.[Symbol.asyncDispose]();
    this.#options.tasks.snapshot([]);
    this.#show('none', null);
  }

  dispose(): void {
    this.#closing.abort();
    this.#changed.dispose();
    this.#events.dispose();
    this.#connection
      ?.then((connection) => connection[Symbol.asyncDispose]())
      .catch((error: unknown) => this.#options.log.warn(String(error)));
  }

  /** Loads the client, which activation shall not pay for, and follows what the runner tells. */
  async #open(): Promise<RunnerConnection> {
    this.#show('connecting', null);
    this.#target = this.#options.target();
    const client = await import('../../shared/client/runnerConnection.ts');
    const { tasks, clientVersion } = this.#options;
    const connection = new client.RunnerConnection({
      resolveAddress: (signal) => this.#options.resolveAddress(signal),
      clientName: 'vscode',
      clientVersion,
      isPersistent: true,
    });
    connection.onState((state) => {
      this.#follow(state);
    });
    connection.onQueue((queue) => {
      tasks.setQueue(queue);
    });
    connection.watchTasks({
      snapshot: (all) => {
        tasks.snapshot(all);
        this.#filled.resolve(undefined);
      },
      event: (event) => {
        tasks.apply(event);
        this.#events.fire(event);
      },
    });
    return connection;
  }

  /** The signal of one caller must not reach the connection: giving up there ends it for all. */
  async #attempt(connection: RunnerConnection): Promise<void> {
    const failed = Promise.withResolvers<never>();
    const connecting = connection.connect(this.#closing.signal);
    const look = (state: ConnectionState): void => {
      if (state.kind === 'waiting') failed.reject(state.error);
    };
    const stopListening = connection.onState(look);
    try {
      look(connection.state);
      await Promise.race([connecting, failed.promise]);
    } finally {
      stopListening();
    }
  }

  #follow(state: ConnectionState): void {
    switch (state.kind) {
      case 'connecting':
        // Between two attempts the row of states must not flicker: offline stays until an attempt succeeds.
        if (this.#state !== 'offline') this.#show('connecting', null);
        return;
      case 'connected':
        this.#show('ready', null);
        return;
      case 'waiting':
        this.#show('offline', state.error);
        return;
      case 'closed':
        this.#show(state.error === null ? 'none' : 'offline', state.error);
    }
  }

  #show(state: RunnerState, error: KnownError | null): void {
    const isSame = state === this.#state && error?.code === this.#error?.code;
    this.#error = error;
    if (isSame || this.#closing.signal.aborted) return;
    this.#state = state;
    this.#options.log.info(`Runner: ${state}${error === null ? '' : ` (${error.message})`}`);
    this.#changed.fire(state);
  }
}

/** `promise`, or a rejection with the signal's reason where that comes first. */
async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const ended = Promise.withResolvers<never>();
  const onAbort = (): void => {
    ended.reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, ended.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
