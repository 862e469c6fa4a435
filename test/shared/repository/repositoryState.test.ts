// Where a repository stands, and its first commit.
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFirstCommit } from '../../../shared/repository/firstCommit.ts';
import { openRepository } from '../../../shared/repository/openRepository.ts';
import { readState } from '../../../shared/repository/repositoryState.ts';
import { calm, runGitAnyway, ScratchRepository, withVariable } from './scratchRepository.ts';

/** Two branches that change the same line; `main` is checked out. */
async function withConflict(): Promise<ScratchRepository> {
  const scratch = await ScratchRepository.with({ 'file.txt': 'one\n' });
  await scratch.git('checkout', '--quiet', '-b', 'other');
  await scratch.write('file.txt', 'other\n');
  await scratch.commit('other');
  await scratch.git('checkout', '--quiet', 'main');
  await scratch.write('file.txt', 'main\n');
  await scratch.commit('main');
  return scratch;
}

describe('readState', () => {
  it('reads commit, branch, remote and depth', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const head = await scratch.commit('second');
    const expected = { head, branch: 'main', inProgress: null, hasRemote: false, isShallow: false };
    assert.deepEqual(await readState(await scratch.open(), calm), expected);

    await scratch.git('clone', '--quiet', '--depth=1', `file://${scratch.root}`, '../shallow');
    const shallow = await openRepository(join(scratch.folder, 'shallow'), calm);
    assert.deepEqual(await readState(shallow, calm), { ...expected, hasRemote: true, isShallow: true });

    await scratch.git('checkout', '--quiet', '--detach');
    assert.equal((await readState(await scratch.open(), calm)).branch, null);
  });

  const operations = [
    ['merge', ['merge', 'other']],
    ['rebase', ['rebase', 'other']],
    ['rebase', ['rebase', '--apply', 'other']],
    ['cherryPick', ['cherry-pick', 'other']],
    ['revert', ['revert', '--no-edit', 'HEAD~1']],
    ['bisect', ['bisect', 'start']],
  ] as const;
  for (const [inProgress, command] of operations) {
    it(`sees what "git ${command.join(' ')}" began`, async () => {
      await using scratch = await withConflict();
      if (inProgress === 'revert') {
        await scratch.write('file.txt', 'later\n');
        await scratch.commit('later');
      }
      await runGitAnyway(scratch.root, ...command);
      assert.equal((await readState(await scratch.open(), calm)).inProgress, inProgress);
    });
  }

  it('says that there are no commits', async () => {
    await using scratch = await ScratchRepository.empty();
    await assert.rejects(readState(await scratch.open(), calm), { code: 'noCommits' });
  });
});

describe('makeFirstCommit', () => {
  it('commits every file as the user', async () => {
    await using scratch = await ScratchRepository.empty();
    await scratch.write('deep/file.txt', 'x');
    await scratch.write('.gitignore', '*.log\n');
    await scratch.write('noise.log', 'x');
    const commit = await makeFirstCommit(await scratch.open(), 'Start', calm);
    assert.equal(
      (await scratch.git('log', '--format=%H %an <%ae> %s')).trim(),
      `${commit} Ada <ada@example.org> Start`,
    );
    assert.equal(await scratch.git('ls-files'), '.gitignore\ndeep/file.txt\n');
  });

  it('runs the user’s hooks and passes on their refusal', async () => {
    await using scratch = await ScratchRepository.empty();
    await scratch.write('file.txt', 'x');
    const hook = join(scratch.root, '.git/hooks/pre-commit');
    await writeFile(hook, '#!/bin/sh\necho "no commits on Sundays" >&2\nexit 1\n');
    await chmod(hook, 0o755);
    const attempt = makeFirstCommit(await scratch.open(), 'Start', calm);
    await assert.rejects(attempt, { code: 'firstCommitFailed', message: /no commits on Sundays/ });
  });

  it('says that there is nothing to commit', async () => {
    await using scratch = await ScratchRepository.empty();
    const attempt = makeFirstCommit(await scratch.open(), 'Start', calm);
    await assert.rejects(attempt, { code: 'firstCommitFailed', message: /no file to commit/ });
  });

  it('says that git has no identity to commit with', async () => {
    await using scratch = await ScratchRepository.empty();
    await scratch.write('file.txt', 'x');
    await scratch.git('config', 'user.useConfigOnly', 'true');
    await scratch.git('config', '--unset', 'user.name');
    await scratch.git('config', '--unset', 'user.email');
    const repository = await scratch.open();
    await withVariable('GIT_CONFIG_GLOBAL', '/dev/null', async () => {
      const attempt = makeFirstCommit(repository, 'Start', calm);
      await assert.rejects(attempt, { code: 'firstCommitFailed', message: /auto-detection is disabled/ });
    });
  });
});
