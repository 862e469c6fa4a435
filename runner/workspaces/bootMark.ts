// Marks a workspace with the run of the machine in which it was made, and so in which all of its files were written.
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Marks the folder, which lasts from now on: a power cut that takes the files leaves the mark. */
export async function markBoot(folder: string, boot: string | null): Promise<void> {
  if (boot === null) return;
  await using file = await open(markIn(folder), 'w');
  await file.writeFile(boot);
  await file.sync();
  // The name, too, has to be on the disk; Windows can't flush a folder, and has no mark.
  await using parent = await open(folder, 'r');
  await parent.sync();
}

/**
 * Whether the machine was started since the folder was marked: nothing in a workspace is flushed, so a power cut may have
 * left files without their end. False where it can't be told; a folder without a mark is an earlier version's and gets one.
 */
export async function isOfEarlierBoot(folder: string, boot: string | null): Promise<boolean> {
  if (boot === null) return false;
  const mark = await readFile(markIn(folder), 'utf8').catch(() => null);
  if (mark !== null) return mark !== boot;
  await markBoot(folder, boot);
  return false;
}

function markIn(folder: string): string {
  return join(folder, 'boot');
}
