// What git of a runner that was killed left half done, found before the next runner begins anything.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { storesIn, unfinishedIn } from './storeCare.ts';

export interface LeftByGit {
  /** Absolute paths that would be in git's way. */
  readonly inTheWay: readonly string[];
  /** Whether a git may still be at it. */
  readonly mayBeRunning: boolean;
}

/** `dataFolder` is absolute. */
export async function leftByGit(dataFolder: string): Promise<LeftByGit> {
  const folder = join(dataFolder, 'workspaces');
  const names = await readdir(folder).catch(() => []);
  const indexLocks = names.map((name) => join(folder, name, 'index.lock'));
  const areThere = await Promise.all(
    indexLocks.map((file) =>
      stat(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  const ofStores = await Promise.all((await storesIn(dataFolder)).map(unfinishedIn));
  const inTheWay = [...indexLocks.filter((_, index) => areThere[index]), ...ofStores.flat()];
  return { inTheWay, mayBeRunning: inTheWay.length > 0 || names.some((name) => name.endsWith('.new')) };
}
