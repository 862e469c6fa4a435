// Says in plain words why git refuses an object that arrived: what fsck found, not how it calls it.
import { KnownError } from '../errors/errors.ts';

/** By fsck's names. What is not here is told in git's own words. */
const flaws: Readonly<Record<string, string>> = {
  hasDotgit: 'a file or folder with a name that stands for .git',
  hasDotdot: 'a folder named “..”, which leads out of the repository',
  hasDot: 'a folder named “.”',
  fullPathname: 'a name with a slash in it, which can lead anywhere',
  emptyName: 'a file without a name',
  largePathname: 'a file name of more than 4096 bytes',
  duplicateEntries: 'a folder that holds the same name twice',
  treeNotSorted: 'a folder whose entries are out of order',
  zeroPaddedFilemode: 'a file mode in a form that git does not write',
  nullSha1: 'an entry that points nowhere',
  badTree: 'a folder that git cannot read',
  gitmodulesSymlink: 'a .gitmodules that is a link',
  gitmodulesBlob: 'a .gitmodules that is no file',
  gitmodulesUrl: 'a .gitmodules with an address that git would take for a command-line option',
  gitmodulesPath: 'a .gitmodules with a path that git would take for a command-line option',
  gitmodulesName: 'a .gitmodules with a name that leads out of its folder',
  gitmodulesUpdate: 'a .gitmodules that has a command run',
  nulInHeader: 'a commit with a NUL byte in its header',
};

/** The error for the words of a git that checked objects; null where they tell of something else, such as damage. */
export function refusalOf(words: string): KnownError | null {
  const [, object, flaw] = /\bobject ([0-9a-f]{40,64}): (\w+): /.exec(words) ?? [];
  if (object === undefined || flaw === undefined) return null;
  const detail = Object.hasOwn(flaws, flaw) ? `${flaws[flaw]} (object ${object}, ${flaw})` : words;
  return new KnownError('objectsRefused', { detail });
}
