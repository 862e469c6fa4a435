// What a runner may leave behind on its machine: processes, open files, files that nobody needs. Only Linux tells all of it.
import { readdir, readFile, readlink } from 'node:fs/promises';

/** Command lines of the processes that work in `folder`, the runner's own aside. */
export async function leftProcesses(folder: string, runnerPid: number): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== runnerPid);
  const found: string[] = [];
  for (const pid of pids) {
    // A process may end while it is looked at.
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (!cwd.startsWith(folder)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    found.push(`${pid} ${line.replaceAll('\0', ' ')}`);
  }
  return found;
}

/** What the descriptors of a process stand for. */
export async function openFiles(pid: number): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const targets = descriptors.map((descriptor) =>
    readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => undefined),
  );
  return (await Promise.all(targets)).filter((target) => target !== undefined);
}

/** Resident memory of a process; NaN where it can't be told. */
export async function memoryMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Names beneath the data folder that only stand for something unfinished. */
const unfinished =
  /\.lock$|\.new$|(^|\/)tmp_(obj|pack|idx)_|(^|\/)incoming$|^uploads\/.|^checkouts\/.+\/.|^commands\/./;

/** Unfinished things beneath a data folder; the agents' own files are theirs. */
export async function leftFiles(dataFolder: string): Promise<string[]> {
  const names = await readdir(dataFolder, { recursive: true });
  return names.filter((name) => !/^workspaces\/[^/]+\/files\//.test(name) && unfinished.test(name));
}
