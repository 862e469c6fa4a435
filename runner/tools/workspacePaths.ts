// Reads the path that a model wrote as one relative to the workspace, and refuses what can't be meant for a file in it.
import { relative, resolve, sep } from 'node:path';
import { ToolRefusal } from './tool.ts';

/**
 * The path relative to the workspace (absolute), `.` for itself. Links are followed where the path is used, inside the
 * sandbox. Throws ToolRefusal where it leads out by itself.
 */
export function relativePath(workspace: string, path: string): string {
  if (path.includes('\0')) throw new ToolRefusal('The path contains a NUL character.');
  if (/^[a-z]:[\\/]|^\\\\/i.test(path) || path.split('\\').includes('..')) throw leadsOut(path);
  // Models learn the absolute folder from their commands: a path below it is as good as a relative one.
  const wanted = resolve(workspace, path);
  if (!isInside(workspace, wanted)) throw leadsOut(path);
  const found = relative(workspace, wanted).split(sep).join('/');
  return found === '' ? '.' : found;
}

/** A backslash is a letter of a name here, but a model that thinks of Windows means a separator: null where there is none. */
export function withSlashes(path: string): string | null {
  return path.includes('\\') ? path.replaceAll('\\', '/') : null;
}

/** Throws ToolRefusal where the path names the repository's own data, or no file at all. */
export function refuseUnwritable(path: string, shown: string): void {
  const names = [...shown.split('/'), ...path.split(/[\\/]/)];
  if (names.some((name) => isGitName(name)))
    throw new ToolRefusal(`${path} belongs to git itself and can not be written.`);
  if (shown === '.') throw new ToolRefusal('The path names the workspace itself, not a file in it.');
}

export function leadsOut(path: string): ToolRefusal {
  return new ToolRefusal(
    `${path} leads out of the workspace. Only files of the workspace can be used; write paths relative to its root.`,
  );
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** `.git` in all the spellings that some file system takes for it. */
function isGitName(name: string): boolean {
  return /^(\.git|git~\d+)[. ]*(:.*)?$/i.test(name);
}
