// Keeps the refs of earlier snapshots: finds the one to follow, removes the oldest.
import type { Repository } from './openRepository.ts';
import { readGit, readGitLines } from './userGit.ts';

/** Snapshots whose refs are kept. */
const keptSnapshots = 20;

export interface SnapshotRef {
  readonly ref: string;
  readonly commit: string;
  readonly parents: readonly string[];
}

/** Every snapshot that has a ref, newest first. */
export async function listSnapshots(repository: Repository, signal: AbortSignal): Promise<SnapshotRef[]> {
  const format = '--format=%(refname) %(objectname) %(parent)';
  const args = ['for-each-ref', '--sort=-committerdate', format, 'refs/nightjar/snapshots/'];
  return (await readGitLines(repository.root, args, { signal })).map((line) => {
    const [ref = '', commit = '', ...parents] = line.trim().split(' ');
    return { ref, commit, parents };
  });
}

/**
 * The snapshot that the next one follows, so that what both hold is shipped once; null to begin anew. A chain
 * ends after as many as are kept: else the newest would keep all earlier ones from being collected for ever.
 */
export function snapshotToFollow(snapshots: readonly SnapshotRef[]): string | null {
  const followed = new Set(snapshots.flatMap((snapshot) => snapshot.parents));
  const newest = snapshots.find((snapshot) => !followed.has(snapshot.commit));
  if (newest === undefined) return null;
  return chainLength(newest, snapshots) < keptSnapshots ? newest.commit : null;
}

/** Gives a new snapshot its ref and removes the refs of all but the newest of the `earlier` ones. */
export async function keepSnapshot(
  repository: Repository,
  { ref, commit }: Pick<SnapshotRef, 'ref' | 'commit'>,
  earlier: readonly SnapshotRef[],
  signal: AbortSignal,
): Promise<void> {
  const old = earlier.filter((snapshot) => snapshot.ref !== ref).slice(keptSnapshots - 1);
  // Without the commits that they stand at: another window may have removed them meanwhile.
  const commands = [`update ${ref} ${commit}`, ...old.map((snapshot) => `delete ${snapshot.ref}`), ''];
  await readGit(repository.root, ['update-ref', '--stdin'], { signal, input: commands.join('\n') });
}

function chainLength(newest: SnapshotRef, snapshots: readonly SnapshotRef[]): number {
  const byCommit = new Map(snapshots.map((snapshot) => [snapshot.commit, snapshot]));
  let length = 0;
  for (let link: SnapshotRef | undefined = newest; link !== undefined; length += 1) {
    link = link.parents.map((parent) => byCommit.get(parent)).find((parent) => parent !== undefined);
  }
  return length;
}
