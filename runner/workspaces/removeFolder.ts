// Removes a folder that a command may have left with read-only folders inside (Go's module cache is such).
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes the folder and all beneath; one that is not there is fine. */
export async function removeFolder(folder: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3 };
  try {
    await rm(folder, options);
  } catch {
    await makeWritable(folder);
    await rm(folder, options);
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
}
