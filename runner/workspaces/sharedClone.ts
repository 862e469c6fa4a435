// Makes a clone that borrows its objects from the ground, with the files of one commit checked out.
import { appendFile, copyFile, mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runGit } from '../host/git.ts';
import { packRevisions, type LaidGround } from './ground.ts';

export interface Author {
  readonly name: string;
  readonly email: string;
}

export interface CloneRequest {
  readonly store: string;
  /** What it borrows: all of `snapshot`. */
  readonly ground: LaidGround;
  readonly snapshot: string;
  readonly commit: string;
  /** Absolute; must not be there yet. */
  readonly folder: string;
  /** Absolute; gets the index of the files, for the store's use. */
  readonly indexFile: string;
  /** Who the agent's own commits are by, should it make any. */
  readonly author: Author;
}

/**
 * The same as `git clone --shared` with a detached checkout, which for a shallow store would copy all objects.
 * The files are checked out by the store's git, so no filter or hook of the repository can run;
 * Git LFS files stay pointers and folders of submodules stay empty.
 */
export async function makeSharedClone(request: CloneRequest, signal: AbortSignal): Promise<void> {
  const { store, commit, folder, indexFile } = request;
  const gitDir = join(folder, '.git');
  await mkdir(gitDir, { recursive: true });
  await mkdir(dirname(indexFile), { recursive: true });
  await initBorrowing(gitDir, request, signal);
  if (commit !== request.snapshot) await giveWork(gitDir, request, signal);
  await runGit(['read-tree', '--reset', '-u', commit], {
    gitDir: store,
    workTree: folder,
    indexFile,
    signal,
  });
  await copyKeepingTime(indexFile, join(gitDir, 'index'));
}

/**
 * The repository of the clone. It is no older than this and nobody else's yet, so its plain files are written as they are:
 * each call of git less is a fork of the runner less.
 */
async function initBorrowing(
  gitDir: string,
  { store, ground, snapshot, commit, author }: CloneRequest,
  signal: AbortSignal,
): Promise<void> {
  const format = commit.length === 64 ? 'sha256' : 'sha1';
  const env = { GIT_DEFAULT_REF_FORMAT: 'files' };
  await runGit(['init', '--quiet', '--template=', `--object-format=${format}`], { gitDir, env, signal });
  await mkdir(join(gitDir, 'objects', 'info'), { recursive: true });
  await writeFile(
    join(gitDir, 'objects', 'info', 'alternates'),
    ground.objects.map((folder) => `${folder}\n`).join(''),
  );
  await copyKeepingTime(join(store, 'shallow'), join(gitDir, 'shallow'));
  if (ground.isCut) await appendFile(join(gitDir, 'shallow'), `${snapshot}\n`);
  const [name, email] = [inConfig(author.name), inConfig(author.email)];
  await appendFile(join(gitDir, 'config'), `[user]\n\tname = ${name}\n\temail = ${email}\n`);
  await writeFile(join(gitDir, 'HEAD'), `${commit}\n`);
}

/** What was done since the snapshot lies in the clone itself: it is this task's alone. It is as little flushed as the files. */
async function giveWork(
  gitDir: string,
  { store, snapshot, commit }: CloneRequest,
  signal: AbortSignal,
): Promise<void> {
  const packing = { store, objects: join(gitDir, 'objects'), settings: ['-c', 'core.fsync=none'] };
  await packRevisions(packing, [commit, `^${snapshot}`], signal);
}

/** Source: git-config(1), "Syntax". */
function inConfig(value: string): string {
  return `"${value.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** Git trusts an index's knowledge of files only as far as the time of the index file tells it to. */
export async function copyKeepingTime(from: string, to: string): Promise<void> {
  const found = await stat(from).catch(() => undefined);
  if (found === undefined) return;
  await copyFile(from, to);
  await utimes(to, found.atime, found.mtime);
}
