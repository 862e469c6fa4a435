// What a process, alone or with all that it started, uses of its machine, as Linux tells it.
import { readFile, readdir } from 'node:fs/promises';

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
  const { ownMs, childrenMs } = timesOf(await readFile(`/proc/${pid}/stat`, 'utf8'));
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return {
    ownMs,
    childrenMs,
    memoryMiB: mebibytes('VmRSS'),
    ownMiB: mebibytes('RssAnon'),
    peakMiB: mebibytes('VmHWM'),
  };
}

/** Milliseconds of processor time of the process and of all that it started, ended or not. Linux only. */
export async function readTreeMs(pid: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')));
  const all = stats.filter((stat) => stat !== '').map(timesOf);
  const beneath = (parent: number): number =>
    all
      .filter((one) => one.parent === parent)
      .reduce((sum, { pid: child, ownMs, childrenMs }) => sum + ownMs + childrenMs + beneath(child), 0);
  const { ownMs = 0, childrenMs = 0 } = all.find((one) => one.pid === pid) ?? {};
  return ownMs + childrenMs + beneath(pid);
}

function timesOf(stat: string) {
  const nameEnd = stat.lastIndexOf(')');
  // After the name in parentheses; utime, stime, cutime, cstime are the fields 14 to 17. Source: proc(5).
  const fields = stat
    .slice(nameEnd + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return {
    pid: parseInt(stat, 10),
    parent: fields[1] ?? 0,
    ownMs: (user + system) * tickMs,
    childrenMs: (childUser + childSystem) * tickMs,
  };
}
