// The refs of the stores: what keeps each task's work, one writer a store at a time.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readGit, runGit } from '../host/git.ts';
import { KeyedLock } from '../host/keyedLock.ts';
import { StoreBorrowers } from './storeBorrowers.ts';

/** Refs in files of their own above which they are packed: 5 000 make every walk over all refs take 40 ms longer. */
const manyLoose = 500;

export class StoreRefs {
  /** Beside the refs, what keeps objects: those who use some that no ref names yet. */
  readonly borrowers = new StoreBorrowers();
  readonly #locks = new KeyedLock();

  /** Points a ref at a commit, whatever a killed git has left behind. Harmless to repeat. */
  async point(store: string, ref: string, commit: string, signal: AbortSignal): Promise<void> {
    await this.#locks.hold(store, signal, async () => {
      // Git itself would wait for the lock's owner, who is gone, and then fail.
      await rm(join(store, `${ref}.lock`), { force: true });
      await runGit(['update-ref', ref, commit], { gitDir: store, signal });
    });
  }

  /** The names of all refs beneath a prefix such as `refs/nightjar/`. */
  async list(store: string, prefix: string, signal: AbortSignal): Promise<readonly string[]> {
    const names = await readGit(['for-each-ref', '--format=%(refname)', prefix], { gitDir: store, signal });
    return names.split('\n').filter((name) => name !== '');
  }

  async remove(store: string, refs: readonly string[], signal: AbortSignal): Promise<void> {
    const input = refs.map((ref) => `delete ${ref}\n`).join('');
    await this.#locks.hold(store, signal, () =>
      runGit(['update-ref', '--stdin'], { gitDir: store, signal, input }),
    );
  }

  /** Puts the refs into one file once there are many; true if it did. */
  async packMany(store: string, signal: AbortSignal): Promise<boolean> {
    const files = await readdir(join(store, 'refs'), { recursive: true, withFileTypes: true });
    if (files.filter((entry) => entry.isFile()).length < manyLoose) return false;
    await this.#locks.hold(store, signal, () => runGit(['pack-refs', '--all'], { gitDir: store, signal }));
    return true;
  }
}
