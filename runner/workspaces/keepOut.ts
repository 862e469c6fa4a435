// Takes changes of protected paths out of what an agent's work is recorded as.
import { protection } from '../../shared/spec/protectedPaths.ts';
import { runGit } from '../host/git.ts';
import { editTree, entriesOf, textOf, type PathBytes } from './editTree.ts';

/** Paths that are told of; an agent could change any number. */
const mostTold = 200;

export interface KeptOut {
  readonly tree: string;
  /** Paths whose changes are not in it, sorted. */
  readonly keptOut: readonly string[];
}

/** The tree with every protected path as `parent` (a commit) has it. `indexFile`: absolute, made and removed again. */
export async function keepOut(
  recorded: {
    readonly store: string;
    readonly tree: string;
    readonly parent: string;
    readonly indexFile: string;
    readonly protectedPaths: readonly string[];
  },
  signal: AbortSignal,
): Promise<KeptOut> {
  const { store, tree, parent, protectedPaths } = recorded;
  const isProtected = protection(protectedPaths);
  const changed = (await changedBetween(store, parent, tree, signal)).filter((path) =>
    isProtected(textOf(path)),
  );
  if (changed.length === 0) return { tree, keptOut: [] };
  const before = await entriesOf(store, parent, signal);
  const changes = new Map(changed.map((path) => [path, before.get(path) ?? null]));
  return {
    tree: await editTree(recorded, changes, signal),
    keptOut: changed.toSorted().slice(0, mostTold).map(textOf),
  };
}

async function changedBetween(
  store: string,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<PathBytes[]> {
  const flags = ['-r', '-z', '--name-only', '--no-renames', '--ignore-submodules=none'];
  const { stdout } = await runGit(['diff-tree', ...flags, '--end-of-options', from, to], {
    gitDir: store,
    signal,
    // What a list that ends early leaves out would be let through.
    collectBytes: Infinity,
  });
  return stdout
    .toString('latin1')
    .split('\0')
    .filter((path) => path !== '');
}
