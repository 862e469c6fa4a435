// Keeps the data folder tidy and within its budget: in a quiet moment after a start, after tasks came to rest, and on demand.
import { isCancellation } from '../../shared/errors/errors.ts';
import type { DiskReport } from '../../shared/protocol/disk.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Journal } from '../tasks/ports.ts';
import { DiskUse } from './diskUse.ts';
import { KeyedLock } from '../host/keyedLock.ts';
import { findLeftovers, tidyUp, type TidyPorts } from './tidyUp.ts';
import { storesIn } from './storeCare.ts';

/** Milliseconds that it waits, so as to serve several tasks at once and to keep out of the way of a runner that starts. */
const calmMs = 10_000;

/** After these a task may need less room than before, or none. */
const restingTypes: ReadonlySet<TaskEvent['type']> = new Set([
  ...(['delivered', 'stopped', 'taskFailed', 'questionAsked', 'markedDone', 'deleted'] as const),
]);

export interface HousekeepingOptions extends Omit<TidyPorts, 'use'> {
  readonly journal: Journal & {
    eventsAfter(seq: number, limit: number): readonly TaskEvent[];
    snapshot(): { readonly seq: number };
    onAppend(listener: () => void): () => void;
  };
}

/** It tidies up in the background, never twice at a time; disposing ends that. */
export class Housekeeping implements AsyncDisposable {
  readonly #ports: HousekeepingOptions & TidyPorts;
  readonly #ending = new AbortController();
  readonly #lock = new KeyedLock();
  #timer: NodeJS.Timeout | undefined;
  #stopWatching: () => void = () => undefined;
  /** The newest event that was looked at. */
  #seq = 0;
  #isMeasured = false;
  /** When it was last done, on the clock of `performance`. */
  #endedMs = -Infinity;
  /** Whether tasks may have left refs behind since it last looked. */
  #mayHaveRefs = true;

  constructor(options: HousekeepingOptions) {
    this.#ports = { ...options, use: new DiskUse(options.dataFolder) };
  }

  start(): void {
    const { journal } = this.#ports;
    this.#seq = journal.snapshot().seq;
    this.#stopWatching = journal.onAppend(() => {
      this.#look();
    });
    this.#wakeIn(calmMs);
  }

  /** To be told where the disk was found full. */
  readonly makeRoom = (): void => {
    this.#wakeIn(performance.now() - this.#endedMs < calmMs ? calmMs : 0);
  };

  /** Tidies up now and thoroughly; what it did, a sentence each. */
  async tidyUp(signal: AbortSignal): Promise<readonly string[]> {
    return this.#run(true, AbortSignal.any([signal, this.#ending.signal]));
  }

  /** What is on disk, as of the last time that it tidied up, and what of it is left over now. */
  async examine(
    signal: AbortSignal,
  ): Promise<{ readonly disk: DiskReport; readonly leftovers: readonly string[] }> {
    const { journal, use, clock, dataFolder, budgetBytes } = this.#ports;
    if (!this.#isMeasured) await use.measure(journal.tasks(), clock.now(), signal);
    const leftovers = await findLeftovers(this.#ports, true, signal);
    const tasks = journal.tasks().map(({ id: taskId, status, updatedAt }) => {
      const { privateBytes = 0, filesBytes = null, logBytes = null } = use.of(taskId) ?? {};
      const workspaceBytes = filesBytes === null ? null : filesBytes + privateBytes;
      return { taskId, status, updatedAt, workspaceBytes, logBytes };
    });
    const stores = { count: (await storesIn(dataFolder)).length, bytes: use.storeBytes };
    const setUps = { count: use.setUps.length, bytes: use.setUpBytes };
    const disk = { budgetBytes, usedBytes: use.totalBytes, tasks, stores, setUps };
    return { disk, leftovers: leftovers.map(({ name }) => name) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    clearTimeout(this.#timer);
    this.#stopWatching();
    await this.#lock.hold('all', new AbortController().signal, () => Promise.resolve());
  }

  /** Called after each append. */
  #look(): void {
    const events = this.#ports.journal.eventsAfter(this.#seq, 1_000);
    this.#seq = events.at(-1)?.seq ?? this.#seq;
    if (events.some(({ type }) => type === 'deleted')) this.#mayHaveRefs = true;
    if (events.some(({ type }) => restingTypes.has(type))) this.#wakeIn(calmMs);
  }

  #wakeIn(delayMs: number): void {
    if (this.#ending.signal.aborted || (this.#timer !== undefined && delayMs > 0)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#runInBackground();
    }, delayMs);
    this.#timer.unref();
  }

  async #runInBackground(): Promise<void> {
    const { signal } = this.#ending;
    try {
      await this.#run(this.#mayHaveRefs, signal);
    } catch (error) {
      if (!signal.aborted || !isCancellation(error)) this.#ports.log.bug(error, 'housekeeping');
    }
  }

  async #run(isThorough: boolean, signal: AbortSignal): Promise<readonly string[]> {
    return this.#lock.hold('all', signal, async () => {
      this.#mayHaveRefs &&= !isThorough;
      const done = await tidyUp(this.#ports, isThorough, signal);
      this.#isMeasured = true;
      this.#endedMs = performance.now();
      for (const sentence of done) this.#ports.log.info(`housekeeping: ${sentence}`);
      return done;
    });
  }
}
