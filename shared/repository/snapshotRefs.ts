// Keeps the refs of earlier snapshots, and removes the oldest.
import type { Repository } from './openRepository.ts';
import { readGit, readGitLines } from './userGit.ts';

/** Snapshots whose refs are kept. */
const keptSnapshots = 20;

export interface SnapshotRef {
  readonly ref: string;
  readonly commit: string;
}

/** Every snapshot that has a ref, newest first. */
export async function listSnapshots(repository: Repository, signal: AbortSignal): Promise<SnapshotRef[]> {
  const format = '--format=%(refname) %(objectname)';
  const args = ['for-each-ref', '--sort=-committerdate', format, 'refs/nightjar/snapshots/'];
  return (await readGitLines(repository.root, args, { signal })).map((line) => {
    const [ref = '', commit = ''] = line.split(' ');
    return { ref, commit };
  });
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
