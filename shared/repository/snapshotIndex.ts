// A copy of the user's index that git may write to, so that theirs stays as it is.
import { copyFile, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nulTerminated, splitAtNul } from './gitPaths.ts';
import type { Repository } from './openRepository.ts';
import { GitFailure, readGit, readGitLine, runGit, type GitOptions } from './userGit.ts';

/** The copied index and what is done to it; disposing removes it with everything git left beside it. */
export class SnapshotIndex implements AsyncDisposable {
  readonly file: string;
  readonly #folder: string;
  readonly #root: string;
  readonly #options: GitOptions;

  private constructor(folder: string, root: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#root = root;
    this.file = join(folder, 'index');
    this.#options = { signal, env: { GIT_INDEX_FILE: this.file } };
  }

  /** Copies the index of this working tree; a repository without one starts from an empty index. */
  static async copy(repository: Repository, signal: AbortSignal): Promise<SnapshotIndex> {
    const folder = await mkdtemp(join(tmpdir(), 'nightjar-index-'));
    const index = new SnapshotIndex(folder, repository.root, signal);
    try {
      await copyIndexFile(join(repository.gitDir, 'index'), index.file);
      return index;
    } catch (error) {
      await index[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Records the working tree but for the `skip` paths, which keep what `base` has. True where git took all that
   * it found without a word; else the status tells what is missing.
   */
  async addAll(base: string, skip: readonly string[]): Promise<boolean> {
    if (skip.length > 0) await this.#resetTo(base, skip);
    const pathspecs = Buffer.concat([
      nulTerminated([''], ':(top)'),
      nulTerminated(skip, ':(top,exclude,literal)'),
    ]);
    const args = ['add', '-A', '--ignore-errors', '--pathspec-from-file=-', '--pathspec-file-nul'];
    const result = await runGit(this.#root, args, { ...this.#options, input: pathspecs });
    // 1 says that some files could not be added: the status afterwards tells which.
    if (result.exitCode > 1) throw new GitFailure(args, result);
    return result.exitCode === 0 && result.stderr === '' && skip.length === 0;
  }

  /** Records files that git ignores; one that can't be read stays out. */
  async addIgnored(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    const args = ['add', '--force', '--ignore-errors', '--pathspec-from-file=-', '--pathspec-file-nul'];
    const input = nulTerminated(paths, ':(top,literal)');
    const result = await runGit(this.#root, args, { ...this.#options, input });
    if (result.exitCode > 1) throw new GitFailure(args, result);
  }

  /** Records just these paths, gone ones as deleted; works outside a sparse checkout's cone too. */
  async addPaths(paths: readonly string[]): Promise<void> {
    const args = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
    await readGit(this.#root, args, { ...this.#options, input: nulTerminated(paths) });
  }

  async drop(paths: readonly string[]): Promise<void> {
    const args = ['update-index', '--force-remove', '-z', '--stdin'];
    await readGit(this.#root, args, { ...this.#options, input: nulTerminated(paths) });
  }

  /** Writes the tree. Its blobs aren't looked up one by one: in a partial clone some are rightly missing. */
  async writeTree(): Promise<string> {
    return readGitLine(this.#root, ['write-tree', '--missing-ok'], this.#options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #resetTo(base: string, paths: readonly string[]): Promise<void> {
    const args = ['reset', '--quiet', '--pathspec-from-file=-', '--pathspec-file-nul', base];
    await readGit(this.#root, args, { ...this.#options, input: nulTerminated(paths, ':(top,literal)') });
  }
}

/**
 * Copies an index with its time of change. git reads again each file as young as its index; with a younger
 * index it would miss an edit made within the second in which the index was written.
 */
export async function copyIndexFile(from: string, to: string): Promise<void> {
  const entry = await stat(from).catch(() => null);
  if (entry === null) return;
  await copyFile(from, to);
  // Rounded down: an index that looks older only makes git read more.
  const changedAt = new Date(Math.floor(entry.mtimeMs));
  await utimes(to, changedAt, changedAt);
}

/** Paths of the submodules and nested repositories that an index records. */
export async function readGitlinks(repository: Repository, signal: AbortSignal): Promise<Set<string>> {
  const output = await readGit(repository.root, ['ls-files', '--stage', '-z'], { signal });
  const links = splitAtNul(output).filter((line) => line.startsWith('160000 '));
  return new Set(links.map((line) => line.slice(line.indexOf('\t') + 1)));
}
