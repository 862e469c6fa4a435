// Lets exactly one window of this machine do something: the first to make a file of the given name.
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Claims older than this are cleared away: by then every window has asked. */
const keptMs = 3_600_000;

/** True for the first caller of all windows that share `folder`; `name` must be fit for a file name. */
export async function claim(folder: string, name: string): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(join(folder, name), '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  await clearOld(folder);
  return true;
}

async function clearOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const entry = await stat(path).catch(() => undefined);
    if (entry !== undefined && Date.now() - entry.mtimeMs > keptMs) await rm(path, { force: true });
  }
}
