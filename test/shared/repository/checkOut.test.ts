// A result is checked out as the user would do it by hand, or not at all: nothing of theirs is lost, and what is wrong has a name.
import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkOutInWorktree, checkOutResult } from '../../../shared/repository/checkOut.ts';
import { consentNeeded, inspectResult, traitsOf } from '../../../shared/repository/inspectResult.ts';
import { receiveResult } from '../../../shared/repository/receiveResult.ts';
import { addWork, makeBundle, withResult } from './deliveredResult.ts';
import { calm, git, runGitAnyway, userState } from './scratchRepository.ts';

/** A result that has come home, with further files of the agent's, and a working tree without changes. */
async function received(files: Readonly<Record<string, string>> = {}) {
  const result = await withResult();
  const { scratch, repository, snapshot, workspace, bundleFile } = result;
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), content);
  }
  const commit = await addWork(workspace, 'last.txt');
  await makeBundle(workspace, bundleFile, snapshot);
  await receiveResult(repository, { taskId: 't1', bundleFile }, calm);
  await scratch.git('checkout', '--quiet', '--', 'file.txt');
  const wanted = { taskId: 't1', branch: 'nightjar/x', snapshot: snapshot.commit };
  return { ...result, commit, wanted };
}

/** Nothing of the user's may change where the check-out is refused. */
async function refuses(
  { repository, wanted }: Pick<Awaited<ReturnType<typeof received>>, 'repository' | 'wanted'>,
  error: { readonly code: string; readonly message?: RegExp },
): Promise<void> {
  const before = await userState(repository);
  await assert.rejects(checkOutResult(repository, wanted, calm), error);
  assert.deepEqual(await userState(repository), before);
}

describe('checkOutResult', () => {
  it('makes a branch of the result and checks it out, twice without harm', async () => {
    await using result = await received();
    const { scratch, repository, commit, wanted } = result;
    for (let time = 0; time < 2; time += 1) {
      assert.deepEqual(await checkOutResult(repository, wanted, calm), { branch: 'nightjar/x' });
      assert.equal(await scratch.git('rev-parse', '--abbrev-ref', 'HEAD'), 'nightjar/x\n');
      assert.equal((await scratch.git('rev-parse', 'HEAD')).trim(), commit);
      await scratch.git('checkout', '--quiet', 'main');
    }
  });

  it('refuses a branch that is there with other commits, or checked out elsewhere', async () => {
    await using result = await received();
    const { scratch, repository, commit, wanted } = result;
    await scratch.git('branch', 'nightjar/x', 'main');
    await refuses(result, { code: 'branchExists' });
    await scratch.git('branch', '--force', 'nightjar/x', commit);
    const folder = join(scratch.folder, 'else where');
    await scratch.git('worktree', 'add', '--quiet', folder, 'nightjar/x');
    await refuses(result, { code: 'branchInUse', message: /else where/ });
    const beside = { ...wanted, folder: join(scratch.folder, 'beside') };
    await assert.rejects(checkOutInWorktree(repository, beside, calm), { code: 'branchInUse' });
  });

  it('refuses to overwrite what is not committed: changed, staged, untracked, ignored', async () => {
    await using result = await received({ 'ignored.txt': 'of the agent' });
    const { scratch } = result;
    const states: Record<string, () => Promise<unknown>> = {
      'file.txt': () => scratch.write('file.txt', 'other work, which the branch would overwrite\n'),
      'agent.txt': () => scratch.write('agent.txt', 'untracked\n'),
      'ignored.txt': async () => {
        await writeFile(join(scratch.root, '.git/info/exclude'), 'ignored.txt\n');
        await scratch.write('ignored.txt', 'dear');
      },
      'last.txt': async () => {
        await scratch.write('last.txt', 'staged');
        await scratch.git('add', 'last.txt');
      },
    };
    for (const [file, make] of Object.entries(states)) {
      await make();
      await refuses(result, { code: 'changesInTheWay', message: new RegExp(file) });
    }
    await scratch.git('reset', '--quiet', '--hard');
    await scratch.git('clean', '--quiet', '--force');
    await refuses(result, { code: 'changesInTheWay', message: /: ignored\.txt\.$/ });
    // Left to itself, git does it.
    await scratch.git('checkout', '--quiet', '-b', 'plain', 'refs/nightjar/tasks/t1');
    assert.equal(await readFile(join(scratch.root, 'ignored.txt'), 'utf8'), 'of the agent');
  });

  it('refuses in the middle of a merge with conflicts', async () => {
    await using result = await received();
    const { scratch } = result;
    await scratch.write('other.txt', 'mine\n');
    await scratch.commit('mine');
    await scratch.git('checkout', '--quiet', '-b', 'theirs', 'HEAD~');
    await scratch.write('other.txt', 'theirs\n');
    await scratch.commit('theirs');
    await runGitAnyway(scratch.root, 'merge', 'main');
    await refuses(result, { code: 'mergeUnfinished', message: /other\.txt/ });
  });

  it('is done where only a hook of the user’s fails afterwards', async () => {
    await using result = await received();
    const { scratch, repository, wanted } = result;
    await writeFile(join(scratch.root, '.git/hooks/post-checkout'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    await checkOutResult(repository, wanted, calm);
    assert.equal(await scratch.git('rev-parse', '--abbrev-ref', 'HEAD'), 'nightjar/x\n');
  });

  it('passes on git’s words where it fails otherwise', async () => {
    await using result = await received();
    const { repository, wanted } = result;
    await writeFile(join(repository.gitDir, 'index.lock'), '');
    await refuses(result, { code: 'checkoutBlocked', message: /index\.lock/ });
    await assert.rejects(checkOutInWorktree(repository, { ...wanted, folder: '/dev/null/x' }, calm), {
      code: 'folderExists',
    });
  });

  it('refuses a task without a result, and names that are none', async () => {
    await using result = await received();
    const { wanted } = result;
    await refuses({ ...result, wanted: { ...wanted, taskId: 't2' } }, { code: 'resultMissing' });
    for (const branch of ['', '-f', '@{-1}', 'a b', 'a..b', 'x.lock'])
      await refuses({ ...result, wanted: { ...wanted, branch } }, { code: 'checkoutBlocked' });
  });

  it('takes a folder of its own, unless something is in it', async () => {
    await using result = await received();
    const { scratch, repository, wanted } = result;
    const folder = join(scratch.folder, 'beside');
    await mkdir(folder);
    await writeFile(join(folder, 'mine'), 'dear');
    const attempt = checkOutInWorktree(repository, { ...wanted, folder }, calm);
    await assert.rejects(attempt, { code: 'folderExists', message: /beside/ });
    assert.equal(await scratch.git('branch', '--list', 'nightjar/*'), '');
    await checkOutInWorktree(repository, { ...wanted, folder: `${folder}2` }, calm);
    assert.equal(await readFile(join(`${folder}2`, 'last.txt'), 'utf8'), 'by an agent\n');
  });
});

describe('a result with unusual names', () => {
  it('is refused where the user’s file system folds them, and told of elsewhere', async () => {
    await using result = await received({ 'File.txt': 'x', 'aux.ts': 'x', 'file.txt': 'changed' });
    const { scratch, repository, commit, wanted } = result;
    const concerns = await inspectResult(repository, { snapshot: wanted.snapshot, commit }, calm);
    assert.deepEqual(concerns.unsafe, []);
    assert.deepEqual(
      concerns.unsafeElsewhere.map(({ path }) => path),
      ['File.txt', 'aux.ts'],
    );
    await scratch.git('config', 'core.ignoreCase', 'true');
    await refuses(result, { code: 'pathsUnsafe', message: /: File\.txt would be the same as file\.txt\.$/ });
    const folder = join(scratch.folder, 'beside');
    await assert.rejects(checkOutInWorktree(repository, { ...wanted, folder }, calm), {
      code: 'pathsUnsafe',
    });
    await scratch.git('config', 'core.protectNTFS', 'true');
    await refuses(result, { code: 'pathsUnsafe', message: /aux\.ts has a name that stands for a device/ });
    await scratch.git('config', '--unset', 'core.ignoreCase');
    await scratch.git('config', '--unset', 'core.protectNTFS');
    await checkOutResult(repository, wanted, calm);
  });

  it('is looked at with what the platform does', async () => {
    await using result = await withResult();
    const { scratch, repository } = result;
    const traits = async (platform: NodeJS.Platform) =>
      Object.values(await traitsOf(repository, platform, calm))
        .map(Number)
        .join('');
    assert.deepEqual(
      [await traits('linux'), await traits('darwin'), await traits('win32')],
      ['000', '011', '110'],
    );
    await scratch.git('config', 'core.ignoreCase', 'false');
    assert.deepEqual([await traits('darwin'), await traits('win32')], ['001', '100']);
    await scratch.git('config', 'core.protectHFS', 'true');
    assert.equal(await traits('linux'), '001');
  });
});

describe('what a result would have run', () => {
  it('is told before anything is checked out, links out of the repository included', async () => {
    await using result = await withResult();
    const { scratch, repository, snapshot, workspace, bundleFile } = result;
    await mkdir(join(workspace, '.vscode'));
    await writeFile(join(workspace, '.vscode/tasks.json'), '{}');
    await mkdir(join(workspace, 'tools'));
    await writeFile(join(workspace, 'tools/post-checkout'), '');
    await symlink('../outside', join(workspace, 'link'));
    await symlink('file.txt', join(workspace, 'inner'));
    const commit = await addWork(workspace, 'more.txt');
    await makeBundle(workspace, bundleFile, snapshot);
    await receiveResult(repository, { taskId: 't1', bundleFile }, calm);
    const seen = async () =>
      consentNeeded(await inspectResult(repository, { snapshot: snapshot.commit, commit }, calm));
    assert.deepEqual(await seen(), [
      '.vscode/tasks.json',
      'link → ../outside (a link out of the repository)',
    ]);
    await scratch.git('config', 'core.hooksPath', './tools');
    assert.deepEqual((await seen()).slice(0, 2), ['.vscode/tasks.json', 'tools/post-checkout']);
    const lost = await inspectResult(repository, { snapshot: 'f'.repeat(40), commit }, calm);
    assert.deepEqual(lost.runsWhenOpened, ['.vscode/tasks.json', 'tools/post-checkout']);
  });

  it('is nothing for files that the user had before', async () => {
    await using result = await withResult();
    const { scratch, repository, snapshot, workspace } = result;
    await git(workspace, 'commit', '--quiet', '--allow-empty', '-m', 'x');
    await scratch.write('.vscode/tasks.json', '{}');
    const own = await scratch.commit('own');
    assert.deepEqual(
      consentNeeded(await inspectResult(repository, { snapshot: own, commit: own }, calm)),
      [],
    );
    assert.notEqual(own, snapshot.commit);
  });
});
