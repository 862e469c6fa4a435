// Runs git on the runner: always against a named git folder, with nothing of the machine's or the agent's configuration.
import { KnownError } from '../../shared/errors/errors.ts';
import { runProcess, type ProcessOptions, type ProcessResult } from '../../shared/host/processes.ts';
import { hasNoRoom, isDiskFull } from './diskFull.ts';

const defaultTimeoutMs = 10 * 60_000;

export interface GitOptions extends Pick<
  ProcessOptions,
  'input' | 'signal' | 'timeoutMs' | 'onStdout' | 'collectBytes'
> {
  /** Absolute. Always named, so that git never looks for a repository in a folder that an agent can write. */
  readonly gitDir: string;
  /** Absolute; only for commands that read or write files. */
  readonly workTree?: string;
  /** Absolute; without it the index of `gitDir`. */
  readonly indexFile?: string;
  /** Variables beside the fixed ones, such as the dates of a commit. */
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are an answer, not a failure. Default only 0. */
  readonly acceptedExitCodes?: readonly number[];
}

/** A git command that failed; the message has git's own words. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

/** What an agent could plant in configuration is switched off here; command-line settings win over every file. */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'safe.bareRepository=explicit',
  'protocol.ext.allow=never',
  // What an event names has to be on the disk before the event is, or a power cut takes the work and leaves the word of it.
  'core.fsync=all',
  'core.fsyncMethod=batch',
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'diff.ignoreSubmodules=all',
  'advice.addEmbeddedRepo=false',
].flatMap((setting) => ['-c', setting]);

const fixedEnvironment = {
  /** So that a git that outlived its runner is found. */
  NIGHTJAR_GIT: '1',
  HOME: '/dev/null',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'true',
  GIT_PAGER: 'cat',
  GIT_EDITOR: 'true',
  GIT_ALLOW_PROTOCOL: 'file',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
};

/**
 * Runs `git <args>` and returns what it printed.
 * Throws `GitError` for an exit code that isn't accepted and for the time-out; KnownError `diskFull`, `gitMissing`.
 */
export async function runGit(args: readonly string[], options: GitOptions): Promise<ProcessResult> {
  const { gitDir, workTree, indexFile, env, acceptedExitCodes = [0], ...rest } = options;
  const result = await runProcess({
    timeoutMs: defaultTimeoutMs,
    ...rest,
    file: 'git',
    args: [...settings, ...args],
    env: {
      PATH: process.env['PATH'],
      // Windows programs don't start without it.
      SystemRoot: process.env['SystemRoot'],
      ...fixedEnvironment,
      ...env,
      GIT_DIR: gitDir,
      GIT_WORK_TREE: workTree,
      GIT_INDEX_FILE: indexFile,
    },
  }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new KnownError('gitMissing', {}, error);
    throw error;
  });
  if (!result.timedOut && acceptedExitCodes.includes(result.exitCode)) return result;
  const error = new GitError(`git ${args[0] ?? ''}: ${wordsOf(result)}`);
  // Checking out, git says only that a file could not be written, not why.
  const isFull =
    isDiskFull(error) || (/unable to write/.test(error.message) && (await hasNoRoom(workTree ?? gitDir)));
  throw isFull ? new KnownError('diskFull', { path: workTree ?? gitDir }, error) : error;
}

/** The same, for commands that print one short line. */
export async function readGit(args: readonly string[], options: GitOptions): Promise<string> {
  return (await runGit(args, options)).stdout.toString('utf8').trim();
}

function wordsOf(result: ProcessResult): string {
  if (result.timedOut) return 'took too long and was ended';
  return result.stderr.toString('utf8').trim().slice(-2_000) || `ended with exit code ${result.exitCode}`;
}
