// A user's repository and a data folder for tests, with plain git as users run it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Shipment } from '../../../runner/workspaces/receiveBundle.ts';
import { StoreRefs } from '../../../runner/workspaces/storeRefs.ts';

export const repositoryId = '0123456789abcdef0123456789abcdef';
export const snapshotRef = 'refs/nightjar/snapshot';

/** Never aborted. */
export const signal = new AbortController().signal;

export class UserRepository implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'nightjar-workspaces-'));
  readonly folder = join(this.root, 'project');
  readonly dataFolder = join(this.root, 'data');
  readonly refs = new StoreRefs();
  #bundles = 0;

  constructor(files: Readonly<Record<string, string>> = { 'readme.md': 'one\n', 'src/a.js': 'a\n' }) {
    mkdirSync(this.folder);
    this.git('init', '--quiet', '--initial-branch=main');
    this.commit(files);
  }

  git(...args: string[]): string {
    return gitIn(this.folder, args);
  }

  /** Writes the files and commits all; returns the commit's id. */
  commit(files: Readonly<Record<string, string>>): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message=change');
    return this.head();
  }

  head(): string {
    return this.git('rev-parse', 'HEAD');
  }

  /** Bundles HEAD as the snapshot, without what `have` brings along and without the parents of `shallow`. */
  bundle({ have = [], shallow = [] }: { have?: string[]; shallow?: string[] } = {}): Shipment {
    const file = join(this.root, `${++this.#bundles}.bundle`);
    const shallowFile = join(this.root, 'shallow');
    writeFileSync(shallowFile, shallow.map((commit) => `${commit}\n`).join(''));
    this.git('update-ref', snapshotRef, 'HEAD');
    const args = ['bundle', 'create', '--quiet', file, snapshotRef, ...have.map((commit) => `^${commit}`)];
    gitIn(this.folder, args, { GIT_SHALLOW_FILE: shallowFile });
    return { repositoryId, snapshot: this.head(), ref: snapshotRef, shallow, file };
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Runs plain git by discovery, as a user or an agent does, and returns its trimmed output. */
export function gitIn(folder: string, args: string[], env: Readonly<Record<string, string>> = {}): string {
  const author = {
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@x',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@x',
  };
  return execFileSync('git', args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: '/nowhere', LC_ALL: 'C', ...author, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}
