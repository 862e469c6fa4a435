// Takes files that hold secrets out of a manifest, and marks the secrets that a tracked file has got anew.
import { findSecrets, type FoundSecret } from '../secrets/findSecrets.ts';
import type { ManifestFile } from './manifestFile.ts';
import type { Repository } from './openRepository.ts';
import { searchFiles, signsOf, type SearchedFile } from './secretSearch.ts';
import type { SkippedPath } from './skipReasons.ts';
import { runGit } from './userGit.ts';

export interface SearchedManifest {
  readonly files: readonly ManifestFile[];
  readonly withheld: readonly SkippedPath[];
  /** Files of which only the beginning was searched. */
  readonly partly: readonly string[];
}

/**
 * What isn't in HEAD is withheld: the user may not know that it goes along. What is goes along anyway, with its
 * new secrets marked: leaving it out would take the user's own change away.
 */
export async function withholdSecrets(
  repository: Repository,
  files: readonly ManifestFile[],
  signal: AbortSignal,
): Promise<SearchedManifest> {
  const present = files.filter(({ change }) => change !== 'deleted');
  const searched = await searchFiles(
    repository.root,
    present.map(({ path }) => path),
    signal,
  );
  const results = new Map(present.map((file, index) => [file.path, searched[index]] as const));
  const kept: ManifestFile[] = [];
  const withheld: SkippedPath[] = [];
  for (const file of files) {
    const { found = [] } = results.get(file.path) ?? {};
    if (found.length === 0) kept.push(file);
    else if (isNew(file)) withheld.push(withheldPath(file, found));
    else kept.push(await withNewSecrets(repository, file, found, signal));
  }
  const partly = [...results].filter(([, result]) => result?.isPartly === true).map(([path]) => path);
  return { files: kept, withheld, partly };
}

function isNew({ change }: ManifestFile): boolean {
  return change === 'untracked' || change === 'included' || change === 'added';
}

function withheldPath({ path, sizeBytes }: ManifestFile, found: SearchedFile['found']): SkippedPath {
  return { path, reason: 'looksSecret', sizeBytes, secrets: signsOf(found) };
}

/** What HEAD has already ships with the history, and was told when it was new. */
async function withNewSecrets(
  repository: Repository,
  file: ManifestFile,
  found: readonly FoundSecret[],
  signal: AbortSignal,
): Promise<ManifestFile> {
  const { exitCode, stdout } = await runGit(repository.root, ['cat-file', 'blob', `HEAD:${file.path}`], {
    signal,
  });
  const before = exitCode === 0 ? findSecrets(file.path, stdout.toString('latin1')) : [];
  const known = new Set(before.map(({ kind, value }) => `${kind} ${value}`));
  const secrets = signsOf(found.filter(({ kind, value }) => !known.has(`${kind} ${value}`)));
  return secrets.length === 0 ? file : { ...file, secrets };
}
