// Takes a task's result from a bundle into a ref of its own; nothing is checked out.
import { KnownError } from '../errors/errors.ts';
import { checkBundleObjects } from './bundleObjects.ts';
import { refusalOf } from './objectFlaws.ts';
import type { Repository } from './openRepository.ts';
import {
  GitFailure,
  nightjarRef,
  readGit,
  readGitLine,
  readGitLines,
  requireObjectId,
  runGit,
} from './userGit.ts';

/**
 * Verifies the bundle and fetches it, every object checked, into `refs/nightjar/tasks/<taskId>`.
 * Throws KnownError bundleCorrupted, objectsRefused; the ref then is what it was.
 */
export async function receiveResult(
  repository: Repository,
  result: { readonly taskId: string; readonly bundleFile: string },
  signal: AbortSignal,
): Promise<{ ref: string; commit: string }> {
  const ref = nightjarRef('tasks', result.taskId);
  try {
    await readGit(repository.root, ['bundle', 'verify', '--quiet', result.bundleFile], { signal });
    const source = await shippedRef(repository, { bundleFile: result.bundleFile, ref }, signal);
    await checkBundleObjects(repository.root, result.bundleFile, signal);
    await readGit(repository.root, fetchArgs(result.bundleFile, `+${source}:${ref}`), { signal });
    return {
      ref,
      commit: await readGitLine(repository.root, ['rev-parse', '--verify', `${ref}^{commit}`], { signal }),
    };
  } catch (error) {
    if (error instanceof GitFailure)
      throw refusalOf(error.message) ?? new KnownError('bundleCorrupted', { detail: error.message }, error);
    throw error;
  }
}

/** Which of a result's ancestors are here already, so that the runner may leave them out of its bundle. */
export async function resultHave(
  repository: Repository,
  taskId: string,
  base: string,
  signal: AbortSignal,
): Promise<string[]> {
  const names = [requireObjectId(base), nightjarRef('tasks', taskId)];
  const found = await Promise.all(
    names.map(async (name) => {
      const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
      return runGit(repository.root, args, { signal });
    }),
  );
  const ids = found
    .filter((result) => result.exitCode === 0)
    .map((result) => result.stdout.toString().trim());
  return [...new Set(ids)];
}

/** The name under which the bundle holds the result: the task's own ref, or the only one there is. */
async function shippedRef(
  repository: Repository,
  bundle: { readonly bundleFile: string; readonly ref: string },
  signal: AbortSignal,
): Promise<string> {
  const heads = await readGitLines(repository.root, ['bundle', 'list-heads', bundle.bundleFile], { signal });
  const names = heads.map((line) => line.slice(line.indexOf(' ') + 1));
  const name = names.includes(bundle.ref) ? bundle.ref : names[0];
  const isClear = name === bundle.ref || (names.length === 1 && name?.startsWith('refs/') === true);
  if (name === undefined || !isClear)
    throw new KnownError('bundleCorrupted', { detail: 'it does not hold one result.' });
  await readGit(repository.root, ['check-ref-format', name], { signal });
  return name;
}

/** Fetches just this refspec, whatever the user's own settings for fetching are. */
function fetchArgs(bundleFile: string, refspec: string): string[] {
  const only = ['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-prune'];
  return [
    '-c',
    'fetch.fsckObjects=true',
    'fetch',
    '--quiet',
    ...only,
    '--end-of-options',
    bundleFile,
    refspec,
  ];
}
