// Has changes read by a process of its own, one after another, which is started when it is needed and ends when it is not.
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { startCompanion } from '../../../shared/host/processes.ts';
import { KeyedLock } from '../../host/keyedLock.ts';
import type { ChangedText, Inspection, IntegrityInspector, TextSearch } from '../../tasks/ports.ts';
import { notRead } from './finding.ts';
import type { InspectionMessage, InspectionRequest } from './process/protocol.ts';

/** A record of the process, by which the next runner ends what a killed one left of it. */
export interface ProcessRecord extends AsyncDisposable {
  /** What it gets into its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly started: (pid: number) => void;
}

export interface InspectorProcessOptions {
  readonly record: () => Promise<ProcessRecord>;
  /** Milliseconds for one change. */
  readonly timeoutMs?: number;
  /** Milliseconds without a change until the process ends. */
  readonly idleMs?: number;
  /** MiB of objects that it may hold. */
  readonly memoryMegabytes?: number;
}

/** A process that runs, until it ends. */
interface Running {
  readonly send: (request: InspectionRequest) => Promise<void>;
  /** The next that it says; null once it has ended. */
  readonly next: () => Promise<InspectionMessage | null>;
  readonly kill: () => void;
  /** Why it ended, in a few words, once nothing is left of it. */
  readonly ended: Promise<string>;
}

export class InspectorProcess implements IntegrityInspector, AsyncDisposable {
  readonly #options: Required<InspectorProcessOptions>;
  readonly #lock = new KeyedLock();
  #running: Promise<Running> | null = null;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: InspectorProcessOptions) {
    this.#options = { timeoutMs: 60_000, idleMs: 30_000, memoryMegabytes: 512, ...options };
  }

  /** Where the process ends over it, or takes too long, a finding says that the change was not read. */
  async inspect(
    changes: readonly ChangedText[],
    search: TextSearch,
    signal: AbortSignal,
  ): Promise<Inspection> {
    return this.#lock.hold('', signal, async () => {
      clearTimeout(this.#idle);
      try {
        const told = await this.#ask(changes, search, signal);
        // One that was about to end before it was asked says nothing of the change.
        const isOver = told.inspection !== null || told.reading !== null;
        return resultOf(isOver ? told : await this.#ask(changes, search, signal), changes);
      } finally {
        this.#idle = setTimeout(() => void this.#end(), this.#options.idleMs).unref();
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#idle);
    await this.#end();
  }

  async #ask(changes: readonly ChangedText[], search: TextSearch, signal: AbortSignal): Promise<Told> {
    const running = await this.#start();
    const { timeoutMs } = this.#options;
    const late = AbortSignal.timeout(timeoutMs);
    const over = AbortSignal.any([signal, late]);
    over.addEventListener('abort', running.kill, { once: true });
    try {
      signal.throwIfAborted();
      const told = await converse(running, changes, (words) => search(words, signal));
      signal.throwIfAborted();
      if (told.inspection !== null || told.error !== null) return told;
      const why = await running.ended;
      return { ...told, error: late.aborted ? `it took more than ${timeoutMs / 1_000} seconds` : why };
    } catch (error) {
      // It waits for an answer that nobody gives any more, or reads what nobody wants to know.
      await this.#end();
      throw error;
    } finally {
      over.removeEventListener('abort', running.kill);
    }
  }

  #start(): Promise<Running> {
    if (this.#running === null) {
      const starting = this.#open();
      this.#running = starting;
      const forget = (): void => {
        if (this.#running === starting) this.#running = null;
      };
      starting.then(({ ended }) => ended.then(forget), forget);
    }
    return this.#running;
  }

  async #end(): Promise<void> {
    const starting = this.#running;
    // From now on another one is started.
    this.#running = null;
    const running = await starting?.catch(() => null);
    running?.kill();
    await running?.ended;
  }

  async #open(): Promise<Running> {
    const record = await this.#options.record();
    const child = startCompanion({
      file: process.execPath,
      args: [
        '--disable-warning=ExperimentalWarning',
        `--max-old-space-size=${this.#options.memoryMegabytes}`,
        inspectorProgram(),
      ],
      cwd: tmpdir(),
      env: { ELECTRON_RUN_AS_NODE: '1', LC_ALL: 'C', ...record.env },
    });
    if (child.pid !== undefined) record.started(child.pid);
    const closed = new Promise<string>((resolve) => {
      child.once('error', ({ message }) => resolve(message));
      child.once('close', (code, name) => resolve(`the process that reads it ended (${name ?? code ?? ''})`));
    });
    // What it says in its last moments says nothing to a person; unread it would keep it from ending.
    child.stderr.resume();
    child.stdin.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout, crlfDelay: Infinity })[Symbol.asyncIterator]();
    return {
      send: async (request) => {
        if (child.stdin.write(`${JSON.stringify(request)}\n`)) return;
        // Where it has ended nothing comes of it, which its next message will tell.
        await Promise.race([once(child.stdin, 'drain').catch(() => undefined), closed]);
      },
      next: async () => {
        const line = await lines.next();
        return line.done === true ? null : (JSON.parse(line.value) as InspectionMessage);
      },
      kill: () => child.kill('SIGKILL'),
      ended: closed.then(async (why) => {
        await record[Symbol.asyncDispose]();
        return why;
      }),
    };
  }
}

interface Told {
  readonly inspection: Inspection | null;
  /** Why there is none. */
  readonly error: string | null;
  /** The file that it was at; null before the first. */
  readonly reading: string | null;
}

function resultOf({ inspection, error, reading }: Told, changes: readonly ChangedText[]): Inspection {
  if (inspection !== null) return inspection;
  const file = reading ?? changes[0]?.path ?? '';
  return { findings: [notRead(file, error ?? 'nothing was said')], findingsLeftOut: 0 };
}

async function converse(
  { send, next }: Running,
  changes: readonly ChangedText[],
  search: (words: readonly string[]) => ReturnType<TextSearch>,
): Promise<Told> {
  for (const file of changes) {
    await send({ file });
    // Others have a turn between two files: a change may be large.
    await setImmediate();
  }
  await send({ inspect: true });
  let reading: string | null = null;
  for (;;) {
    const message = await next();
    if (message === null) return { inspection: null, error: null, reading };
    if ('inspection' in message) return { inspection: message.inspection, error: null, reading };
    if ('error' in message) return { inspection: null, error: message.error, reading };
    if ('reading' in message) reading = message.reading;
    else await send({ found: await search(message.search) });
  }
}

/** Beside the bundled runner, or in its source. */
function inspectorProgram(): string {
  const bundled = join(import.meta.dirname, 'inspector.mjs');
  return existsSync(bundled) ? bundled : join(import.meta.dirname, 'process', 'main.ts');
}
