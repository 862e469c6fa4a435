// How much room files and folders take on disk, found out without keeping the runner from its work.
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files looked at together. */
const batch = 16;

/** Bytes on disk of a file, or of a folder with all beneath; a file with several names counts once. 0 for what is not there. */
export async function diskBytes(path: string, signal: AbortSignal): Promise<number> {
  return bytesOf(path, new Set(), signal);
}

async function bytesOf(path: string, linked: Set<string>, signal: AbortSignal): Promise<number> {
  // What was just removed takes no room.
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return 0;
  const identity = `${found.dev}:${found.ino}`;
  if (found.nlink > 1 && !found.isDirectory() && linked.has(identity)) return 0;
  if (found.nlink > 1) linked.add(identity);
  // Windows tells no blocks.
  const own = process.platform === 'win32' ? found.size : found.blocks * 512;
  return found.isDirectory() ? own + (await bytesBeneath(path, linked, signal)) : own;
}

async function bytesBeneath(folder: string, linked: Set<string>, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const isFolder = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  const files = entries.map(({ name }) => name).filter((name) => !isFolder.has(name));
  let bytes = 0;
  for (let start = 0; start < files.length; start += batch) {
    const together = files
      .slice(start, start + batch)
      .map((name) => bytesOf(join(folder, name), linked, signal));
    for (const size of await Promise.all(together)) bytes += size;
  }
  for (const name of isFolder) bytes += await bytesOf(join(folder, name), linked, signal);
  return bytes;
}
