// A task's result as it comes back: a project with work in it, its snapshot, and a bundle of an agent's commit on top.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeSnapshot, type Snapshot } from '../../../shared/repository/snapshot.ts';
import { calm, git, ScratchRepository } from './scratchRepository.ts';

export const ref = 'refs/nightjar/tasks/t1';

/** A project with work in it, its snapshot, and an agent's commit on top in a clone. */
export async function withResult() {
  const scratch = await ScratchRepository.with({ 'file.txt': 'a\n', 'other.txt': 'b\n' });
  await scratch.write('file.txt', 'work\n');
  const repository = await scratch.open();
  const snapshot = await takeSnapshot(
    repository,
    { id: 's1', skip: [], now: new Date(1_800_000_000_000) },
    calm,
  );
  const workspace = join(scratch.folder, 'workspace');
  await scratch.git('clone', '--quiet', '.', workspace);
  await git(workspace, 'fetch', '--quiet', 'origin', snapshot.ref);
  await git(workspace, 'checkout', '--quiet', 'FETCH_HEAD');
  await git(workspace, 'config', 'user.name', 'Agent');
  await git(workspace, 'config', 'user.email', 'agent@localhost');
  const bundleFile = join(scratch.folder, 'result.bundle');
  const commit = await addWork(workspace, 'agent.txt');
  await makeBundle(workspace, bundleFile, snapshot);
  const dispose = async (): Promise<void> => scratch[Symbol.asyncDispose]();
  return { scratch, repository, snapshot, workspace, bundleFile, commit, [Symbol.asyncDispose]: dispose };
}

export async function addWork(workspace: string, name: string): Promise<string> {
  await writeFile(join(workspace, name), 'by an agent\n');
  await git(workspace, 'add', '-A');
  await git(workspace, 'commit', '--quiet', '-m', name);
  await git(workspace, 'update-ref', ref, 'HEAD');
  return (await git(workspace, 'rev-parse', 'HEAD')).trim();
}

export async function makeBundle(
  workspace: string,
  file: string,
  snapshot: Snapshot,
  ...refs: string[]
): Promise<void> {
  await git(workspace, 'bundle', 'create', '--quiet', file, ref, ...refs, `^${snapshot.commit}`);
}
