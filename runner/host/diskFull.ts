// Tells a full disk from every other failure, whoever noticed it first.
import { statfs } from 'node:fs/promises';
import { KnownError } from '../../shared/errors/errors.ts';

/** Free space under which tasks are likely to fail, in bytes. */
export const lowSpaceBytes = 1024 ** 3;

/** Whether the error, of Node or in a program's words, says that no space is left. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true;
  return /No space left on device|Disk quota exceeded/.test(error.message);
}

/** Whether less than 1 MiB is left where `path` lies. */
export async function hasNoRoom(path: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize < 1024 * 1024;
}

/** Does the work; a full disk beneath `path` becomes KnownError `diskFull`. */
export async function namingDiskFull<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KnownError || !isDiskFull(error)) throw error;
    throw new KnownError('diskFull', { path }, error);
  }
}
