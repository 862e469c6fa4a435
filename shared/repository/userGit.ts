// Runs git's plumbing in the user's repository: their configuration and filters, but no hooks, no locks, no prompts.
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { KnownError } from '../errors/errors.ts';
import { runProcess } from '../host/processes.ts';

/** Bytes of output that a call may give; git status of a million files is a tenth of it. */
const outputBytes = 1024 * 1024 * 1024;

/**
 * What of git's own variables reaches git: where the user's configuration lies. The rest (`GIT_DIR`,
 * `GIT_INDEX_FILE`, … as set inside a hook) would make git work on another repository than the one we name.
 */
export const keptGitVariables: readonly string[] = [
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_EXEC_PATH',
];

const settings = [
  'core.hooksPath=/dev/null',
  'core.quotePath=false',
  // A full index in our own file; a split one would write its shared half into the user's git folder.
  'core.splitIndex=false',
  // The user's wish to be stopped on mixed line ends is for their commits; here it would stop the hand-off.
  'core.safecrlf=false',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'i18n.commitEncoding=utf-8',
  'advice.addEmbeddedRepo=false',
].flatMap((setting) => ['-c', setting]);

export interface GitOptions {
  readonly signal: AbortSignal;
  /** Variables beside the fixed ones. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array | Readable;
  /** Called with each piece of standard output, which is not collected then; must not throw. */
  readonly onStdout?: (chunk: Buffer) => void;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A git command that ended with another exit code than 0; `message` is git's own words. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
  readonly exitCode: number;

  constructor(args: readonly string[], result: GitResult) {
    super(gitWords(result.stderr) || `git ${args[0] ?? ''} ended with exit code ${result.exitCode}`);
    this.exitCode = result.exitCode;
  }
}

/**
 * Runs git in `folder` to its end, whatever its exit code.
 * Throws KnownError gitMissing, and notARepository where the folder itself is missing.
 */
export async function runGit(
  folder: string,
  args: readonly string[],
  options: GitOptions,
): Promise<GitResult> {
  try {
    const result = await runProcess({
      file: 'git',
      args: [...settings, ...args],
      cwd: folder,
      env: { ...environment(), ...options.env },
      signal: options.signal,
      collectBytes: outputBytes,
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.onStdout === undefined ? {} : { onStdout: options.onStdout }),
    });
    if (result.stdout.length >= outputBytes)
      throw new Error(`git ${args[0] ?? ''} wrote over ${outputBytes} bytes`);
    return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr.toString() };
  } catch (error) {
    if (!isMissingFile(error)) throw error;
    throw existsSync(folder)
      ? new KnownError('gitMissing', {}, error)
      : new KnownError('notARepository', { path: folder }, error);
  }
}

/** Standard output of a git command that must succeed; throws GitFailure where it doesn't. */
export async function readGit(folder: string, args: readonly string[], options: GitOptions): Promise<Buffer> {
  const result = await runGit(folder, args, options);
  if (result.exitCode !== 0) throw new GitFailure(args, result);
  return result.stdout;
}

/** The same as text without the line end that closes it. */
export async function readGitLine(
  folder: string,
  args: readonly string[],
  options: GitOptions,
): Promise<string> {
  return (await readGit(folder, args, options)).toString().replace(/\n$/, '');
}

/** The same as lines. */
export async function readGitLines(
  folder: string,
  args: readonly string[],
  options: GitOptions,
): Promise<string[]> {
  return (await readGit(folder, args, options))
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

/** What git said went wrong, on one line, without its prefixes. */
export function gitWords(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(hint|warning): /.test(line))
    .map((line) => line.replace(/^(fatal|error): /, '').trim())
    .slice(0, 8)
    .join(' ');
}

/** Fails for anything but a full object id, so that nothing else is ever read as an option or a range. */
export function requireObjectId(id: string): string {
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id)) throw new Error(`not an object id: ${JSON.stringify(id)}`);
  return id;
}

/** `refs/nightjar/<kind>/<id>`; fails for an id that git would not take as one part of a ref's name. */
export function nightjarRef(kind: 'snapshots' | 'tasks' | 'evidence' | 'keys', id: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(id))
    throw new Error(`not an id for a ref: ${JSON.stringify(id)}`);
  return `refs/nightjar/${kind}/${id}`;
}

function environment(): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.toUpperCase().startsWith('GIT_') || keptGitVariables.includes(name.toUpperCase()),
  );
  return {
    ...Object.fromEntries(inherited),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'file',
    // A few of git's messages are read; they must come in its own language.
    LC_ALL: 'C',
  };
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
