// Makes the first commit of a repository that has none, as the user would: their identity, their hooks.
import { KnownError } from '../errors/errors.ts';
import type { Repository } from './openRepository.ts';
import { porcelain } from './porcelain.ts';
import { readHead } from './repositoryState.ts';
import { gitWords } from './userGit.ts';

/**
 * Adds every file that isn't ignored and commits. Returns the commit's id.
 * Throws KnownError firstCommitFailed with git's own words (no identity, a hook that refuses, no files).
 */
export async function makeFirstCommit(
  repository: Repository,
  message: string,
  signal: AbortSignal,
): Promise<string> {
  const git = porcelain(repository, signal);
  try {
    await git.add(['-A']);
    await git.commit(message);
    return await readHead(repository, signal);
  } catch (error) {
    signal.throwIfAborted();
    const isEmpty = error instanceof KnownError && error.code === 'noCommits';
    const detail = isEmpty
      ? 'there is no file to commit.'
      : gitWords(error instanceof Error ? error.message : '');
    throw new KnownError('firstCommitFailed', { detail }, error);
  }
}
