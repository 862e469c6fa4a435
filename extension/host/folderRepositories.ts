// Tells whether the open folders lead to a git repository: one around the folder, or some right below it.
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError } from '../../shared/errors/errors.ts';
import { openRepository } from '../../shared/repository/openRepository.ts';

/** How a window stands to git: the values of the context key `nightjar.repository`. */
export type RepositoryState = 'found' | 'none' | 'gitMissing';

/** A repository that git refuses to open counts as found: the hand-off tells why it is refused. */
export async function repositoryState(
  folders: readonly string[],
  signal: AbortSignal,
): Promise<RepositoryState> {
  for (const folder of folders) {
    try {
      await openRepository(folder, signal);
      return 'found';
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      if (error.code === 'gitMissing') return 'gitMissing';
      if (error.code !== 'notARepository') return 'found';
      if ((await repositoryFoldersBelow(folder)).length > 0) return 'found';
    }
  }
  return 'none';
}

/** The folders right below `folder` that are repositories, by name: as deep as the Git extension looks, too. */
export async function repositoryFoldersBelow(folder: string): Promise<readonly string[]> {
  // A folder that can't be listed, such as one that is gone, has none to offer.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => !entry.isFile()).map(({ name }) => join(folder, name));
  const areRepositories = await Promise.all(paths.map(async (path) => exists(join(path, '.git'))));
  return paths.filter((_, index) => areRepositories[index]).sort();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
