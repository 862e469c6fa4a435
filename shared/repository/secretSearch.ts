// Searches files of the working tree for secrets, a bounded part of each.
import { lstat, open } from 'node:fs/promises';
import { findSecrets, type FoundSecret, type SecretSign } from '../secrets/findSecrets.ts';
import { pathBytes } from './gitPaths.ts';

/** Bytes of one file that are searched: more than any source has, and fewer than would be felt. */
const searchedBytes = 4 * 1024 * 1024;
/** Files that are read side by side: as many times the bytes above may be in memory. */
const readers = 6;

export interface SearchedFile {
  readonly found: readonly FoundSecret[];
  /** Whether only its beginning was searched. */
  readonly isPartly: boolean;
}

const nothing: SearchedFile = { found: [], isPartly: false };

/** Searches the files, in the order of `paths`. What is no file, or can't be read, holds nothing. */
export async function searchFiles(
  root: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<SearchedFile[]> {
  const results: SearchedFile[] = paths.map(() => nothing);
  const rest = paths.entries();
  const read = async (): Promise<void> => {
    // The readers share one iterator, so each takes what comes next.
    for (const [index, path] of rest) {
      signal.throwIfAborted();
      results[index] = await searchFile(root, path);
    }
  };
  await Promise.all(Array.from({ length: readers }, read));
  return results;
}

/** Links are not followed: what they point to is not shipped. */
export async function searchFile(root: string, path: string): Promise<SearchedFile> {
  const file = pathBytes(root, path);
  const entry = await lstat(file).catch(() => null);
  if (entry?.isFile() !== true) return nothing;
  const handle = await open(file).catch(() => null);
  if (handle === null) return nothing;
  try {
    const length = Math.min(entry.size, searchedBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, 0);
    const found = findSecrets(path, buffer.toString('latin1', 0, bytesRead));
    return { found, isPartly: entry.size > searchedBytes };
  } finally {
    await handle.close();
  }
}

/** Without the secrets themselves. */
export function signsOf(found: readonly FoundSecret[]): SecretSign[] {
  return found.map(({ kind, line }) => ({ kind, line }));
}
