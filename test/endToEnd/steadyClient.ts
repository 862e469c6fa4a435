// A client that stays through every death of its runner: connects again at once, asks again what was cut off.
import { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { readRunnerRecord } from '../../shared/client/runnerRecord.ts';
import { KnownError } from '../../shared/errors/errors.ts';
import type { RequestName, RequestParams, RequestResult } from '../../shared/protocol/requests.ts';
import type { TaskEvent } from '../../shared/task/events.ts';

export class SteadyClient implements AsyncDisposable {
  /** Every event that it was told, in order. */
  readonly seen: TaskEvent[] = [];
  readonly #connection: RunnerConnection;
  readonly #listeners = new Set<(event: TaskEvent) => void>();
  readonly #stopReconnecting: () => void;
  readonly #leaving = new AbortController();
  readonly #signal: AbortSignal;

  /**
   * `running` resolves when there is a runner on `dataFolder` to connect to. After `patienceMs` the client
   * gives up, so that a task that never ends is told apart from a test that hangs.
   */
  constructor(dataFolder: string, running: () => Promise<unknown>, patienceMs = 60_000) {
    this.#signal = AbortSignal.any([this.#leaving.signal, AbortSignal.timeout(patienceMs)]);
    this.#connection = new RunnerConnection({
      resolveAddress: async (signal) => {
        await Promise.race([running(), abortOf(signal)]);
        const record = await readRunnerRecord(dataFolder);
        return { url: record?.url ?? 'ws://127.0.0.1:1', token: record?.token ?? null };
      },
      clientName: 'test',
      clientVersion: '0',
      // One that is persistent would wait ever longer between its attempts.
      isPersistent: false,
    });
    this.#stopReconnecting = this.#connection.onState(({ kind }) => {
      if (kind === 'closed') this.#connection.connect(this.#signal).catch(() => undefined);
    });
    const event = (told: TaskEvent): void => {
      this.seen.push(told);
      for (const listener of [...this.#listeners]) listener(told);
    };
    this.#connection.watchTasks({ snapshot: () => undefined, event }, { after: 0 });
    this.#connection.connect(this.#signal).catch(() => undefined);
  }

  /** Asks until there is an answer; only for requests that may come twice. */
  async ask<Name extends RequestName>(name: Name, params: RequestParams<Name>): Promise<RequestResult<Name>> {
    const signal = this.#signal;
    for (;;) {
      try {
        await this.#connection.connect(signal);
        return await this.#connection.request(name, params, signal);
      } catch (error) {
        const isCut = error instanceof KnownError && error.mayRetry;
        if (!isCut || signal.aborted) throw error;
      }
    }
  }

  /** The first event, told already or still to come, that `isWanted`. Rejects when the client leaves before. */
  async told(isWanted: (event: TaskEvent) => boolean): Promise<TaskEvent> {
    const known = this.seen.find(isWanted);
    if (known !== undefined) return known;
    const { promise, resolve } = Promise.withResolvers<TaskEvent>();
    const listener = (event: TaskEvent): void => {
      if (isWanted(event)) resolve(event);
    };
    this.#listeners.add(listener);
    try {
      return await Promise.race([promise, abortOf(this.#signal)]);
    } finally {
      this.#listeners.delete(listener);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopReconnecting();
    this.#leaving.abort();
    await this.#connection[Symbol.asyncDispose]();
  }
}

async function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
