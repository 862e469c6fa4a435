// What runs on this machine, as far as it can be known: process groups, when each process began, its environment.
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runProcess } from '../../shared/host/processes.ts';

export interface RunningProcess {
  readonly pid: number;
  readonly group: number;
  /** When it began, in the platform's own words: the same number with another beginning is another process. */
  readonly startedAt: string;
  /** Whether it only waits for its parent to notice its end. */
  readonly hasEnded: boolean;
  /** The variables it was started with, `NAME=value`; none where they can't be read. */
  readonly environment: readonly string[];
}

/** Processes looked at before others get their turn. */
const batch = 32;

/**
 * All processes: on Linux complete, elsewhere without environments, on Windows, which knows no process groups, none.
 * None, too, where the machine does not tell.
 */
export async function runningProcesses(): Promise<readonly RunningProcess[]> {
  if (process.platform === 'win32') return [];
  if (process.platform !== 'linux') return askPs(['-A']);
  const boot = bootOfLinux();
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: RunningProcess[] = [];
  for (let start = 0; start < pids.length; start += batch) {
    found.push(...pids.slice(start, start + batch).flatMap((pid) => processOfLinux(pid, boot) ?? []));
    await nextTurn();
  }
  return found;
}

/** When the process began, as in `runningProcesses`; null where it is not there or nobody can tell. */
export async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'win32') return null;
  const found =
    process.platform === 'linux' ? processOfLinux(pid, bootOfLinux()) : (await askPs(['-p', String(pid)]))[0];
  return found?.startedAt ?? null;
}

/** Times of Linux count from its start, so each start has a name. */
function bootOfLinux(): string {
  return readIfThere('/proc/sys/kernel/random/boot_id').trim();
}

/** Source: proc_pid_stat(5) and proc_pid_environ(5). */
function processOfLinux(pid: number, boot: string): RunningProcess | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === '') return null;
  // The program's name stands in brackets and may itself hold brackets and spaces.
  const [state = '', , group, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    group: Number(group),
    startedAt: `${rest[16] ?? ''} ${boot}`,
    hasEnded: state === 'Z' || state === 'X',
    environment: readIfThere(`/proc/${pid}/environ`).split('\0'),
  };
}

/** Empty for what is gone by now or another user's. The kernel answers from memory: to wait for it takes ten times as long. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function askPs(selection: readonly string[]): Promise<readonly RunningProcess[]> {
  const asked = runProcess({
    file: 'ps',
    args: [...selection, '-o', 'pid=,pgid=,stat=,lstart='],
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    signal: AbortSignal.timeout(10_000),
  });
  return asked.then(
    ({ stdout }) => parsePs(stdout.toString()),
    () => [],
  );
}

/** The rows of `ps -o pid=,pgid=,stat=,lstart=`. */
export function parsePs(output: string): readonly RunningProcess[] {
  const rows = output.matchAll(/^ *(\d+) +(\d+) +(\S+) +(\S.*?) *$/gm);
  return [...rows].map(([, pid, group, state = '', startedAt = '']) => ({
    pid: Number(pid),
    group: Number(group),
    startedAt,
    hasEnded: state.startsWith('Z'),
    environment: [],
  }));
}
