// Bounds the number of a task's processes by the kernel itself, where the runner may: the system's own limit spares root.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quoted } from './limits.ts';

/** Where the controller of process numbers is mounted: version 1, version 2. Source: cgroups(7). */
const roots = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'];

export class ControlGroups implements AsyncDisposable {
  readonly #folder: Promise<string | null>;
  readonly #processes: number;

  /** `dataFolder`: absolute, the runner's, from which its groups get their name. */
  constructor(dataFolder: string, processes: number) {
    const name = `nightjar-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}`;
    this.#folder = openFolder(name);
    this.#processes = processes;
  }

  /** The beginning of a shell line that puts the shell into the group of that id; empty where there can be none. */
  async lineFor(id: string): Promise<string> {
    const folder = await this.#folder;
    if (folder === null) return '';
    const group = join(folder, id);
    try {
      await mkdir(group, { recursive: true });
      await writeFile(join(group, 'pids.max'), String(this.#processes));
    } catch {
      // The kernel offers the groups and does not give them: the watch over the commands has to do.
      return '';
    }
    return `echo $$ > ${quoted(join(group, 'cgroup.procs'))} && exec `;
  }

  async remove(id: string): Promise<void> {
    const folder = await this.#folder;
    if (folder !== null) await rmdir(join(folder, id)).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const folder = await this.#folder;
    if (folder !== null) await removeGroups(folder);
  }
}

async function openFolder(name: string): Promise<string | null> {
  // Of an ordinary user the system's own limit bounds the processes, for each sandbox by itself.
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const root = roots.find((path) => existsSync(join(path, 'cgroup.procs')));
  if (root === undefined) return null;
  const folder = join(root, name);
  // What a killed runner has left.
  await removeGroups(folder);
  return mkdir(folder, { recursive: true }).then(
    () => folder,
    () => null,
  );
}

/** A group that still has processes stays; the next runner tries again. */
async function removeGroups(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const groups = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  for (const group of [...groups, folder]) await rmdir(group).catch(() => undefined);
}
