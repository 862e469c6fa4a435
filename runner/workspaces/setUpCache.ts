// Shares what set-ups have made between the tasks of a store: the first one does it, the others get a copy.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isCancellation } from '../../shared/errors/errors.ts';
import { isDiskFull, lowSpaceBytes } from '../host/diskFull.ts';
import type { Log } from '../host/log.ts';
import type { CommandResult, Sandbox, SetUpResult, SetUps, WantedSetUp } from '../tasks/ports.ts';
import { giveSetUp, takeSetUp } from './copySetUp.ts';
import type { FoldersInUse } from './foldersInUse.ts';
import { KeptSetUps } from './keptSetUps.ts';
import { setUpKey } from './setUpKey.ts';
import { storeFolder } from './storeFolder.ts';

/** Milliseconds that a copy into a place may take. */
const giveTimeoutMs = 10 * 60_000;

/** Set-ups remembered as not worth keeping; the oldest are forgotten first. */
const mostUnfit = 1_000;

export interface SetUpCacheOptions {
  /** Absolute; the same as the workspaces'. */
  readonly dataFolder: string;
  readonly inUse: FoldersInUse;
  readonly sandbox: Sandbox;
  /** Changes with every start of the machine; null where it can't be told. */
  readonly boot: string | null;
  readonly log: Pick<Log, 'info' | 'bug'>;
  /** Bytes that have to be free before anything is kept. */
  readonly leastFreeBytes?: number;
}

export class SetUpCache implements SetUps {
  readonly #options: SetUpCacheOptions;
  readonly #kept: KeptSetUps;
  /** By folder, those that are done right now; each tells in the end whether others are to look again. */
  readonly #making = new Map<string, Promise<boolean>>();
  /** Folders of those that were tried to be kept, in vain. */
  readonly #unfit = new Set<string>();

  constructor(options: SetUpCacheOptions) {
    this.#options = options;
    this.#kept = new KeptSetUps(options.dataFolder, options.inUse, options.boot);
  }

  async share(wanted: WantedSetUp, run: () => Promise<CommandResult>): Promise<SetUpResult> {
    const alone = async (): Promise<SetUpResult> => ({ ...(await run()), isCached: false });
    const { dataFolder, sandbox } = this.#options;
    const store = storeFolder(dataFolder, wanted.repositoryId);
    const key = await setUpKey(wanted, store, sandbox.provider);
    if (key === null) return alone();
    const folder = this.#kept.folderOf(wanted.repositoryId, key);
    for (;;) {
      const given = await this.#give(folder, wanted);
      if (given === 'failed') return alone();
      if (given !== null) return given;
      const making = this.#making.get(folder);
      if (making === undefined) break;
      wanted.watch('Another task is doing this set-up; what it makes is copied then.\n');
      if (!(await settled(making, wanted.signal))) return alone();
    }
    if (!wanted.isUntouched || this.#unfit.has(folder)) return alone();
    return this.#makeFor(folder, wanted, alone);
  }

  /** Null where it is not kept. */
  async #give(folder: string, wanted: WantedSetUp): Promise<SetUpResult | 'failed' | null> {
    const { sandbox, log } = this.#options;
    const { place, signal } = wanted;
    return this.#kept.use(folder, async ({ made, blocked }) => {
      const startedAt = performance.now();
      // What a set-up that was cut off left there would be mixed with the copy.
      if (await hasAny(place.workspace, made)) return 'failed';
      if (!(await giveSetUp({ sandbox, place, source: folder, timeoutMs: giveTimeoutMs }, signal))) {
        log.info(`set-up cache: a copy of ${folder} into ${place.workspace} failed`);
        return 'failed';
      }
      const durationMs = performance.now() - startedAt;
      const nothingPrinted = { tail: '', outputBytes: 0, timedOut: false, exitCode: 0 };
      return { ...nothingPrinted, durationMs, blocked, isCached: true };
    });
  }

  async #makeFor(
    folder: string,
    wanted: WantedSetUp,
    alone: () => Promise<SetUpResult>,
  ): Promise<SetUpResult> {
    const making = Promise.withResolvers<boolean>();
    this.#making.set(folder, making.promise);
    // One that was cut off says nothing of the next one.
    let isForOthers = true;
    try {
      const result = await alone();
      isForOthers = result.exitCode === 0 && (await this.#keep(folder, wanted, result));
      return result;
    } finally {
      this.#making.delete(folder);
      making.resolve(isForOthers);
    }
  }

  /** Whether it is kept now. What goes wrong here is no reason for a task that is set up not to go on. */
  async #keep(
    folder: string,
    { place: { workspace, secrets }, repositoryId, signal }: WantedSetUp,
    { blocked, durationMs }: SetUpResult,
  ): Promise<boolean> {
    const { dataFolder, log, leastFreeBytes = lowSpaceBytes } = this.#options;
    const store = storeFolder(dataFolder, repositoryId);
    try {
      return await this.#kept.add(folder, async (target) => {
        const taking = { store, workspace, secrets, target, leastFreeBytes, setUpMs: durationMs };
        const taken = await takeSetUp(taking, signal);
        if (typeof taken !== 'string') return { ...taken, blocked: [...blocked] };
        log.info(`set-up cache: a set-up of ${workspace} is not kept: ${taken}`);
        this.#remember(folder);
        return null;
      });
    } catch (error) {
      if (signal.aborted && isCancellation(error)) throw error;
      if (isDiskFull(error)) log.info('set-up cache: a set-up is not kept: the disk is full');
      else log.bug(error, 'set-up cache');
      return false;
    }
  }

  #remember(folder: string): void {
    this.#unfit.add(folder);
    for (const oldest of [...this.#unfit].slice(0, Math.max(0, this.#unfit.size - mostUnfit)))
      this.#unfit.delete(oldest);
  }
}

async function hasAny(workspace: string, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const found = await lstat(join(workspace, path)).catch(() => undefined);
    if (found !== undefined) return true;
  }
  return false;
}

async function settled<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason as Error);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
