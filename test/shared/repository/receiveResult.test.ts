// A result comes home into a ref of its own, or not at all.
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '../../../shared/repository/openRepository.ts';
import { receiveResult, resultHave } from '../../../shared/repository/receiveResult.ts';
import { commitEvil, evilTrees, zeroPadded } from '../../support/evilObjects.ts';
import { addWork, makeBundle, ref, withResult } from './deliveredResult.ts';
import { calm, git, userState } from './scratchRepository.ts';

describe('receiveResult', () => {
  it('fetches the result into its ref and touches nothing else', async () => {
    await using result = await withResult();
    const { repository, snapshot, workspace, bundleFile, commit } = result;
    assert.deepEqual(await resultHave(repository, 't1', snapshot.commit, calm), [snapshot.commit]);
    const before = await userState(repository);
    assert.deepEqual(await receiveResult(repository, { taskId: 't1', bundleFile }, calm), { ref, commit });
    assert.deepEqual(await userState(repository), before);
    assert.deepEqual(await resultHave(repository, 't1', snapshot.commit, calm), [snapshot.commit, commit]);

    const later = await addWork(workspace, 'more.txt');
    await makeBundle(workspace, bundleFile, snapshot);
    assert.equal((await receiveResult(repository, { taskId: 't1', bundleFile }, calm)).commit, later);
  });

  it('takes the task’s ref out of several, and the only one by whatever name', async () => {
    await using result = await withResult();
    const { scratch, repository, snapshot, workspace, bundleFile, commit } = result;
    await git(workspace, 'update-ref', 'refs/heads/evil', 'HEAD');
    await makeBundle(workspace, bundleFile, snapshot, 'refs/heads/evil');
    assert.equal((await receiveResult(repository, { taskId: 't1', bundleFile }, calm)).commit, commit);
    await assert.rejects(receiveResult(repository, { taskId: 't2', bundleFile }, calm), {
      code: 'bundleCorrupted',
    });
    await git(workspace, 'bundle', 'create', '--quiet', bundleFile, 'refs/heads/evil', `^${snapshot.commit}`);
    assert.equal(
      (await receiveResult(repository, { taskId: 't2', bundleFile }, calm)).ref,
      'refs/nightjar/tasks/t2',
    );
    assert.equal(await scratch.git('branch', '--list', 'evil'), '');
  });

  it('moves no branch, no tag and no other task, whatever refs come along; a plain fetch of the bundle does', async () => {
    await using result = await withResult();
    const { scratch, repository, snapshot, workspace, bundleFile, commit } = result;
    const branch = (await scratch.git('symbolic-ref', '--short', 'HEAD')).trim();
    await scratch.git('branch', 'nightjar/older');
    await scratch.git('update-ref', 'refs/nightjar/tasks/t2', 'HEAD');
    const named = [
      `refs/heads/${branch}`,
      'refs/heads/nightjar/older',
      'refs/tags/v9',
      'refs/nightjar/tasks/t2',
    ];
    for (const name of named) await git(workspace, 'update-ref', name, 'HEAD');
    await makeBundle(workspace, bundleFile, snapshot, ...named);
    // Settings of the user's that let a fetch take more than it is asked for.
    await scratch.git('config', 'fetch.prune', 'true');
    await scratch.git('config', 'remote.origin.tagOpt', '--tags');
    const refs = async (): Promise<string> =>
      scratch.git('for-each-ref', '--format=%(refname) %(objectname)');
    const before = await refs();
    await receiveResult(repository, { taskId: 't1', bundleFile }, calm);
    const lines = (text: string): string[] => text.trim().split('\n').toSorted();
    assert.deepEqual(lines(await refs()), lines(`${before}${ref} ${commit}\n`));

    await scratch.git('fetch', '--quiet', '--update-head-ok', bundleFile, '+refs/*:refs/*');
    for (const name of named) assert.equal((await scratch.git('rev-parse', name)).trim(), commit, name);
  });

  it('refuses a bundle that is cut short, changed, empty, missing, or lacks its ground', async () => {
    await using result = await withResult();
    const { scratch, repository, workspace, bundleFile } = result;
    const whole = await readFile(bundleFile);
    const flipped = Buffer.from(whole);
    flipped[whole.length - 30]! ^= 0xff;
    const broken = [
      whole.subarray(0, whole.length - 10),
      whole.subarray(0, 20),
      flipped,
      Buffer.alloc(0),
      Buffer.from('no bundle'),
    ];
    const refuse = async (): Promise<void> =>
      assert.rejects(receiveResult(repository, { taskId: 't1', bundleFile }, calm), {
        code: 'bundleCorrupted',
      });
    for (const content of broken) {
      await writeFile(bundleFile, content);
      await refuse();
    }
    await rm(bundleFile);
    await refuse();
    const strange = (await git(workspace, 'commit-tree', '-m', 'strange', 'HEAD^{tree}')).trim();
    const onTop = (await git(workspace, 'commit-tree', '-m', 'x', '-p', strange, 'HEAD~1^{tree}')).trim();
    await git(workspace, 'update-ref', ref, onTop);
    await git(workspace, 'bundle', 'create', '--quiet', bundleFile, ref, `^${strange}`);
    await refuse();
    assert.equal(await scratch.git('for-each-ref', 'refs/nightjar/tasks/'), '');
  });

  it('comes home to a partial clone and to a shallow one', async () => {
    await using result = await withResult();
    const { scratch, workspace, bundleFile, commit } = result;
    await scratch.git('config', 'uploadpack.allowFilter', 'true');
    for (const [kind, ...options] of [
      ['partial', '--filter=blob:none'],
      ['shallow', '--depth=1'],
    ] as const) {
      await scratch.git('clone', '--quiet', ...options, `file://${scratch.root}`, `../${kind}`);
      const repository = await openRepository(join(scratch.folder, kind), calm);
      const head = (await git(repository.root, 'rev-parse', 'HEAD')).trim();
      await git(workspace, 'bundle', 'create', '--quiet', bundleFile, ref, `^${head}`);
      assert.equal(
        (await receiveResult(repository, { taskId: 't1', bundleFile }, calm)).commit,
        commit,
        kind,
      );
    }
  });

  for (const evil of [...evilTrees, zeroPadded])
    it(`refuses ${evil.name}, which a plain fetch takes`, async () => {
      await using result = await withResult();
      const { scratch, repository, snapshot, workspace, bundleFile } = result;
      const before = await userState(repository);
      const commit = commitEvil(join(workspace, '.git'), evil, [snapshot.commit]);
      await git(workspace, 'update-ref', ref, commit);
      await makeBundle(workspace, bundleFile, snapshot);
      const attempt = receiveResult(repository, { taskId: 't1', bundleFile }, calm);
      await assert.rejects(attempt, { code: 'objectsRefused', message: evil.says });
      assert.deepEqual(await userState(repository), before);
      assert.equal(await scratch.git('for-each-ref', 'refs/nightjar/tasks/'), '');
      await scratch.git('fetch', '--quiet', bundleFile, `${ref}:refs/taken`);
      assert.equal((await scratch.git('rev-parse', 'refs/taken')).trim(), commit);
    });

  it('refuses a .gitmodules whose text came before it under another name', async () => {
    await using result = await withResult();
    const { repository, snapshot, workspace, bundleFile } = result;
    await writeFile(join(workspace, 'harmless'), '[submodule "x"]\n\tpath = x\n\turl = -u./evil\n');
    const first = await addWork(workspace, 'more.txt');
    await makeBundle(workspace, bundleFile, snapshot);
    assert.equal((await receiveResult(repository, { taskId: 't1', bundleFile }, calm)).commit, first);
    await git(workspace, 'mv', 'harmless', '.gitmodules');
    await addWork(workspace, 'later.txt');
    await git(workspace, 'bundle', 'create', '--quiet', bundleFile, ref, `^${first}`);
    const attempt = receiveResult(repository, { taskId: 't1', bundleFile }, calm);
    await assert.rejects(attempt, { code: 'objectsRefused', message: /address that git would take/ });
  });
});
