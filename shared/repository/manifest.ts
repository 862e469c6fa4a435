// Lists what a hand-off would ship beyond the last commit, and what it would leave out.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from './openRepository.ts';
import { readState, type RepositoryState } from './repositoryState.ts';
import { isUntracked, type ManifestFile } from './manifestFile.ts';
import { withholdSecrets } from './withholdSecrets.ts';
import { inspectFile, type InspectedFile, type ManifestLimits, type SkippedPath } from './skipReasons.ts';
import { readStatus, untrackedEntry, type StatusEntry } from './workingTreeStatus.ts';
import { readIncluded } from './worktreeInclude.ts';

export interface Manifest {
  readonly files: readonly ManifestFile[];
  readonly sizeBytes: number;
  /** The part of `files` that git doesn't track yet, ignored ones among them. */
  readonly untracked: { readonly count: number; readonly sizeBytes: number };
  readonly skipped: readonly SkippedPath[];
  /** Every file that git ignores and `.worktreeinclude` or the configuration names, also those in `skipped`. */
  readonly included: readonly string[];
  /** Files that are too large to be searched whole for secrets: only their beginning was. */
  readonly partlySearched: readonly string[];
  readonly head: string;
  readonly branch: string | null;
  readonly inProgress: RepositoryState['inProgress'];
  /** True where the repository keeps large files in Git LFS. */
  readonly lfs: boolean;
}

/** Files looked at side by side. */
const batchSize = 256;

/**
 * Reads the manifest; nothing is written. Only files that git doesn't track are left out for their size, and
 * only files that aren't in HEAD for holding a secret. Throws KnownError noCommits.
 */
export async function readManifest(
  repository: Repository,
  limits: ManifestLimits,
  signal: AbortSignal,
): Promise<Manifest> {
  const [state, status, lfs] = await Promise.all([
    readState(repository, signal),
    readStatus(repository, signal),
    usesLfs(repository),
  ]);
  const untrackedPaths = status.entries.filter(({ kind }) => kind === 'untracked').map(({ path }) => path);
  const named = { untracked: new Set(untrackedPaths), patterns: limits.includeIgnored ?? [] };
  const included = await readIncluded(repository, named, signal);
  const entries = [...status.entries, ...included.map(untrackedEntry)];
  const sorted = await sortEntries(repository.root, entries, limits, signal);
  const isIncluded = new Set(included);
  const changed = sorted.files.map((file): ManifestFile =>
    isIncluded.has(file.path) ? { ...file, change: 'included' } : file,
  );
  const searched = await withholdSecrets(repository, changed, signal);
  const unreadable = status.unreadableFolders.map((path): SkippedPath => ({ path, reason: 'unreadable' }));
  const { files, overTotal } = boundTotal(searched.files, limits.totalBytes);
  const untracked = files.filter(isUntracked);
  return {
    files,
    sizeBytes: sumOf(files),
    untracked: { count: untracked.length, sizeBytes: sumOf(untracked) },
    skipped: [...sorted.skipped, ...searched.withheld, ...overTotal, ...unreadable],
    included,
    partlySearched: searched.partly,
    head: state.head,
    branch: state.branch,
    inProgress: state.inProgress,
    lfs,
  };
}

async function sortEntries(
  root: string,
  entries: readonly StatusEntry[],
  limits: ManifestLimits,
  signal: AbortSignal,
): Promise<{ files: ManifestFile[]; skipped: SkippedPath[] }> {
  const files: ManifestFile[] = [];
  const skipped: SkippedPath[] = [];
  for (let start = 0; start < entries.length; start += batchSize) {
    signal.throwIfAborted();
    const batch = entries.slice(start, start + batchSize);
    const inspected = await Promise.all(batch.map(async (entry) => inspectFile(root, entry.path)));
    for (const [index, entry] of batch.entries()) {
      const file = inspected[index] ?? null;
      const reason = skipReason(entry, file, limits);
      if (reason !== undefined) skipped.push({ path: entry.path, reason, sizeBytes: file?.sizeBytes ?? 0 });
      else files.push(...manifestFiles(entry, file));
    }
  }
  return { files: withoutDoubles(files), skipped };
}

function skipReason(
  entry: StatusEntry,
  file: InspectedFile | null,
  limits: ManifestLimits,
): SkippedPath['reason'] | undefined {
  if (entry.isSubmodule) return 'submodule';
  // With every untracked file listed by itself, a folder in the list is a repository of its own.
  if (entry.kind === 'untracked' && entry.path.endsWith('/')) return 'nestedRepository';
  if (file === null) return undefined;
  if (entry.kind === 'untracked' && file.sizeBytes > limits.fileBytes) return 'tooLarge';
  return file.isReadable ? undefined : 'unreadable';
}

/** The rows of one entry: none for a file that came and went since HEAD, two never. */
function manifestFiles(entry: StatusEntry, file: InspectedFile | null): ManifestFile[] {
  const isStaged = entry.kind === 'tracked' && entry.staged !== '.';
  const isGone = file === null || isMissing(entry.fileMode);
  if (isGone && entry.oldPath !== undefined)
    return [{ path: entry.oldPath, change: 'deleted', sizeBytes: 0, isStaged }];
  if (isGone && isMissing(entry.headMode)) return [];
  if (isGone) return [{ path: entry.path, change: 'deleted', sizeBytes: 0, isStaged }];
  return [{ path: entry.path, change: changeOf(entry), sizeBytes: file.sizeBytes, isStaged }];
}

function changeOf(entry: StatusEntry): ManifestFile['change'] {
  if (entry.kind === 'untracked') return 'untracked';
  if (entry.oldPath !== undefined) return 'renamed';
  if (isMissing(entry.headMode)) return 'added';
  // The first two digits tell a file from a link; the rest are permissions.
  return entry.headMode.slice(0, 2) === entry.fileMode.slice(0, 2) ? 'modified' : 'typeChanged';
}

/** A file taken out of the index but kept on disk is listed twice by git; the untracked row is what will be shipped. */
function withoutDoubles(files: readonly ManifestFile[]): ManifestFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** Takes untracked files, smallest first, as long as they fit. */
function boundTotal(
  files: readonly ManifestFile[],
  totalBytes: number,
): { files: ManifestFile[]; overTotal: SkippedPath[] } {
  const untracked = files.filter(isUntracked);
  if (sumOf(untracked) <= totalBytes) return { files: [...files], overTotal: [] };
  const over = new Set<ManifestFile>();
  let taken = 0;
  for (const file of untracked.toSorted((one, other) => one.sizeBytes - other.sizeBytes)) {
    taken += file.sizeBytes;
    if (taken > totalBytes) over.add(file);
  }
  const skip = ({ path, sizeBytes }: ManifestFile): SkippedPath => ({ path, reason: 'tooLarge', sizeBytes });
  return { files: files.filter((file) => !over.has(file)), overTotal: [...over].map(skip) };
}

/** The folder exists once LFS has fetched or stored a file; before that the attributes tell. */
async function usesLfs(repository: Repository): Promise<boolean> {
  if (existsSync(join(repository.commonDir, 'lfs'))) return true;
  const attributes = await readFile(join(repository.root, '.gitattributes'), 'utf8').catch(() => '');
  return attributes.includes('filter=lfs');
}

function isMissing(mode: string): boolean {
  return mode === '000000';
}

function sumOf(files: readonly ManifestFile[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}
