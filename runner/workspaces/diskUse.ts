// How much room the data folder takes, task by task: measured now and then, and known in between without looking.
import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../../shared/task/task.ts';
import { lowSpaceBytes } from '../host/diskFull.ts';
import { privateFolders } from '../host/privateFolders.ts';
import { diskBytes } from './diskBytes.ts';
import { keptIn, type KeptSetUp } from './keptSetUps.ts';
import { taskFolder } from './storeFolder.ts';

/** Milliseconds after which a task that goes on is measured anew. */
const remeasureMs = 10 * 60_000;

/** The stores, and what clones borrow of them. */
const ofStores = ['stores', 'grounds'];

/** Where things lie that belong to no task. */
const others = ['checkouts', 'uploads', 'nightjar.sqlite', 'nightjar.sqlite-wal'];

/** Bytes on disk of one task. */
export interface TaskUse {
  /** The home and the temporary folder of its commands. */
  readonly privateBytes: number;
  /** The files of its workspace. */
  readonly filesBytes: number;
  readonly logBytes: number;
}

interface Measured extends TaskUse {
  /** The newest event of the task by then. */
  readonly seq: number;
  readonly atMs: number;
}

export class DiskUse {
  readonly #dataFolder: string;
  readonly #tasks = new Map<string, Measured>();
  #storeBytes = 0;
  #otherBytes = 0;
  #setUps: readonly KeptSetUp[] = [];

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  get storeBytes(): number {
    return this.#storeBytes;
  }

  /** What set-ups have made that is kept for other tasks. */
  get setUps(): readonly KeptSetUp[] {
    return this.#setUps;
  }

  get setUpBytes(): number {
    return this.#setUps.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Bytes of the whole data folder. */
  get totalBytes(): number {
    const ofTasks = [...this.#tasks.values()].map((one) => one.privateBytes + one.filesBytes + one.logBytes);
    const ofNoTask = this.#storeBytes + this.setUpBytes + this.#otherBytes;
    return ofTasks.reduce((sum, bytes) => sum + bytes, ofNoTask);
  }

  /** Undefined before its first measure. */
  of(taskId: string): TaskUse | undefined {
    return this.#tasks.get(taskId);
  }

  /** Measures what has changed since the last time; of the tasks that go on only those that nobody looked at for long. */
  async measure(tasks: readonly Task[], now: Date, signal: AbortSignal): Promise<void> {
    const known = new Set(tasks.map(({ id }) => id));
    for (const taskId of this.#tasks.keys()) if (!known.has(taskId)) this.#tasks.delete(taskId);
    for (const task of tasks) {
      const last = this.#tasks.get(task.id) ?? (await this.#remembered(task.id));
      const isFresh = last !== null && (last.seq === task.seq || isRecent(last, task, now));
      this.#tasks.set(task.id, isFresh ? last : await this.#measureTask(task, now, signal));
    }
    let storeBytes = 0;
    for (const name of ofStores) storeBytes += await diskBytes(join(this.#dataFolder, name), signal);
    this.#storeBytes = storeBytes;
    this.#setUps = await keptIn(this.#dataFolder);
    let otherBytes = 0;
    for (const name of others) otherBytes += await diskBytes(join(this.#dataFolder, name), signal);
    this.#otherBytes = otherBytes;
  }

  /** Bytes to free so that the data folder keeps to its budget, and the disk has room for tasks at all. */
  async excessBytes(budgetBytes: number): Promise<number> {
    const { bavail, bsize } = await statfs(this.#dataFolder);
    return Math.max(this.totalBytes - budgetBytes, lowSpaceBytes - bavail * bsize, 0);
  }

  /** To be told when some of a task's room was given back. */
  async forget(taskId: string): Promise<void> {
    this.#tasks.delete(taskId);
    await rm(this.#rememberedIn(taskId), { force: true });
  }

  async #measureTask({ id, seq }: Task, now: Date, signal: AbortSignal): Promise<Measured> {
    const files = join(taskFolder(this.#dataFolder, id), 'files');
    const { home, temporary } = privateFolders(files);
    const measured = {
      seq,
      atMs: now.getTime(),
      privateBytes: (await diskBytes(home, signal)) + (await diskBytes(temporary, signal)),
      filesBytes: await diskBytes(files, signal),
      logBytes: await diskBytes(join(this.#dataFolder, 'logs', id), signal),
    };
    // Where there is no workspace, or no room, it is measured again after a restart.
    await writeFile(this.#rememberedIn(id), JSON.stringify(measured)).catch(() => undefined);
    return measured;
  }

  #rememberedIn(taskId: string): string {
    return join(taskFolder(this.#dataFolder, taskId), 'size.json');
  }

  async #remembered(taskId: string): Promise<Measured | null> {
    try {
      return JSON.parse(await readFile(this.#rememberedIn(taskId), 'utf8')) as Measured;
    } catch {
      return null;
    }
  }
}

function isRecent({ atMs }: Measured, { status }: Task, now: Date): boolean {
  const goesOn = status === 'preparing' || status === 'working' || status === 'checking';
  return goesOn && now.getTime() - atMs < remeasureMs;
}
