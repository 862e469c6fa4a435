// Keeps the data folder to its owner: the folder itself, and the files right in it.
import { chmod, mkdir, open, readdir } from 'node:fs/promises';
import path from 'node:path';

/** sqlite makes it with the rights that the process gives by default, and the files beside it with the same ones. */
const database = 'nightjar.sqlite';

/**
 * Makes the folder (absolute) where it is missing and takes all rights from everybody but its owner, also on what an
 * earlier version left more open. Windows has no such rights; there the folder of the user keeps others out.
 */
export async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await (await open(path.join(folder, database), 'a', 0o600)).close();
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(folder, name));
  await Promise.all(files.map(closeToOthers));
}

async function closeToOthers(file: string): Promise<void> {
  try {
    await chmod(file, 0o600);
  } catch (error) {
    // A client has its lock there for a moment.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
