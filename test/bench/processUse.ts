// What a process uses of its machine, as Linux tells it.
import { readFile } from 'node:fs/promises';

export interface ProcessUse {
  /** Milliseconds of processor time of its own, and of those of its children that have ended. */
  readonly ownMs: number;
  readonly childrenMs: number;
  /** Resident now, and at the most so far. */
  readonly memoryMiB: number;
  /** Resident without what files on disk back. */
  readonly ownMiB: number;
  readonly peakMiB: number;
}

/** Milliseconds a tick of /proc/<pid>/stat stands for. Source: `getconf CLK_TCK`, 100 everywhere on Linux. */
const tickMs = 10;

/** Linux only. */
export async function readUse(pid: number): Promise<ProcessUse> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name in parentheses; utime, stime, cutime, cstime are the fields 14 to 17. Source: proc(5).
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return {
    ownMs: (user + system) * tickMs,
    childrenMs: (childUser + childSystem) * tickMs,
    memoryMiB: mebibytes('VmRSS'),
    ownMiB: mebibytes('RssAnon'),
    peakMiB: mebibytes('VmHWM'),
  };
}
