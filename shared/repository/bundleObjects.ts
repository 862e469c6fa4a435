// Checks every object in a bundle before anything refers to it.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { readGit } from './userGit.ts';

/** Bytes in which a bundle's header must end; it has a line for each ref and each prerequisite. */
const headerBytes = 1024 * 1024;

/**
 * Has git check each object of a bundle that `git bundle verify` found sound, and keeps them unreferenced.
 * `fetch.fsckObjects` does that for bundles only since git 2.46. Throws GitFailure for a broken or hostile
 * object; nothing is kept then.
 */
export async function checkBundleObjects(
  folder: string,
  bundleFile: string,
  signal: AbortSignal,
): Promise<void> {
  const pack = createReadStream(bundleFile, { start: await packStart(bundleFile) });
  try {
    await readGit(folder, ['index-pack', '--stdin', '--fix-thin', '--fsck-objects'], { signal, input: pack });
  } finally {
    pack.destroy();
  }
}

/** Where the objects begin: after the first empty line. */
async function packStart(bundleFile: string): Promise<number> {
  const file = await open(bundleFile);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(headerBytes), position: 0 });
    const end = buffer.subarray(0, bytesRead).indexOf('\n\n');
    if (end === -1) throw new Error(`the header of ${bundleFile} has no end`);
    return end + 2;
  } finally {
    await file.close();
  }
}
