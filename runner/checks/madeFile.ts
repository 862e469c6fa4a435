// Reads a file that a command made in a checkout, as far as it lies there and nowhere else.
import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';

/** When the file was last written (milliseconds); null where there is none. `path` is relative to `root`. */
export async function writtenAt(root: string, path: string): Promise<number | null> {
  return lstat(join(root, path)).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}

/**
 * The file's bytes; null where there is none, where it was last written at `before`, or is larger than `mostBytes`.
 * `path` is relative to `root`. The agent may have made it: links are not followed.
 */
export async function readMade(
  root: string,
  path: string,
  { before, mostBytes }: { readonly before: number | null; readonly mostBytes: number },
): Promise<Buffer | null> {
  try {
    const top = await realpath(root);
    const folder = await realpath(dirname(join(top, path)));
    if (folder !== top && !folder.startsWith(top + sep)) return null;
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    await using handle = await open(join(folder, basename(path)), flags);
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > mostBytes || stats.mtimeMs === before) return null;
    return await handle.readFile();
  } catch {
    // There is none, or none that can be read.
    return null;
  }
}
