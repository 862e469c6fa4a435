// Finds what a person wants to have verified: a task whose result is here, or anything that git takes for a commit.
import { KnownError } from '../../shared/errors/errors.ts';
import type { Repository } from '../../shared/repository/openRepository.ts';
import { readGitLines, runGit } from '../../shared/repository/userGit.ts';

export interface EvidenceTarget {
  /** Commit id. */
  readonly tip: string;
  /** The task that was named; null where a branch or a commit was. */
  readonly taskId: string | null;
  /** As the person wrote it. */
  readonly name: string;
}

const prefix = 'refs/nightjar/tasks/';

/** Offline: of tasks, those whose result was fetched into the repository. Throws KnownError revisionUnknown, taskAmbiguous. */
export async function findEvidenceTarget(
  repository: Repository,
  name: string,
  signal: AbortSignal,
): Promise<EvidenceTarget> {
  const listed = ['for-each-ref', '--format=%(objectname) %(refname)', prefix];
  const tasks = (await readGitLines(repository.root, listed, { signal })).map((line) => {
    const [tip = '', ref = ''] = line.split(' ');
    return { tip, taskId: ref.slice(prefix.length), name };
  });
  const exact = tasks.find(({ taskId }) => taskId === name);
  if (exact !== undefined) return exact;
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const { exitCode, stdout } = await runGit(repository.root, args, { signal });
  if (exitCode === 0) return { tip: stdout.toString().trim(), taskId: null, name };
  const matches = tasks.filter(({ taskId }) => taskId.startsWith(name));
  const [match] = matches;
  if (match === undefined) throw new KnownError('revisionUnknown', { name });
  if (matches.length === 1) return match;
  throw new KnownError('taskAmbiguous', {
    task: name,
    matches: matches
      .slice(0, 5)
      .map(({ taskId }) => taskId)
      .join(', '),
  });
}
