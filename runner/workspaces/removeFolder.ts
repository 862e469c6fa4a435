// Removes a folder with all beneath it, and without keeping the runner from its work.
import { chmod, lstat, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Files removed at a time: Node's own removal begins with all at once and holds up everything else for some 300 ms. */
const batch = 16;

/** Removes the folder and all beneath; one that is not there is fine. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    // Whoever put a link in its place must not have us remove what it leads to.
    if ((await lstat(folder)).isDirectory()) await removeEntries(folder);
    else await unlink(folder);
  } catch {
    // Not there, or with folders inside that can't be written (Go's module cache is such) or names that are no text.
    await makeWritable(folder).catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function removeEntries(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  for (const entry of entries) if (entry.isDirectory()) await removeEntries(join(folder, entry.name));
  for (let start = 0; start < files.length; start += batch)
    await Promise.all(files.slice(start, start + batch).map(({ name }) => unlink(join(folder, name))));
  await rmdir(folder);
}

async function makeWritable(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) return;
  await chmod(folder, 0o700);
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
}
