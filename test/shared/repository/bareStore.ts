// A runner's store as the shipping tests need it: bare, strict about every object, told of shallow edges beforehand.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from '../../../shared/repository/bundle.ts';
import { git, runGitAnyway, type ScratchRepository } from './scratchRepository.ts';

export interface BareStore {
  readonly folder: string;
  /** Fetches a bundle's snapshot; the store must be whole afterwards. */
  readonly receive: (bundle: Bundle, ref: string) => Promise<void>;
  /** Which of these commits the store has. */
  readonly known: (ids: readonly string[]) => Promise<string[]>;
}

export async function bareStore(scratch: ScratchRepository, name: string): Promise<BareStore> {
  const folder = join(scratch.folder, name);
  await scratch.git('init', '--quiet', '--bare', folder);
  return {
    folder,
    receive: async (bundle, ref) => {
      if (bundle.isShallow)
        await appendFile(join(folder, 'shallow'), bundle.shallow.map((id) => `${id}\n`).join(''));
      await git(
        folder,
        '-c',
        'fetch.fsckObjects=true',
        'fetch',
        '--quiet',
        '--no-tags',
        bundle.file,
        `+${ref}:${ref}`,
      );
      await git(folder, 'fsck', '--connectivity-only', '--no-dangling');
    },
    known: async (ids) => {
      const found = await Promise.all(
        ids.map(async (id) => runGitAnyway(folder, 'cat-file', '-e', `${id}^{commit}`)),
      );
      return ids.filter((_, index) => found[index]?.exitCode === 0);
    },
  };
}
