// Sorts what a filled snapshot index still lacks: left out on purpose, impossible to record, or changed meanwhile.
import type { Repository } from './openRepository.ts';
import { defaultManifestLimits, inspectFile, type SkippedPath } from './skipReasons.ts';
import { searchFile, signsOf } from './secretSearch.ts';
import { readGitlinks } from './snapshotIndex.ts';
import type { StatusEntry, WorkingTreeStatus } from './workingTreeStatus.ts';

export interface Leftovers {
  /** What stays out, with the reason. */
  readonly skipped: readonly SkippedPath[];
  /** Nested repositories that git recorded as links to commits which nobody else has. */
  readonly nestedLinks: readonly string[];
  /** Files that could be recorded and are not. */
  readonly differing: readonly string[];
}

const gitlinkMode = '160000';

/** `status` compares the filled index with HEAD and with the working tree. */
export async function sortLeftovers(
  repository: Repository,
  status: WorkingTreeStatus,
  skip: readonly string[],
  signal: AbortSignal,
): Promise<Leftovers> {
  const isLeftOut = leftOutBy(skip);
  const skipped: SkippedPath[] = status.unreadableFolders.map((path) => ({ path, reason: 'unreadable' }));
  const differing: string[] = [];
  const newLinks: StatusEntry[] = [];
  for (const entry of status.entries) {
    if (isNewLink(entry)) newLinks.push(entry);
    else if (entry.isSubmodule) skipped.push({ path: entry.path, reason: 'submodule' });
    else if (entry.unstaged === '.') continue;
    else {
      const reason = await reasonToStay(repository.root, entry, isLeftOut);
      if (reason === undefined) differing.push(entry.path);
      else skipped.push(reason);
    }
  }
  const known = newLinks.length === 0 ? new Set<string>() : await readGitlinks(repository, signal);
  const nestedLinks = newLinks.map((entry) => entry.path).filter((path) => !known.has(path));
  for (const { path } of newLinks) {
    skipped.push({ path, reason: known.has(path) ? 'submodule' : 'nestedRepository' });
  }
  return { skipped, nestedLinks, differing };
}

async function reasonToStay(
  root: string,
  entry: StatusEntry,
  isLeftOut: (path: string) => boolean,
): Promise<SkippedPath | undefined> {
  const { path } = entry;
  if (entry.kind === 'untracked' && path.endsWith('/')) return { path, reason: 'nestedRepository' };
  const file = await inspectFile(root, path);
  const sizeBytes = file?.sizeBytes ?? 0;
  if (file?.isReadable === false) return { path, reason: 'unreadable', sizeBytes };
  return isLeftOut(path) ? leftOut(root, path, sizeBytes) : undefined;
}

/** The ignored files that would be included and are left out. */
export async function leftOutIncluded(
  repository: Repository,
  paths: readonly string[],
): Promise<SkippedPath[]> {
  const skipped: SkippedPath[] = [];
  for (const path of paths) {
    const file = await inspectFile(repository.root, path);
    if (file !== null) skipped.push(await leftOut(repository.root, path, file.sizeBytes));
  }
  return skipped;
}

/** Why the caller left it out, as far as the file tells. */
async function leftOut(root: string, path: string, sizeBytes: number): Promise<SkippedPath> {
  const { found } = await searchFile(root, path);
  if (found.length > 0) return { path, reason: 'looksSecret', sizeBytes, secrets: signsOf(found) };
  return { path, reason: sizeBytes > defaultManifestLimits.fileBytes ? 'tooLarge' : 'leftOut', sizeBytes };
}

/** True for a path of the list and for what lies in a folder of the list. */
export function leftOutBy(skip: readonly string[]): (path: string) => boolean {
  const paths = new Set(skip.map((path) => path.replace(/\/$/, '')));
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (paths.has(path.slice(0, end))) return true;
    }
    return false;
  };
}

function isNewLink(entry: StatusEntry): boolean {
  return entry.headMode === '000000' && entry.indexMode === gitlinkMode;
}
