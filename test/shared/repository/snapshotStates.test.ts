// A snapshot equals the working tree in every state that a repository can be in, and leaves the user's things alone.
import assert from 'node:assert/strict';
import { chmod, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository, type Repository } from '../../../shared/repository/openRepository.ts';
import type { Snapshot } from '../../../shared/repository/snapshot.ts';
import { calm, filesOfFolder, filesOfTree, runGitAnyway, ScratchRepository } from './scratchRepository.ts';

import { now, quietSnapshotOf } from './takeSnapshot.ts';

async function assertEqualsWorkingTree(repository: Repository): Promise<Snapshot> {
  const snapshot = await quietSnapshotOf(repository);
  assert.deepEqual(await filesOfTree(repository.root, snapshot.tree), await filesOfFolder(repository.root));
  return snapshot;
}

describe('takeSnapshot', () => {
  it('makes a commit on HEAD with a ref of its own', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await scratch.write('new.txt', 'new');
    const snapshot = await assertEqualsWorkingTree(await scratch.open());
    const head = (await scratch.git('rev-parse', 'HEAD')).trim();
    assert.equal(snapshot.ref, 'refs/nightjar/snapshots/one');
    assert.deepEqual([snapshot.base, snapshot.skipped], [head, []]);
    const shown = await scratch.git('log', '-1', '--format=%H %T %P %an %ct', snapshot.ref);
    assert.equal(
      shown.trim(),
      `${snapshot.commit} ${snapshot.tree} ${head} Nightjar ${now.getTime() / 1000}`,
    );
  });

  const states: Record<string, (scratch: ScratchRepository) => Promise<void>> = {
    'nothing changed': async () => undefined,
    'staged, then changed again': async (scratch) => {
      await scratch.write('a.txt', 'staged');
      await scratch.git('add', 'a.txt');
      await scratch.write('a.txt', 'and changed');
    },
    'files deleted, moved and untracked': async (scratch) => {
      await rm(join(scratch.root, 'a.txt'));
      await scratch.git('mv', 'b.txt', 'c.txt');
      await scratch.write('deep/er/new.txt', 'new');
      await scratch.git('rm', '--quiet', '--cached', 'dir/d.txt');
    },
    'a file became a folder, and a folder a file': async (scratch) => {
      await rm(join(scratch.root, 'a.txt'));
      await scratch.write('a.txt/inside', 'x');
      await rm(join(scratch.root, 'dir'), { recursive: true });
      await scratch.write('dir', 'x');
    },
    'executable bits and links, one of them dangling': async (scratch) => {
      await chmod(join(scratch.root, 'a.txt'), 0o755);
      await symlink('a.txt', join(scratch.root, 'link'));
      await symlink('/nowhere/at/all', join(scratch.root, 'dangling'));
      await symlink('dir', join(scratch.root, 'link to folder'));
    },
    'names that are hard to quote': async (scratch) => {
      for (const name of [
        'line\nbreak',
        '"quoted"',
        "it's",
        'tab\there',
        ' space ',
        '-A',
        ':(top)x',
        '*',
        '\\',
      ]) {
        await scratch.write(name, name);
      }
      await writeFile(Buffer.concat([Buffer.from(`${scratch.root}/byte`), Buffer.of(0xff)]), 'x');
    },
    'a file that is planned, not added': async (scratch) => {
      await scratch.write('planned.txt', 'x');
      await scratch.git('add', '--intent-to-add', 'planned.txt');
    },
    'a split index': async (scratch) => {
      await scratch.git('update-index', '--split-index');
      await scratch.write('a.txt', 'changed');
      await scratch.git('add', 'a.txt');
      await scratch.write('new.txt', 'x');
    },
    'an index without a file': async (scratch) => {
      await rm(join(scratch.root, '.git/index'));
    },
    'an index of version 4 with the untracked cache': async (scratch) => {
      await scratch.git('config', 'core.untrackedCache', 'true');
      await scratch.git('update-index', '--index-version=4');
      await scratch.write('new.txt', 'x');
      await scratch.git('status');
    },
    'a merge in progress': async (scratch) => {
      await scratch.git('checkout', '--quiet', '-b', 'other');
      await scratch.write('a.txt', 'other');
      await rm(join(scratch.root, 'b.txt'));
      await scratch.commit('other');
      await scratch.git('checkout', '--quiet', 'main');
      await scratch.write('a.txt', 'main');
      await scratch.write('b.txt', 'main');
      await scratch.commit('main');
      assert.equal((await runGitAnyway(scratch.root, 'merge', 'other')).exitCode, 1);
    },
    'stashed work and a detached HEAD': async (scratch) => {
      await scratch.write('a.txt', 'stashed');
      await scratch.git('stash', '--quiet');
      await scratch.git('checkout', '--quiet', '--detach');
      await scratch.write('a.txt', 'again');
    },
    'tracked files that are ignored': async (scratch) => {
      await scratch.write('.gitignore', 'a.txt\n');
      await scratch.write('a.txt', 'changed');
    },
    'settings that would stop a user’s own add or commit': async (scratch) => {
      await scratch.write('.gitattributes', '*.txt text\n');
      await scratch.git('config', 'core.autocrlf', 'false');
      await scratch.git('config', 'core.safecrlf', 'true');
      await scratch.git('config', 'commit.gpgSign', 'true');
      await scratch.git('config', 'gpg.program', '/nonexistent');
      await scratch.git('config', 'status.showUntrackedFiles', 'no');
      await scratch.write('new.txt', 'x\n');
    },
  };
  for (const [name, prepare] of Object.entries(states)) {
    it(`equals the working tree: ${name}`, async () => {
      await using scratch = await ScratchRepository.with({
        'a.txt': 'a',
        'b.txt': 'b',
        'dir/d.txt': 'd',
        'dir/e.txt': 'e',
      });
      await prepare(scratch);
      const snapshot = await assertEqualsWorkingTree(await scratch.open());
      assert.deepEqual(snapshot.skipped, []);
    });
  }

  it('keeps what lies outside a sparse checkout, and takes a stray file there', async () => {
    await using scratch = await ScratchRepository.with({
      'in/a.txt': 'a',
      'out/b.txt': 'b',
      'out/c.txt': 'c',
    });
    for (const indexMode of ['--no-sparse-index', '--sparse-index']) {
      await scratch.git('sparse-checkout', 'set', '--cone', indexMode, 'in');
      await scratch.write('in/a.txt', `changed ${indexMode}`);
      await scratch.write('out/stray.txt', 'x');
      const { tree } = await quietSnapshotOf(await scratch.open());
      const paths = Object.keys(await filesOfTree(scratch.root, tree));
      assert.deepEqual(paths, ['in/a.txt', 'out/b.txt', 'out/c.txt', 'out/stray.txt'], indexMode);
      await rm(join(scratch.root, 'out'), { recursive: true });
    }
  });

  it('works in a linked worktree with an index of its own', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a' });
    await scratch.git('worktree', 'add', '--quiet', '-b', 'side', '../linked');
    await scratch.write('only in main.txt', 'x');
    const linked = await openRepository(join(scratch.folder, 'linked'), calm);
    await writeFile(join(linked.root, 'only in linked.txt'), 'x');
    await assertEqualsWorkingTree(linked);
    await assertEqualsWorkingTree(await scratch.open());
  });

  it('leaves out a file in conflict', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a', 'b.txt': 'b' });
    await states['a merge in progress']!(scratch);
    const { commit } = await quietSnapshotOf(await scratch.open(), ['a.txt']);
    assert.equal(await scratch.git('cat-file', 'blob', `${commit}:a.txt`), 'main');
  });
});
