// Pairs the two sides of every changed file: what stood in the snapshot, what the task made of it.
import type { ChangedFile } from '../../shared/task/events.ts';

/** A file in a commit; the path is relative to the repository's root. */
export interface Side {
  readonly path: string;
  readonly commit: string;
}

/** `original` is null for an added file, `modified` for a deleted one. */
export interface ChangedPair {
  /** The path by which the user knows the file. */
  readonly label: string;
  readonly original: Side | null;
  readonly modified: Side | null;
}

export interface Commits {
  readonly snapshot: string;
  readonly result: string;
}

/**
 * The pairs in the order of `files`. Both sides have the same path, unless the file was renamed:
 * the editor takes two paths for a rename.
 */
export function changedPairs(files: readonly ChangedFile[], commits: Commits): ChangedPair[] {
  return files.map((file) => changedPair(file, commits));
}

export function changedPair(file: ChangedFile, { snapshot, result }: Commits): ChangedPair {
  const { path, status } = file;
  const originalPath = status === 'renamed' ? (file.oldPath ?? path) : path;
  return {
    label: path,
    original: status === 'added' ? null : { path: originalPath, commit: snapshot },
    modified: status === 'deleted' ? null : { path, commit: result },
  };
}
