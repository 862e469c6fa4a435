// Finds the file that a model's path means, and refuses every path that leads out of the workspace.
import { constants } from 'node:fs';
import { lstat, open, realpath, type FileHandle } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ToolRefusal } from './tool.ts';

/** A place inside the workspace, links resolved as far as it exists. */
export interface WorkspacePath {
  /** Absolute, without links. */
  readonly absolute: string;
  /** Relative to the workspace, with `/`, as the model should write it; `.` for the workspace itself. */
  readonly shown: string;
  readonly exists: boolean;
}

/**
 * Resolves a path that a model wrote, there or not. Throws ToolRefusal where it leaves the
 * workspace: by `..`, as an absolute path, or through a symbolic link.
 */
export async function resolveInWorkspace(workspace: string, path: string): Promise<WorkspacePath> {
  if (path.includes('\0')) throw new ToolRefusal('The path contains a NUL character.');
  const root = await realpath(workspace);
  const asWritten = await locate(root, workspace, path);
  // A backslash is a letter of a name here, but a model that thinks of Windows means a separator.
  if (asWritten.exists || !path.includes('\\')) return asWritten;
  return locate(root, workspace, path.replaceAll('\\', '/'));
}

/** The same for a place that is to be written: refuses the repository's own data as well. */
export async function resolveForWriting(workspace: string, path: string): Promise<WorkspacePath> {
  const place = await resolveInWorkspace(workspace, path);
  const names = [...place.shown.split('/'), ...path.split(/[\\/]/)];
  if (names.some((name) => isGitName(name))) {
    throw new ToolRefusal(`${path} belongs to git itself and can not be written.`);
  }
  if (place.shown === '.') throw new ToolRefusal('The path names the workspace itself, not a file in it.');
  return place;
}

/** Opens a regular file without following a link that was put there meanwhile; throws ToolRefusal for anything else. */
export async function openFile(place: WorkspacePath, flags: number): Promise<FileHandle> {
  // Without O_NONBLOCK opening a named pipe would wait for its other end.
  const file = await open(place.absolute, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o666);
  const stats = await file.stat();
  if (stats.isFile()) return file;
  await file.close();
  throw new ToolRefusal(
    stats.isDirectory() ? `${place.shown} is a folder.` : `${place.shown} is not a regular file.`,
  );
}

async function locate(root: string, workspace: string, path: string): Promise<WorkspacePath> {
  const wanted = resolve(root, withoutWorkspace(workspace, path));
  if (!isInside(root, wanted)) throw leadsOut(path);
  const { existing, missing } = await nearestExisting(wanted, path);
  const real = await realpath(existing);
  if (!isInside(root, real)) throw leadsOut(path);
  const absolute = join(real, missing);
  const shown = relative(root, absolute).split(sep).join('/');
  return { absolute, shown: shown === '' ? '.' : shown, exists: missing === '' };
}

/** Models learn the absolute folder from their commands: a path below it is as good as a relative one. */
function withoutWorkspace(workspace: string, path: string): string {
  if (/^[a-z]:[\\/]|^\\\\/i.test(path)) throw leadsOut(path);
  return isAbsolute(path) && isInside(workspace, resolve(path)) ? relative(workspace, path) : path;
}

async function nearestExisting(wanted: string, path: string): Promise<{ existing: string; missing: string }> {
  let existing = wanted;
  let missing = '';
  for (;;) {
    if (await exists(existing)) return { existing, missing };
    if (await isLink(existing))
      throw new ToolRefusal(`${path} goes through a symbolic link that leads nowhere.`);
    missing = join(basename(existing), missing);
    existing = dirname(existing);
  }
}

async function exists(path: string): Promise<boolean> {
  return realpath(path).then(
    () => true,
    (error: unknown) => {
      if (isAbsence(error)) return false;
      throw error;
    },
  );
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    (error: unknown) => {
      if (isAbsence(error)) return false;
      throw error;
    },
  );
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** `.git` in all the spellings that some file system takes for it. */
function isGitName(name: string): boolean {
  return /^(\.git|git~\d+)[. ]*(:.*)?$/i.test(name);
}

function leadsOut(path: string): ToolRefusal {
  return new ToolRefusal(
    `${path} leads out of the workspace. Only files of the workspace can be used; write paths relative to its root.`,
  );
}
