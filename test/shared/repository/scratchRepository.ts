// A git repository in a temporary folder for tests, and independent readings of what it holds.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  lstat,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProcess } from '../../../shared/host/processes.ts';
import { openRepository, type Repository } from '../../../shared/repository/openRepository.ts';

/** A signal that nothing aborts. */
export const calm = new AbortController().signal;

/** Acts with a variable set in this process's environment. */
export async function withVariable<T>(name: string, value: string, act: () => Promise<T>): Promise<T> {
  const before = process.env[name];
  process.env[name] = value;
  try {
    return await act();
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before;
  }
}

/** Runs git as a user would; fails where git fails. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const result = await runGitAnyway(folder, ...args);
  assert.equal(
    result.exitCode,
    0,
    `git ${args.join(' ')}: ${result.stderr.toString()}${result.stdout.toString()}`,
  );
  return result.stdout.toString();
}

export async function runGitAnyway(folder: string, ...args: string[]) {
  const env = { ...process.env, LC_ALL: 'C', GIT_EDITOR: 'true' };
  return runProcess({ file: 'git', args, cwd: folder, env, signal: calm });
}

export class ScratchRepository implements AsyncDisposable {
  readonly folder: string;
  readonly root: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.root = join(folder, 'project');
  }

  /** A repository with an identity and no commits. */
  static async empty(): Promise<ScratchRepository> {
    const scratch = new ScratchRepository(await realpath(await mkdtemp(join(tmpdir(), 'nightjar-test-'))));
    await mkdir(scratch.root);
    await scratch.git('init', '--quiet', '--initial-branch=main');
    await scratch.git('config', 'user.name', 'Ada');
    await scratch.git('config', 'user.email', 'ada@example.org');
    return scratch;
  }

  /** A repository with one commit of the given files. */
  static async with(files: Readonly<Record<string, string>>): Promise<ScratchRepository> {
    const scratch = await ScratchRepository.empty();
    for (const [path, content] of Object.entries(files)) await scratch.write(path, content);
    await scratch.commit('first');
    return scratch;
  }

  async git(...args: string[]): Promise<string> {
    return git(this.root, ...args);
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  async commit(message: string): Promise<string> {
    await this.git('add', '-A');
    await this.git('commit', '--quiet', '--allow-empty', '-m', message);
    return (await this.git('rev-parse', 'HEAD')).trim();
  }

  async open(): Promise<Repository> {
    return openRepository(this.root, calm);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A tree's files as git has them: `mode id`, by path with one character for each byte. */
export async function filesOfTree(root: string, tree: string): Promise<Record<string, string>> {
  const result = await runGitAnyway(root, 'ls-tree', '-r', '-z', '--full-tree', tree);
  assert.equal(result.exitCode, 0, result.stderr.toString());
  const lines = result.stdout
    .toString('latin1')
    .split('\0')
    .filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const tab = line.indexOf('\t');
      const [mode, , id] = line.slice(0, tab).split(' ');
      return [line.slice(tab + 1), `${mode ?? ''} ${id ?? ''}`];
    }),
  );
}

/** The same for a folder, read without git. */
export async function filesOfFolder(root: string): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  const visit = async (folder: Buffer, prefix: string): Promise<void> => {
    for (const entry of await readdir(folder, { encoding: 'buffer', withFileTypes: true })) {
      const name = entry.name.toString('latin1');
      const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
      if (name === '.git') continue;
      if (entry.isDirectory()) await visit(path, `${prefix}${name}/`);
      else if (entry.isSymbolicLink())
        found.push([prefix + name, `120000 ${blobId(await linkTarget(path))}`]);
      else if (entry.isFile()) {
        const mode = ((await lstat(path)).mode & 0o100) === 0 ? '100644' : '100755';
        found.push([prefix + name, `${mode} ${blobId(await readFile(path))}`]);
      }
    }
  };
  await visit(Buffer.from(root), '');
  return Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function linkTarget(path: Buffer): Promise<Buffer> {
  return readlink(path, { encoding: 'buffer' });
}

function blobId(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** Everything of the user's that must stay as it is: index, stash, refs but ours, HEAD, files with their times. */
export async function userState(repository: Repository): Promise<Record<string, unknown>> {
  const gitFiles = (await readdir(repository.gitDir)).filter(
    (name) => !['objects', 'refs', 'logs'].includes(name),
  );
  const commonFiles = await readdir(repository.commonDir);
  const refs = await git(repository.root, 'for-each-ref', '--format=%(refname) %(objectname)');
  return {
    index: await hashOf(join(repository.gitDir, 'index')),
    sharedIndexes: gitFiles.filter((name) => name.startsWith('sharedindex')).sort(),
    gitFiles: gitFiles.sort(),
    commonFiles: commonFiles.sort(),
    head: await readFile(join(repository.gitDir, 'HEAD'), 'utf8'),
    stash: await git(repository.root, 'stash', 'list', '--format=%H %gs'),
    refs: refs.split('\n').filter((line) => !/^refs\/(?:nightjar\/|notes\/nightjar )/.test(line)),
    config: await hashOf(join(repository.commonDir, 'config')),
    files: await filesOfFolder(repository.root),
    times: await changeTimes(repository.root),
  };
}

async function changeTimes(root: string): Promise<Record<string, number>> {
  const names = await readdir(root, { recursive: true });
  const entries = names.filter((name) => name !== '.git' && !name.includes('.git/'));
  const times = await Promise.all(
    entries.map(
      async (name) =>
        [
          name,
          await lstat(join(root, name)).then(
            (entry) => entry.mtimeMs,
            () => -1,
          ),
        ] as const,
    ),
  );
  return Object.fromEntries(times);
}

async function hashOf(file: string): Promise<string> {
  const content = await readFile(file).catch(() => null);
  return content === null ? 'none' : createHash('sha256').update(content).digest('hex');
}
