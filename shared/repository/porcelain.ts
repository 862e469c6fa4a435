// The one place where simple-git is configured: for what a person would do by hand, hooks and identity included.
import { simpleGit, type SimpleGit } from 'simple-git';
import type { Repository } from './openRepository.ts';
import { keptGitVariables } from './userGit.ts';

/** Who commits, where it is set for a whole session rather than in the configuration. */
const identityVariables = [
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
];

/**
 * git's porcelain in the user's working tree. simple-git takes all other `GIT_*`, editors and pagers out of
 * the environment by itself; none of its `unsafe` switches is on, since no caller needs one.
 */
export function porcelain(repository: Repository, signal: AbortSignal): SimpleGit {
  return simpleGit({
    baseDir: repository.root,
    abort: signal,
    // The user's configuration and identity stay where the user keeps them; nothing here comes from a task or a repository.
    allowEnvironment: [...keptGitVariables, ...identityVariables],
  });
}
