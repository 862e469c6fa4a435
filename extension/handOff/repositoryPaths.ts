// Turns paths of the editor into paths of a repository, also where a folder was opened through a link.
import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';

/** The path relative to the repository's root, with slashes; undefined for the root itself and for what lies outside. */
export type RelativePath = (path: string) => string | undefined;

/** `root` is a real path; `folder` is the opened folder as the editor names it. */
export async function repositoryPaths(root: string, folder: string): Promise<RelativePath> {
  const realFolder = await realpath(folder);
  return (path) => {
    const inFolder = wayInside(folder, path);
    const way = wayInside(root, inFolder === undefined ? path : join(realFolder, inFolder));
    return way === undefined || way === '' ? undefined : way.split(sep).join('/');
  };
}

function wayInside(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? undefined : way;
}
