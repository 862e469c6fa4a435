// Finds the repository that a folder belongs to, and what tells it from every other.
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { KnownError } from '../errors/errors.ts';
import { gitWords, runGit } from './userGit.ts';

export interface Repository {
  /** Top of the working tree, a real path. */
  readonly root: string;
  /** The git folder of this working tree: a linked worktree has its own. */
  readonly gitDir: string;
  /** The git folder that all worktrees of the repository share. */
  readonly commonDir: string;
  /** 32 hex digits; the same for every worktree of one repository on one machine. */
  readonly id: string;
  /** Folder name of the main repository, for people. */
  readonly name: string;
}

/**
 * Opens the repository around `folder`; a folder inside opens the whole repository.
 * Throws KnownError gitMissing, notARepository, bareRepository, repositoryRefused.
 */
export async function openRepository(folder: string, signal: AbortSignal): Promise<Repository> {
  const ask = async (question: string): Promise<string> => {
    const result = await runGit(folder, ['rev-parse', question], { signal });
    if (result.exitCode === 0) return result.stdout.toString().replace(/\n$/, '');
    throw await refusalOf(folder, result.stderr, signal);
  };
  const [root, gitDir, commonDir] = await Promise.all([
    ask('--show-toplevel').then(async (path) => realpath(path)),
    ask('--absolute-git-dir').then(async (path) => realpath(path)),
    ask('--git-common-dir').then(async (path) => realpath(resolve(folder, path))),
  ]);
  return { root, gitDir, commonDir, id: await repositoryId(commonDir), name: repositoryName(commonDir) };
}

async function refusalOf(folder: string, words: string, signal: AbortSignal): Promise<KnownError> {
  if (/not a git repository/.test(words)) return new KnownError('notARepository', { path: folder });
  if (!/must be run in a work tree/.test(words))
    return new KnownError('repositoryRefused', { path: folder, detail: gitWords(words) });
  const { stdout } = await runGit(folder, ['rev-parse', '--is-bare-repository'], { signal });
  const isBare = stdout.toString().trim() === 'true';
  return new KnownError(isBare ? 'bareRepository' : 'notARepository', { path: folder });
}

async function repositoryId(commonDir: string): Promise<string> {
  const hash = createHash('sha256').update(`${await machineId()}\0${commonDir}`);
  return hash.digest('hex').slice(0, 32);
}

async function machineId(): Promise<string> {
  try {
    return (await readFile('/etc/machine-id', 'utf8')).trim() || hostname();
  } catch {
    return hostname();
  }
}

function repositoryName(commonDir: string): string {
  const name = basename(commonDir);
  return name === '.git' ? basename(dirname(commonDir)) : name.replace(/\.git$/, '');
}
