// A fingerprint of all that belongs to the user in a repository: to prove that a hand-off changed none of it.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { git } from './sampleProject.ts';

/** What a hand-off must leave alone, each part as a hash or as git's own words. */
export interface UserState {
  /** The bytes of the index. */
  readonly index: string;
  /** All files of the working tree with their contents. */
  readonly files: string;
  /** All refs but Nightjar's own, with what they point to. */
  readonly refs: string;
  readonly stash: string;
  readonly head: string;
}

export async function readUserState(folder: string, signal: AbortSignal): Promise<UserState> {
  const refs = await git(folder, ['for-each-ref', '--format=%(refname) %(objectname)'], signal);
  return {
    index: hash(await readFile(join(folder, '.git', 'index'))),
    files: await hashFiles(folder),
    refs: refs
      .split('\n')
      .filter((line) => !/^refs\/(?:nightjar\/|notes\/nightjar )/.test(line))
      .join('\n'),
    stash: await git(folder, ['stash', 'list'], signal),
    head: await readFile(join(folder, '.git', 'HEAD'), 'utf8'),
  };
}

/** The parts in which two states differ; none when nothing was changed. */
export function changedParts(before: UserState, after: UserState): string[] {
  return (Object.keys(before) as (keyof UserState)[]).filter((part) => before[part] !== after[part]);
}

async function hashFiles(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(folder, '.git') + sep))
    .sort();
  const lines = await Promise.all(paths.map(async (path) => `${path} ${hash(await readFile(path))}`));
  return hash(lines.join('\n'));
}

function hash(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
