// Copies what a set-up has made: out of a place from outside, and into one from inside its sandbox.
import { mkdir, readdir, realpath, statfs } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { runProcess, type ProcessResult } from '../../shared/host/processes.ts';
import { runGit, type GitOptions } from '../host/git.ts';
import { privateFolders } from '../host/privateFolders.ts';
import type { Sandbox, SandboxPlace } from '../tasks/ports.ts';
import { diskBytes } from './diskBytes.ts';

/** Files and folders that a set-up may make at the most, counted by the topmost. */
const mostMade = 500;

/**
 * Milliseconds that copying may take in any case; above that no more than twice as long as the set-up took: what takes
 * longer is better made anew.
 */
const leastMs = 10_000;

/** Downloads that nobody needs once they are unpacked. */
const downloads: ReadonlySet<string> = new Set(['.npm', '.cache/pip', '.cache/yarn', '.cache/node-gyp']);

/**
 * Copies with links as links, and shares blocks where the file system can; a hard link would be one file for all.
 * Null where there is no such program.
 */
const copyProgram: readonly string[] | null =
  process.platform === 'win32'
    ? null
    : process.platform === 'darwin'
      ? ['cp', '-Rpc']
      : ['cp', '-a', '--reflink=auto'];

interface Taking {
  readonly store: string;
  /** Absolute; the index for the store and the home of the commands lie beside it. */
  readonly workspace: string;
  /** Names of the runner's variables that the set-up was granted. */
  readonly secrets: readonly string[];
  /** Absolute; is made, with `workspace` and `home` in it. */
  readonly target: string;
  /** Bytes that have to be free on the disk. */
  readonly leastFreeBytes: number;
  /** Milliseconds that the set-up took. */
  readonly setUpMs: number;
}

interface Taken {
  readonly made: string[];
  readonly bytes: number;
}

/** Copies all that the set-up has made to `target`; a string says why it can't be of use elsewhere. */
export async function takeSetUp(taking: Taking, signal: AbortSignal): Promise<Taken | string> {
  const { workspace, target, leastFreeBytes, setUpMs } = taking;
  if (copyProgram === null) return 'this system has no program that copies it';
  const made = await madeIn(taking, signal);
  if (typeof made === 'string') return made;
  const { home } = privateFolders(workspace);
  const parts = [
    { from: workspace, names: made, to: join(target, 'workspace') },
    { from: home, names: await neededIn(home), to: join(target, 'home') },
  ];
  if (parts.every(({ names }) => names.length === 0)) return 'it has made nothing';
  const { bavail, bsize } = await statfs(workspace);
  if (bavail * bsize < leastFreeBytes) return 'the disk has too little room';
  const deadline = AbortSignal.timeout(Math.max(Math.ceil(2 * setUpMs), leastMs));
  const either = AbortSignal.any([signal, deadline]);
  try {
    for (const { from, names } of parts)
      if (await holdsAny(from, names, await ownWords(taking), either))
        return 'it holds the path of its workspace, or a secret';
    for (const part of parts) await copyParts(part, either);
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.aborted) throw error;
    return 'copying it takes far longer than doing it again';
  }
  return { made, bytes: await diskBytes(target, signal) };
}

/** The topmost paths that git does not track; a string where files that it tracks have changed. */
async function madeIn({ store, workspace }: Taking, signal: AbortSignal): Promise<string[] | string> {
  const indexFile = join(dirname(workspace), 'index');
  const options: GitOptions = { gitDir: store, workTree: workspace, indexFile, signal };
  const changed = await runGit(['ls-files', '--modified', '--deleted', '-z'], options);
  if (changed.stdout.length > 0) return 'it has changed files that git tracks';
  const { stdout } = await runGit(['ls-files', '--others', '--directory', '-z'], options);
  const text = stdout.toString('utf8');
  const made = text.split('\0').filter((path) => path !== '');
  if (!Buffer.from(text).equals(stdout)) return 'it has made files with names that are no text';
  if (made.length > mostMade) return `it has made more than ${mostMade} files in folders that git tracks`;
  return made.map((path) => path.replace(/\/$/, ''));
}

/** What lies in the home, without what only installing needs. */
async function neededIn(home: string): Promise<string[]> {
  const topmost = await namesIn(home);
  const cached = topmost.includes('.cache') ? await namesIn(join(home, '.cache')) : [];
  const names = [...topmost.filter((name) => name !== '.cache'), ...cached.map((name) => `.cache/${name}`)];
  return names.filter((name) => !downloads.has(name));
}

/** What is right in one place only: the path of the place (elsewhere it would lead astray), and what its task was granted. */
async function ownWords({ workspace, secrets }: Taking): Promise<readonly string[]> {
  const place = dirname(workspace);
  const values = secrets.flatMap((name) => (process.env[name] ?? '').split('\n'));
  return [...new Set([place, await realpath(place), ...values.filter((value) => value.length >= 6)])];
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

/** Whether a file has one of the words in it, or a link leads to one. */
async function holdsAny(
  folder: string,
  names: readonly string[],
  words: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  if (names.length === 0) return false;
  const roots = names.map((name) => `./${name}`);
  // Words go in by standard input: whoever sees which processes run must not see a secret.
  const inFiles = await runIn(folder, ['grep', '-rqF', '-f', '-', '--', ...roots], signal, words.join('\n'));
  // 2: there was something that it could not read.
  if (inFiles.exitCode !== 1) return true;
  const links = words
    .filter((word) => isAbsolute(word))
    .flatMap((path) => ['-o', '-lname', `${path.replaceAll(/[\\*?[\]]/g, '\\$&')}*`]);
  const found = await runIn(folder, ['find', ...roots, '(', ...links.slice(1), ')', '-print'], signal);
  return found.exitCode !== 0 || found.stdout.length > 0;
}

async function copyParts(
  { from, names, to }: { readonly from: string; readonly names: readonly string[]; readonly to: string },
  signal: AbortSignal,
): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const [parent, together] of Map.groupBy(names, (name) => dirname(name))) {
    const target = join(to, parent);
    await mkdir(target, { recursive: true });
    const roots = together.map((name) => `./${name}`);
    const { exitCode, stderr } = await runIn(from, [...(copyProgram ?? []), ...roots, target], signal);
    if (exitCode !== 0) throw new Error(`cp: ${stderr.toString('utf8').trim().slice(-2_000)}`);
  }
}

async function runIn(
  cwd: string,
  [file = '', ...args]: readonly string[],
  signal: AbortSignal,
  input = '',
): Promise<ProcessResult> {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
  return runProcess({ file, args, cwd, env, signal, input, collectBytes: 64 * 1024 });
}

interface Giving {
  readonly sandbox: Sandbox;
  readonly place: SandboxPlace;
  /** Absolute; what `takeSetUp` made. */
  readonly source: string;
  readonly timeoutMs: number;
}

/**
 * Copies it into the place; false where that fails, and then some of it may be there. In the sandbox of the place, since
 * a link that an agent has committed could lead anybody else who writes there out of it.
 */
export async function giveSetUp(
  { sandbox, place, source, timeoutMs }: Giving,
  signal: AbortSignal,
): Promise<boolean> {
  const copy = (copyProgram ?? []).join(' ');
  const line = `${copy} "$1/workspace/." . && ${copy} "$1/home/." "$HOME/"`;
  const { exitCode, timedOut } = await sandbox.ask({
    command: ['sh', '-c', line, 'sh', source],
    place: { ...place, readable: [...place.readable, source] },
    ...{ timeoutMs, signal, outputBytes: 0 },
  });
  return exitCode === 0 && !timedOut;
}
