// A real server on a free port with a real event store; what lies behind its ports is a few lines that a test can change.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownError } from '../../../shared/errors/errors.ts';
import { RunnerConnection, type ConnectionOptions } from '../../../shared/client/runnerConnection.ts';
import type { Output, RequestResult } from '../../../shared/protocol/requests.ts';
import type { Scope } from '../../../shared/protocol/scopes.ts';
import type { TaskEvent } from '../../../shared/task/events.ts';
import { emptyQueue } from '../../../shared/protocol/queuePlace.ts';
import type { Handlers, Transfers } from '../../../runner/server/ports.ts';
import { startServer, type Server, type ServerOptions } from '../../../runner/server/server.ts';
import { Tokens } from '../../../runner/server/tokens.ts';
import { EventStore } from '../../../runner/store/eventStore.ts';
import { createdData } from '../../support/taskFacts.ts';

export const token = 'a-token-of-the-tests';
/** A signal that nothing aborts. */
export const calm = new AbortController().signal;

export interface WorldOptions extends Partial<Omit<ServerOptions, 'handlers' | 'transfers'>> {
  readonly handlers?: Partial<Handlers>;
  readonly transfers?: Partial<Transfers>;
}

export class ServerWorld implements AsyncDisposable {
  readonly folder: string;
  readonly store: EventStore;
  readonly bugs: unknown[] = [];
  readonly #outputListeners = new Set<(output: Output) => void>();
  readonly #connections: RunnerConnection[] = [];
  #server: Server | null = null;
  #tokens: Tokens | null = null;

  private constructor(folder: string) {
    this.folder = folder;
    this.store = EventStore.open(join(folder, 'nightjar.sqlite'), { path: folder, pid: 0 });
  }

  static async start(options: WorldOptions = {}): Promise<ServerWorld> {
    const world = new ServerWorld(await mkdtemp(join(tmpdir(), 'nightjar-server-')));
    try {
      await world.startServer(options);
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
    return world;
  }

  get server(): Server {
    if (this.#server === null) throw new Error('The server is not running.');
    return this.#server;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.server.address.port}`;
  }

  get uploadsFolder(): string {
    return join(this.folder, 'uploads');
  }

  async startServer(options: WorldOptions = {}): Promise<void> {
    this.#tokens = await Tokens.open(join(this.folder, 'tokens.json'), token);
    this.#server = await startServer(
      {
        host: '127.0.0.1',
        port: 0,
        tls: null,
        tokens: this.#tokens,
        log: this.store,
        outputs: { onOutput: (listener) => this.#listen(listener) },
        queue: { current: () => emptyQueue, onChange: () => () => undefined },
        describeRunner: () => ({
          runnerVersion: '1.2.3',
          runnerId: this.store.runnerId,
          pid: process.pid,
          sandbox: 'none',
          model: null,
        }),
        uploadsFolder: this.uploadsFolder,
        logBug: (error) => this.bugs.push(error),
        ...options,
        handlers: { ...this.#handlers(), ...options.handlers },
        transfers: { ...plainTransfers, ...options.transfers },
      },
      calm,
    );
  }

  get tokens(): Tokens {
    if (this.#tokens === null) throw new Error('The server was never started.');
    return this.#tokens;
  }

  async stopServer(): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  /** A connection that the world closes at its end. */
  connection(options: Partial<ConnectionOptions> = {}): RunnerConnection {
    const connection = new RunnerConnection({
      resolveAddress: async () => ({ url: this.url, token }),
      clientName: 'tests',
      clientVersion: '0.0.0',
      isPersistent: false,
      ...options,
    });
    this.#connections.push(connection);
    return connection;
  }

  /** A connection of somebody with a new token of this name. */
  async connectionOf(name: string, scope: Scope): Promise<RunnerConnection> {
    const own = await this.tokens.create(name, scope, new Date());
    const connection = this.connection({ resolveAddress: async () => ({ url: this.url, token: own }) });
    await connection.connect(calm);
    return connection;
  }

  createTask(taskId: string, changes: Parameters<typeof createdData>[0] = {}): void {
    this.store.append(taskId, [{ type: 'taskCreated', data: createdData(changes) }], new Date());
  }

  /** Appends messages to a task, numbered in their text. */
  appendMessages(taskId: string, count: number, text = 'a message'): void {
    const fact = { type: 'messageReceived', data: { messageId: 'message-1', text } } as const;
    this.store.append(
      taskId,
      Array.from({ length: count }, () => fact),
      new Date(),
    );
  }

  sendOutput(output: Output): void {
    for (const listener of this.#outputListeners) listener(output);
  }

  get outputListenerCount(): number {
    return this.#outputListeners.size;
  }

  async uploadedFiles(): Promise<string[]> {
    return readdir(this.uploadsFolder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection[Symbol.asyncDispose]();
    await this.#server?.[Symbol.asyncDispose]();
    this.store[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }

  #listen(listener: (output: Output) => void): () => void {
    this.#outputListeners.add(listener);
    return () => this.#outputListeners.delete(listener);
  }

  #handlers(): Handlers {
    const taskOf = (taskId: string) => {
      const task = this.store.task(taskId);
      if (task === undefined) throw new KnownError('taskUnknown', { task: taskId });
      return { task };
    };
    const answer = async ({ taskId }: { readonly taskId: string }) => taskOf(taskId);
    return {
      'tasks/get': answer,
      'tasks/reply': answer,
      'tasks/stop': answer,
      'tasks/runAgain': answer,
      'tasks/extendBudget': answer,
      'tasks/allow': answer,
      'tasks/prioritize': answer,
      'tasks/share': answer,
      'tasks/markDone': answer,
      'tasks/delete': async () => ({}),
      'tasks/diff': async () => ({ patch: '', isCut: false }),
      'tasks/create': async () => {
        throw new Error('No task is created here.');
      },
      'events/list': async () => ({ events: [], isComplete: true }),
      'bundles/negotiate': async ({ candidates }) => ({ have: candidates }),
      'logs/read': async () => ({ text: '', nextOffset: 0, sizeBytes: 0 }),
      'images/read': async () => ({ base64: '', nextOffset: 0, sizeBytes: 0 }),
      doctor: async () => nothingFound,
      'sandbox/examine': async () => ({ provider: 'none', problem: null }),
      'runner/shutDown': async () => ({ isEnding: false }),
    };
  }
}

/** What `doctor` answers of an empty runner. */
export const nothingFound: RequestResult<'doctor'> = {
  findings: [],
  disk: { budgetBytes: 1, usedBytes: 0, tasks: [], stores: { count: 0, bytes: 0 } },
  mended: [],
};

const plainTransfers: Transfers = {
  receiveBundle: async () => undefined,
  makeResultBundle: async (_taskId, _have, file) => {
    await writeFile(file, 'a bundle');
    return { ref: 'refs/nightjar/tasks/one', commit: 'c'.repeat(40) };
  },
};

/** Waits until `isReached` holds; fails after half a minute. */
export async function until(isReached: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  while (!(await isReached())) {
    if (Date.now() > deadlineMs) throw new Error(`It did not come to pass: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function seqsOf(events: readonly TaskEvent[]): number[] {
  return events.map(({ seq }) => seq);
}
