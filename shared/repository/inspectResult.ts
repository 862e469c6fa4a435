// Looks at what a returned branch would bring into the working tree, before any of it is written.
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { splitAtNul } from './gitPaths.ts';
import type { Repository } from './openRepository.ts';
import { anySystem, leadsOut, pathHazards, type FileSystemTraits, type PathHazard } from './pathHazards.ts';
import { runsWhenOpened } from './runsWhenOpened.ts';
import { readGit, requireObjectId, runGit } from './userGit.ts';

export interface ResultConcerns {
  /** What this user's file system would make something else of. */
  readonly unsafe: readonly PathHazard[];
  /** The same for other people's systems. */
  readonly unsafeElsewhere: readonly PathHazard[];
  /** Changed files that have something run when the folder is opened. */
  readonly runsWhenOpened: readonly string[];
  /** Changed links that can lead out of the repository. */
  readonly outwardLinks: readonly { readonly path: string; readonly target: string }[];
}

/** What a person should have seen before the branch is checked out, one line each; none where nothing is unusual. */
export function consentNeeded({ runsWhenOpened: files, outwardLinks: links }: ResultConcerns): string[] {
  return [...files, ...links.map(({ path, target }) => `${path} → ${target} (a link out of the repository)`)];
}

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly id: string;
  readonly isNew: boolean;
}

/** What the commit changed since `snapshot`; a snapshot that isn't here counts as empty. */
export async function inspectResult(
  repository: Repository,
  result: { readonly snapshot: string; readonly commit: string },
  signal: AbortSignal,
): Promise<ResultConcerns> {
  const { snapshot, commit } = {
    snapshot: requireObjectId(result.snapshot),
    commit: requireObjectId(result.commit),
  };
  const [present, traits, hooksFolder] = await Promise.all([
    pathsIn(repository, snapshot, signal),
    traitsOf(repository, process.platform, signal),
    hooksFolderOf(repository, signal),
  ]);
  const changed =
    present === null
      ? await entriesIn(repository, commit, signal)
      : await changedEntries(repository, { snapshot, commit }, signal);
  const added = changed.filter(({ isNew }) => isNew).map(({ path }) => path);
  const unsafe = pathHazards(added, present ?? [], traits);
  const here = new Set(unsafe.map(({ path }) => path));
  return {
    unsafe,
    unsafeElsewhere: pathHazards(added, present ?? [], anySystem).filter(({ path }) => !here.has(path)),
    runsWhenOpened: changed.map(({ path }) => path).filter((path) => runsWhenOpened(path, hooksFolder)),
    outwardLinks: await outwardLinks(repository, changed, signal),
  };
}

/** What the file system of the user's working tree does to names, as far as git or the platform tells. */
export async function traitsOf(
  repository: Repository,
  platform: NodeJS.Platform,
  signal: AbortSignal,
): Promise<FileSystemTraits> {
  const [ignoreCase, precompose, hfs, ntfs] = await Promise.all(
    ['core.ignoreCase', 'core.precomposeUnicode', 'core.protectHFS', 'core.protectNTFS'].map((key) =>
      readFlag(repository, key, signal),
    ),
  );
  const isMac = platform === 'darwin';
  const isWindows = platform === 'win32';
  return {
    hasWindowsNames: isWindows || ntfs === true,
    // git finds out when it makes a repository; where it did not say, the platform's usual file system counts.
    foldsCase: ignoreCase ?? (isMac || isWindows || hfs === true || ntfs === true),
    foldsUnicode: isMac || precompose === true || hfs === true,
  };
}

async function readFlag(repository: Repository, key: string, signal: AbortSignal): Promise<boolean | null> {
  const result = await runGit(repository.root, ['config', '--type=bool', '--get', key], { signal });
  return result.exitCode === 0 ? result.stdout.toString().trim() === 'true' : null;
}

/** Relative to the root, with slashes; null where git's hooks lie outside of the working tree. */
async function hooksFolderOf(repository: Repository, signal: AbortSignal): Promise<string | null> {
  const args = ['config', '--type=path', '--get-all', 'core.hooksPath'];
  const { stdout } = await runGit(repository.root, args, { signal });
  // The last one is ours, with which this very command runs no hooks.
  const own = stdout.toString().split('\n').filter(Boolean).slice(0, -1).at(-1);
  if (own === undefined) return null;
  const way = relative(repository.root, resolve(repository.root, own));
  return way === '' || way.startsWith('..') || isAbsolute(way) ? null : way.split(sep).join('/');
}

async function pathsIn(
  repository: Repository,
  commit: string,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const result = await runGit(
    repository.root,
    ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit],
    {
      signal,
    },
  );
  return result.exitCode === 0 ? splitAtNul(result.stdout) : null;
}

async function entriesIn(repository: Repository, commit: string, signal: AbortSignal): Promise<Entry[]> {
  const output = await readGit(repository.root, ['ls-tree', '-r', '-z', '--full-tree', commit], { signal });
  return splitAtNul(output).map((line) => {
    const [mode = '', , id = ''] = line.slice(0, line.indexOf('\t')).split(' ');
    return { path: line.slice(line.indexOf('\t') + 1), mode, id, isNew: true };
  });
}

/** Files that are new or other than before; what was deleted can do no harm. */
async function changedEntries(
  repository: Repository,
  { snapshot, commit }: { readonly snapshot: string; readonly commit: string },
  signal: AbortSignal,
): Promise<Entry[]> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-ext-diff', snapshot, commit];
  const fields = splitAtNul(await readGit(repository.root, args, { signal }));
  const entries: Entry[] = [];
  for (let at = 0; at < fields.length; at += 2) {
    const [, mode = '', , id = '', status = ''] = fields[at]?.split(' ') ?? [];
    if (status !== 'D') entries.push({ path: fields[at + 1] ?? '', mode, id, isNew: status === 'A' });
  }
  return entries;
}

async function outwardLinks(
  repository: Repository,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<ResultConcerns['outwardLinks']> {
  const links: { path: string; target: string }[] = [];
  for (const { path, id } of entries.filter(({ mode }) => mode === '120000')) {
    const target = (await readGit(repository.root, ['cat-file', 'blob', id], { signal })).toString();
    if (leadsOut(path, target)) links.push({ path, target });
  }
  return links;
}
