// Watches what running commands use, and ends those that use more than they may.
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SandboxLimits, SandboxPlace } from '../tasks/ports.ts';
import { useOfTrees, type ProcessUse } from './processUse.ts';

const lookEveryMs = 500;
/** Measuring a folder takes a while: only once so much was written since, by whomever. */
const writtenBytes = 256 * 1024 ** 2;

export interface UseWatchOptions {
  readonly limits: SandboxLimits;
  /** Bytes of all files beneath a folder. */
  readonly measureBytes: (folder: string) => Promise<number>;
}

/** A command under watch. */
export interface WatchedCommand {
  /** Aborted when it has used more than it may. */
  readonly exceeded: AbortSignal;
  /** Why it was ended; null while it was not. */
  readonly reason: () => string | null;
  readonly started: (pid: number) => void;
  readonly elapsedMs: () => number;
  readonly end: () => void;
}

interface Watched {
  readonly place: SandboxPlace;
  readonly printed: () => number;
  readonly controller: AbortController;
  readonly beganAt: number;
  pid: number | null;
  reason: string | null;
  /** Free bytes of the disk when its folder was last known to be small enough; null before the first look. */
  freeBytes: number | null;
}

/** Looks every half second, and only while something runs. */
export class UseWatch {
  readonly #options: UseWatchOptions;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(options: UseWatchOptions) {
    this.#options = options;
  }

  begin({ place, printed }: Pick<Watched, 'place' | 'printed'>): WatchedCommand {
    const controller = new AbortController();
    const beganAt = performance.now();
    const watched: Watched = {
      place,
      printed,
      controller,
      beganAt,
      pid: null,
      reason: null,
      freeBytes: null,
    };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => void this.#look(), lookEveryMs).unref();
    return {
      exceeded: controller.signal,
      reason: () => watched.reason,
      started: (pid) => {
        watched.pid = pid;
      },
      elapsedMs: () => performance.now() - beganAt,
      end: () => {
        this.#watched.delete(watched);
        if (this.#watched.size > 0) return;
        clearInterval(this.#timer);
        this.#timer = undefined;
      },
    };
  }

  /** Never rejects: what can't be measured now is measured the next time. */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const all = [...this.#watched];
      const trees = useOfTrees(all.flatMap(({ pid }) => pid ?? []));
      for (const one of all) {
        const reason = this.#excessOf(one, one.pid === null ? undefined : trees.get(one.pid));
        if (reason !== null) end(one, reason);
      }
      for (const one of all.filter(({ reason }) => reason === null)) await this.#lookAtDisk(one);
    } catch {
      // A folder or process that went meanwhile.
    } finally {
      this.#isLooking = false;
    }
  }

  #excessOf({ printed }: Watched, use: ProcessUse | undefined): string | null {
    const { limits } = this.#options;
    if (printed() > limits.printedBytes) return endedFor(`printed more than ${sizeOf(limits.printedBytes)}`);
    if (use === undefined) return null;
    if (use.processes > limits.processes)
      return endedFor(`ran more than ${limits.processes} processes at once`);
    if (use.memoryBytes > limits.memoryBytes)
      return endedFor(`used more than ${sizeOf(limits.memoryBytes)} of memory`);
    if (use.cpuMs > limits.cpuMs) return endedFor(`used more than ${timeOf(limits.cpuMs)} of processor time`);
    return null;
  }

  async #lookAtDisk(one: Watched): Promise<void> {
    const folder = dirname(one.place.workspace);
    const { bavail, bsize } = await statfs(folder);
    const freeBytes = bavail * bsize;
    one.freeBytes ??= freeBytes;
    if (one.freeBytes - freeBytes < writtenBytes) return;
    one.freeBytes = freeBytes;
    const { diskBytes } = this.#options.limits;
    if ((await this.#options.measureBytes(folder)) > diskBytes)
      end(one, endedFor(`filled its workspace with more than ${sizeOf(diskBytes)}`));
  }
}

function end(one: Watched, reason: string): void {
  one.reason = reason;
  one.controller.abort(new Error(reason));
}

function endedFor(what: string): string {
  return `The runner ended this command: it ${what}, the limit for one task.`;
}

function timeOf(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} seconds` : `${Math.round(ms / 60_000)} minutes`;
}

function sizeOf(bytes: number): string {
  return bytes >= 1024 ** 3
    ? `${(bytes / 1024 ** 3).toFixed(1)} GiB`
    : `${Math.round(bytes / 1024 ** 2)} MiB`;
}
