// What a task leaves in the user's repository: found before it is deleted, and gone after it but for the user's own branches.
import assert from 'node:assert/strict';
import { branchesWith, forgetTask } from '../../../shared/repository/taskTraces.ts';
import { calm, ScratchRepository } from './scratchRepository.ts';
import { snapshotOf } from './takeSnapshot.ts';

/** A repository with a snapshot of uncommitted work and, as a task's result, a commit on top of it. */
async function withResult(scratch: ScratchRepository) {
  const repository = await scratch.open();
  await scratch.write('file.txt', 'uncommitted');
  const snapshot = await snapshotOf(repository, 'one');
  const tree = (await scratch.git('rev-parse', `${snapshot.commit}^{tree}`)).trim();
  const commit = (await scratch.git('commit-tree', '-p', snapshot.commit, '-m', 'Done', tree)).trim();
  await scratch.git('update-ref', 'refs/nightjar/tasks/t1', commit);
  return { repository, snapshot, commit };
}

async function refsOf(scratch: ScratchRepository): Promise<string[]> {
  return (await scratch.git('for-each-ref', '--format=%(refname)')).trim().split('\n');
}

describe('the traces of a task', () => {
  it('are the branches that have its commit, also where more was committed on them', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const { repository, commit } = await withResult(scratch);
    assert.deepEqual(await branchesWith(repository, commit, calm), []);
    await scratch.git('branch', 'nightjar/mend', commit);
    await scratch.git('branch', 'release', commit);
    const tree = (await scratch.git('rev-parse', `${commit}^{tree}`)).trim();
    const later = (await scratch.git('commit-tree', '-p', commit, '-m', 'More', tree)).trim();
    await scratch.git('update-ref', 'refs/heads/release', later);
    assert.deepEqual(await branchesWith(repository, commit, calm), ['nightjar/mend', 'release']);
    assert.deepEqual(await branchesWith(repository, 'f'.repeat(40), calm), []);
  });

  it('go with it: its ref and its snapshot, nothing of the user and of other tasks', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const { repository, snapshot, commit } = await withResult(scratch);
    await scratch.git('branch', 'nightjar/mend', commit);
    await scratch.git('update-ref', 'refs/nightjar/tasks/t2', commit);
    await scratch.write('file.txt', 'later');
    await snapshotOf(repository, 'two');
    const before = await refsOf(scratch);
    await forgetTask(repository, { taskId: 't1', snapshot: snapshot.commit }, calm);
    const gone = new Set(['refs/nightjar/tasks/t1', 'refs/nightjar/snapshots/one']);
    assert.deepEqual(
      await refsOf(scratch),
      before.filter((ref) => !gone.has(ref)),
    );
    assert.equal(before.length, 6);
  });

  it('leave the snapshot where another task stands on it, and are forgotten twice without harm', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const { repository } = await withResult(scratch);
    for (let time = 1; time <= 2; time++) {
      await forgetTask(repository, { taskId: 't1', snapshot: null }, calm);
      assert.deepEqual(await refsOf(scratch), ['refs/heads/main', 'refs/nightjar/snapshots/one']);
    }
  });
});
