// Says why a hand-off leaves a file out, and looks at files for it.
import { lstat, open } from 'node:fs/promises';
import type { SecretSign } from '../secrets/findSecrets.ts';
import { pathBytes } from './gitPaths.ts';

export type SkipReason =
  | 'tooLarge'
  | 'unreadable'
  | 'nestedRepository'
  | 'submodule'
  | 'looksSecret'
  /** The caller asked for it, and for no other reason. */
  | 'leftOut';

/** Something of the working tree that is not shipped. */
export interface SkippedPath {
  /** Relative to the root; a folder where git can't look into it or another repository lies there. */
  readonly path: string;
  readonly reason: SkipReason;
  readonly sizeBytes?: number;
  /** What it holds, where it is withheld for that. */
  readonly secrets?: readonly SecretSign[];
}

/** Bounds for files that git doesn't track yet. */
export interface ManifestLimits {
  /** Bytes that one file may have. */
  readonly fileBytes: number;
  /** Bytes that all together may have; the largest are left out first. */
  readonly totalBytes: number;
  /** Patterns of ignored files that go along, beside those of `.worktreeinclude`. */
  readonly includeIgnored?: readonly string[];
}

export const defaultManifestLimits: ManifestLimits = {
  fileBytes: 10 * 1024 * 1024,
  totalBytes: 100 * 1024 * 1024,
};

export interface InspectedFile {
  readonly sizeBytes: number;
  readonly isReadable: boolean;
}

/** Looks at a file of the working tree; null where it is gone. Links are not followed. */
export async function inspectFile(root: string, path: string): Promise<InspectedFile | null> {
  const file = pathBytes(root, path);
  const entry = await lstat(file).catch(() => null);
  if (entry === null) return null;
  const isReadable = !entry.isFile() || (await canOpen(file));
  return { sizeBytes: entry.isDirectory() ? 0 : entry.size, isReadable };
}

/** Opens the file to find out: what permissions say is not the whole truth (locks, other users, file servers). */
async function canOpen(file: Buffer): Promise<boolean> {
  const handle = await open(file).catch(() => null);
  await handle?.close();
  return handle !== null;
}
