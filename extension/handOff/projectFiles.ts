// Reads the project's own files, in which checks, set-up and configuration are found.
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../../shared/spec/project.ts';

/** The files beneath `root`. Rejects where a file is there but can't be read. */
export function projectFiles(root: string): Project {
  return {
    entries: () => readdir(root),
    readFile: async (path) => {
      try {
        return await readFile(join(root, path), 'utf8');
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    exists: async (path) =>
      access(join(root, path)).then(
        () => true,
        () => false,
      ),
  };
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
