// Finds test files by patterns from the project's root.
import { glob } from 'node:fs/promises';
import { join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '..', '..');

/** Paths from the root, sorted, of the files that match one of `patterns` and none of `except`. */
export async function findTestFiles(
  patterns: readonly string[],
  except: readonly string[] = [],
): Promise<string[]> {
  const found = new Set<string>();
  for await (const path of glob(patterns, { cwd: projectRoot, exclude: except })) found.add(path);
  return [...found].sort();
}
