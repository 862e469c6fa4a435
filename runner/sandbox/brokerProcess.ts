// The runner's side of the broker: starts it when it is first needed, starts another one if it dies, and ends it.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startCompanion } from '../../shared/host/processes.ts';
import type { BlockedHost } from '../../shared/task/events.ts';
import type { BrokerMessage, BrokerRequest, Missing, Wrapped, WrapRequest } from './broker/protocol.ts';
import { markName } from './leftovers.ts';
import { beginCommand } from './runningCommands.ts';

export interface BrokerOptions {
  /** Absolute; the runner's, from which the broker's own folder gets its name. */
  readonly dataFolder: string;
  /** Absolute; the broker is recorded there as a command is, so that the next runner ends what a killed one left of it. */
  readonly commandsFolder: string;
  /** Whether it lets everything through to the network. */
  readonly isNetworkOpen: boolean;
}

type Ask = BrokerRequest extends infer Request
  ? Request extends { id: number }
    ? Omit<Request, 'id'>
    : never
  : never;

/** A broker that runs, until its process ends. */
interface Running {
  readonly ask: (request: Ask) => Promise<unknown>;
  /** Absolute; its sockets lie there. */
  readonly folder: string;
  readonly hasEnded: () => boolean;
  readonly closed: Promise<void>;
  /** Once nothing that it started is left, too. */
  readonly ended: Promise<void>;
  readonly end: () => void;
}

export class Broker implements AsyncDisposable {
  readonly #options: BrokerOptions;
  readonly #blocked = new Map<string, Map<string, number>>();
  #running: Promise<Running> | null = null;
  #generation = 0;
  #starts = 0;
  /** Resolves when nothing is left of the brokers that have ended. */
  #cleared = Promise.resolve();

  constructor(options: BrokerOptions) {
    this.#options = options;
  }

  /** Counts the starts and the ends: what another one has wrapped reaches no network. */
  get generation(): number {
    return this.#generation;
  }

  async missing(): Promise<Missing> {
    return (await this.#ask({ ask: 'missing' })) as Missing;
  }

  /** The program that runs the command; the broker's own folder may be read by it, since its way out lies there. */
  async wrap(request: WrapRequest, mayRetry = true): Promise<Wrapped> {
    const running = await this.#start();
    try {
      const readable = [...request.readable, running.folder, vendorFolder()];
      return (await running.ask({ ask: 'wrap', wrap: { ...request, readable } })) as Wrapped;
    } catch (error) {
      // Where it ended over the question another one answers it.
      if (!running.hasEnded() || !mayRetry) throw error;
      return this.wrap(request, false);
    }
  }

  /** Closes the network for the commands of that id. */
  async release(commandId: string): Promise<void> {
    this.#blocked.delete(commandId);
    if (this.#running !== null) await this.#ask({ ask: 'release', commandId }).catch(() => undefined);
  }

  /** What the commands of that id were kept from since the last call. */
  async takeBlocked(commandId: string): Promise<readonly BlockedHost[]> {
    // Whatever happened before the question is told before the answer.
    await this.#ask({ ask: 'catchUp' }).catch(() => undefined);
    const counts = this.#blocked.get(commandId) ?? new Map<string, number>();
    this.#blocked.delete(commandId);
    return [...counts].map(([host, count]) => ({ host, count }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = await this.#running?.catch(() => null);
    running?.end();
    await running?.ended;
    await this.#cleared;
    if (this.#starts > 0) await rm(await folderOf(this.#options), { recursive: true, force: true });
  }

  async #ask(request: Ask): Promise<unknown> {
    return (await this.#start()).ask(request);
  }

  async #start(): Promise<Running> {
    if (this.#running === null) {
      this.#generation += 1;
      const starting = this.#open();
      this.#running = starting;
      const forget = (): void => {
        if (this.#running !== starting) return;
        this.#running = null;
        this.#generation += 1;
      };
      starting.then(({ closed }) => closed.then(forget), forget);
    }
    return this.#running;
  }

  async #open(): Promise<Running> {
    const folder = await makeFolder(await folderOf(this.#options), (this.#starts += 1));
    const record = await beginCommand(this.#options.commandsFolder, false);
    const child = startCompanion({
      file: process.execPath,
      args: [
        '--disable-warning=ExperimentalWarning',
        brokerProgram(),
        folder,
        ...(this.#options.isNetworkOpen ? ['all'] : []),
      ],
      cwd: join(folder, 'empty'),
      env: { ...environmentOfBroker(), TMPDIR: folder, [markName]: record.id },
    });
    if (child.pid !== undefined) record.started(child.pid);
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) =>
      errors.splice(0, Math.max(0, errors.length - 20), chunk.toString()),
    );
    const { ask, take, fail, hasFailed } = new Conversation((line) => child.stdin.write(line));
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as BrokerMessage;
      if ('blocked' in message) this.#count(message.blocked);
      else take(message);
    });
    const closed = new Promise<void>((resolve) => {
      child.once('error', (error) => errors.push(error.message));
      child.once('close', () => {
        fail(new Error(`The sandbox’s broker ended. ${errors.join('').trim().slice(-2_000)}`));
        resolve();
      });
    });
    const ended = closed.then(() => record[Symbol.asyncDispose]()).catch(() => undefined);
    this.#cleared = Promise.all([this.#cleared, ended]).then(() => undefined);
    return { ask, folder, hasEnded: hasFailed, closed, ended, end: () => child.stdin.end() };
  }

  #count({ commandId, host }: { readonly commandId: string; readonly host: string }): void {
    const counts = this.#blocked.get(commandId) ?? new Map<string, number>();
    counts.set(host, (counts.get(host) ?? 0) + 1);
    this.#blocked.set(commandId, counts);
  }
}

/** Questions that wait for their answers. */
class Conversation {
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #write: (line: string) => void;
  #next = 1;
  #failure: Error | null = null;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  readonly ask = async (request: Ask): Promise<unknown> => {
    if (this.#failure !== null) throw this.#failure;
    const id = this.#next++;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#write(`${JSON.stringify({ ...request, id })}\n`);
    return waiting.promise;
  };

  readonly take = (answer: Exclude<BrokerMessage, { blocked: unknown }>): void => {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.ok) waiting?.resolve(answer.result);
    else waiting?.reject(new Error(answer.error));
  };

  readonly hasFailed = (): boolean => this.#failure !== null;

  readonly fail = (error: Error): void => {
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  };
}

/** Where nobody else can put anything; short, since a socket's path may have 104 bytes at most. */
async function folderOf({ dataFolder, isNetworkOpen }: BrokerOptions): Promise<string> {
  const digest = createHash('sha256').update(`${dataFolder} ${isNetworkOpen}`).digest('hex').slice(0, 12);
  return join(await realpath(tmpdir()), `nightjar-${digest}`);
}

/**
 * A folder of its own for each broker: a command that was wrapped by the one before still starts, without a network,
 * as long as the sockets lie there. What a killed runner left goes with the first.
 */
async function makeFolder(all: string, start: number): Promise<string> {
  if (start === 1) {
    await rm(all, { recursive: true, force: true });
    await mkdir(all, { mode: 0o700 });
  }
  await rm(join(all, String(start - 2)), { recursive: true, force: true });
  const folder = join(all, String(start));
  await mkdir(join(folder, 'empty'), { recursive: true, mode: 0o700 });
  return folder;
}

/** The broker needs programs and the language of its messages, and none of the runner's keys. */
function environmentOfBroker(): Record<string, string | undefined> {
  const { PATH, HOME, USER } = process.env;
  return { PATH, HOME, USER, LC_ALL: 'C', ELECTRON_RUN_AS_NODE: '1' };
}

/** Beside the bundled runner, or in its source. */
function brokerProgram(): string {
  const bundled = join(import.meta.dirname, 'sandboxBroker.mjs');
  return existsSync(bundled) ? bundled : join(import.meta.dirname, 'broker', 'main.ts');
}

/** Helpers of the library that run inside the sandbox: beside the bundle, else in the package. */
function vendorFolder(): string {
  const bundled = join(import.meta.dirname, 'vendor');
  if (existsSync(bundled)) return bundled;
  return join(import.meta.dirname, '../../node_modules/@anthropic-ai/sandbox-runtime/vendor');
}
