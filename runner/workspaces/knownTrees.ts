// Remembers which tree a commit or an index holds, so that git is not asked again; all of it can be found out anew.
import { stat } from 'node:fs/promises';
import { readGit } from '../host/git.ts';

/** Commits and indexes remembered; the oldest are forgotten first. */
const most = 2_000;

interface KnownIndex {
  /** The index file as it was then: another one, or one that was written since, holds something else. */
  readonly stamp: string;
  readonly tree: string;
}

export class KnownTrees {
  readonly #ofCommits = new Map<string, string>();
  readonly #inIndexes = new Map<string, KnownIndex>();

  async ofCommit(store: string, commit: string, signal: AbortSignal): Promise<string> {
    const known = this.#ofCommits.get(commit);
    if (known !== undefined) return known;
    const tree = await readGit(['rev-parse', '--verify', `${commit}^{tree}`], { gitDir: store, signal });
    this.rememberCommit(commit, tree);
    return tree;
  }

  rememberCommit(commit: string, tree: string): void {
    remember(this.#ofCommits, commit, tree);
  }

  /** Null where it is not known, or no longer. */
  async inIndex(indexFile: string): Promise<string | null> {
    const known = this.#inIndexes.get(indexFile);
    return known !== undefined && known.stamp === (await stampOf(indexFile)) ? known.tree : null;
  }

  async rememberIndex(indexFile: string, tree: string): Promise<void> {
    const stamp = await stampOf(indexFile);
    if (stamp !== null) remember(this.#inIndexes, indexFile, { stamp, tree });
  }
}

function remember<Value>(known: Map<string, Value>, key: string, value: Value): void {
  known.delete(key);
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > most && oldest !== undefined) known.delete(oldest);
}

/** Git writes an index aside and renames it, so that each writing makes another file. */
async function stampOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found === null ? null : `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
}
