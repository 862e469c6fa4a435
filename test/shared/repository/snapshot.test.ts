// Snapshots use filters but no hooks, name what they leave out, form chains, and notice files that change meanwhile.
import assert from 'node:assert/strict';
import { chmod, chown, copyFile, mkdir, readdir, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyIndexFile, SnapshotIndex } from '../../../shared/repository/snapshotIndex.ts';
import { keepSnapshot } from '../../../shared/repository/snapshotRefs.ts';
import { readStatus } from '../../../shared/repository/workingTreeStatus.ts';
import { takeSnapshot, type Snapshot } from '../../../shared/repository/snapshot.ts';
import {
  calm,
  filesOfFolder,
  filesOfTree,
  git,
  ScratchRepository,
  userState,
  withVariable,
} from './scratchRepository.ts';

import { now, quietSnapshotOf, snapshotOf } from './takeSnapshot.ts';

describe('takeSnapshot', () => {
  it('uses the user’s filters and runs none of their hooks', async () => {
    await using scratch = await ScratchRepository.with({ '.gitattributes': '*.up filter=upper\n' });
    await scratch.git('config', 'filter.upper.clean', 'tr a-z A-Z');
    for (const name of ['post-index-change', 'reference-transaction', 'pre-commit', 'post-commit']) {
      await scratch.write(`.git/hooks/${name}`, `#!/bin/sh\ntouch "${scratch.folder}/ran-${name}"\n`);
      await chmod(join(scratch.root, '.git/hooks', name), 0o755);
    }
    await scratch.write('shout.up', 'abc');
    const { commit } = await quietSnapshotOf(await scratch.open());
    assert.equal(await scratch.git('cat-file', 'blob', `${commit}:shout.up`), 'ABC');
    assert.deepEqual(
      (await readdir(scratch.folder)).filter((name) => name.startsWith('ran-')),
      [],
    );
  });

  it('leaves out what the caller names, which then is as in HEAD', async () => {
    await using scratch = await ScratchRepository.with({
      'kept.txt': 'a',
      'mine.txt': 'a',
      'dir/mine.txt': 'a',
    });
    for (const path of [
      'kept.txt',
      'mine.txt',
      'dir/mine.txt',
      '.env',
      'new [1].txt',
      'new 1.txt',
      'staged.pem',
      'folder/x',
    ]) {
      await scratch.write(path, path === '.env' ? 'A=changed' : 'changed');
    }
    await scratch.git('add', 'staged.pem', 'mine.txt');
    await scratch.write('big.bin', '');
    await truncate(join(scratch.root, 'big.bin'), 11 * 1024 * 1024);
    const skip = [
      'mine.txt',
      'dir/mine.txt',
      '.env',
      'new [1].txt',
      'staged.pem',
      'big.bin',
      'folder/',
      'missing',
    ];
    const snapshot = await quietSnapshotOf(await scratch.open(), skip);
    const changed = await scratch.git('diff', '--name-only', snapshot.base, snapshot.commit);
    assert.equal(changed, 'kept.txt\nnew 1.txt\n');
    assert.deepEqual(snapshot.skipped.map(({ path, reason }) => `${path} ${reason}`).sort(), [
      '.env looksSecret',
      'big.bin tooLarge',
      'dir/mine.txt leftOut',
      'folder/x leftOut',
      'mine.txt leftOut',
      'new [1].txt leftOut',
      'staged.pem looksSecret',
    ]);
  });

  it('names nested repositories and submodules, and records no link that nobody can follow', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await using library = await ScratchRepository.with({ 'lib.txt': 'x' });
    await scratch.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      library.root,
      'library',
    );
    await scratch.commit('submodule');
    await scratch.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      library.root,
      'staged',
    );
    await scratch.write('library/lib.txt', 'changed');
    await git(scratch.root, 'clone', '--quiet', library.root, 'nested');
    await git(scratch.root, 'init', '--quiet', 'nested empty');
    await scratch.write('nested empty/file.txt', 'x');
    const snapshot = await quietSnapshotOf(await scratch.open());
    const paths = Object.keys(await filesOfTree(scratch.root, snapshot.tree));
    assert.deepEqual(paths, ['.gitmodules', 'file.txt', 'library', 'staged']);
    assert.deepEqual(snapshot.skipped.map(({ path, reason }) => `${path} ${reason}`).sort(), [
      'library submodule',
      'nested empty/ nestedRepository',
      'nested nestedRepository',
      'staged submodule',
    ]);
  });

  it('goes on without what it may not read, and names it', async () => {
    // Root may read everything: the test goes on as nobody where it was started as root.
    const isRoot = process.geteuid?.() === 0;
    await using scratch = await ScratchRepository.with({ 'tracked.txt': 'a', 'file.txt': 'a' });
    await scratch.write('tracked.txt', 'changed');
    await scratch.write('file.txt', 'changed');
    await scratch.write('secret.txt', 'x');
    await scratch.write('closed/x.txt', 'x');
    if (isRoot) await giveAway(scratch.folder);
    for (const path of ['tracked.txt', 'secret.txt', 'closed']) await chmod(join(scratch.root, path), 0);
    if (isRoot) process.seteuid?.(65534);
    try {
      const [snapshot, changed] = await withVariable('HOME', scratch.folder, async () => {
        const taken = await snapshotOf(await scratch.open());
        return [taken, await git(scratch.root, 'diff', '--name-only', taken.base, taken.commit)] as const;
      });
      assert.equal(changed, 'file.txt\n');
      assert.deepEqual(snapshot.skipped.map(({ path, reason }) => `${path} ${reason}`).sort(), [
        'closed/ unreadable',
        'secret.txt unreadable',
        'tracked.txt unreadable',
      ]);
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(join(scratch.root, 'closed'), 0o755);
    }
  });

  it('follows its base alone, and is one of twenty that are kept', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const repository = await scratch.open();
    const taken: Snapshot[] = [];
    for (let number = 0; number < 23; number += 1) {
      await scratch.write('file.txt', `edit ${number}`);
      taken.push(
        await takeSnapshot(
          repository,
          { id: `s${number}`, skip: [], now: new Date(now.getTime() + number * 1000) },
          calm,
        ),
      );
    }
    const parents = await scratch.git(
      'log',
      '--no-walk',
      '--format=%P',
      ...taken.map(({ commit }) => commit),
    );
    assert.deepEqual(new Set(parents.trim().split('\n')), new Set([taken[0]!.base]));
    const refs = (await scratch.git('for-each-ref', '--format=%(refname)', 'refs/nightjar/'))
      .trim()
      .split('\n');
    assert.equal(refs.length, 20);
    assert.ok(refs.includes('refs/nightjar/snapshots/s22'));
  });

  it('does not mind that others have removed old snapshots meanwhile', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const repository = await scratch.open();
    const { commit } = await snapshotOf(repository);
    const gone = Array.from({ length: 25 }, (_, number) => ({
      ref: `refs/nightjar/snapshots/gone${number}`,
      commit,
    }));
    await keepSnapshot(repository, { ref: 'refs/nightjar/snapshots/two', commit }, gone, calm);
    assert.equal(
      await scratch.git('for-each-ref', '--format=%(refname)', 'refs/nightjar/'),
      'refs/nightjar/snapshots/one\nrefs/nightjar/snapshots/two\n',
    );
  });

  it('says that there is nothing to start from', async () => {
    await using scratch = await ScratchRepository.empty();
    await scratch.write('file.txt', 'x');
    await assert.rejects(snapshotOf(await scratch.open()), { code: 'noCommits' });
  });

  it('passes on the words of a filter that fails', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await scratch.git('config', 'filter.broken.clean', 'false');
    await scratch.git('config', 'filter.broken.required', 'true');
    await scratch.write('.gitattributes', 'new.txt filter=broken\n');
    await scratch.write('new.txt', 'x');
    const repository = await scratch.open();
    const before = await userState(repository);
    await assert.rejects(snapshotOf(repository), {
      code: 'snapshotFailed',
      message: /clean filter 'broken' failed/,
    });
    assert.deepEqual(await userState(repository), before);
  });

  it('refuses an id that is no part of a ref', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const repository = await scratch.open();
    for (const id of ['', '../x', 'a b', '-x', 'a/b'])
      await assert.rejects(snapshotOf(repository, id), /not an id/);
  });
});

describe('SnapshotIndex', () => {
  it('takes everything in one go, from wherever the paths start', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a', 'dir/b.txt': 'b' });
    await scratch.write('a.txt', 'changed');
    await scratch.write('dir/new.txt', 'x');
    await scratch.write('left out.txt', 'x');
    const repository = await scratch.open();
    await using index = await SnapshotIndex.copy(repository, calm);
    await index.addAll((await scratch.git('rev-parse', 'HEAD')).trim(), ['left out.txt']);
    const { entries } = await readStatus(repository, calm, { indexFile: index.file });
    assert.deepEqual(
      entries.filter((entry) => entry.unstaged !== '.').map((entry) => entry.path),
      ['left out.txt'],
    );
  });
});

describe('files that change while a snapshot is taken', () => {
  /** A filter that git runs while it adds `z.txt`, after `a.txt` was added; it writes to `a.txt`. */
  async function withWritingFilter(
    command: string,
    committed: Readonly<Record<string, string>> = {},
  ): Promise<ScratchRepository> {
    const scratch = await ScratchRepository.with({
      ...committed,
      'a.txt': 'a',
      '.gitattributes': '*.txt filter=writing\n',
    });
    const script = join(scratch.folder, 'filter.sh');
    await writeFile(script, `#!/bin/sh\ncat\ncd "${scratch.root}"\n${command}\n`);
    await chmod(script, 0o755);
    await scratch.git('config', 'filter.writing.clean', `${script} %f`);
    await scratch.write('a.txt', 'edited');
    await scratch.write('z.txt', 'z');
    return scratch;
  }

  it('are read once more', async () => {
    await using scratch = await withWritingFilter(
      'if [ "$1" = z.txt ] && [ ! -e ../done ]; then touch ../done; echo more >> a.txt; fi',
    );
    const snapshot = await snapshotOf(await scratch.open());
    assert.equal(await scratch.git('cat-file', 'blob', `${snapshot.commit}:a.txt`), 'editedmore\n');
    assert.deepEqual(await filesOfTree(scratch.root, snapshot.tree), await filesOfFolder(scratch.root));
  });

  it('are read once more where they had no change before', async () => {
    await using scratch = await withWritingFilter(
      'if [ "$1" = z.txt ] && [ ! -e ../done ]; then touch ../done; echo more >> settled.md; fi',
      { 'settled.md': 'as committed\n' },
    );
    const snapshot = await snapshotOf(await scratch.open());
    assert.equal(
      await scratch.git('cat-file', 'blob', `${snapshot.commit}:settled.md`),
      'as committed\nmore\n',
    );
  });

  it('stay out where they are new', async () => {
    await using scratch = await withWritingFilter('[ "$1" = z.txt ] && echo late > late.md; true');
    const snapshot = await snapshotOf(await scratch.open());
    assert.deepEqual(Object.keys(await filesOfTree(scratch.root, snapshot.tree)), [
      '.gitattributes',
      'a.txt',
      'z.txt',
    ]);
  });

  it('stop the hand-off where they go on changing', async () => {
    await using scratch = await withWritingFilter('[ "$1" = a.txt ] && echo more >> a.txt; true');
    const repository = await scratch.open();
    await assert.rejects(snapshotOf(repository), { code: 'changedWhileShipping', message: /a\.txt/ });
    assert.equal(await scratch.git('for-each-ref', 'refs/nightjar/'), '');
  });
});

describe('copyIndexFile', () => {
  /** An edit of the same size in the second in which the index was written; git then sees it only by the index's age. */
  async function withSameSecondEdit(): Promise<ScratchRepository> {
    const scratch = await ScratchRepository.with({ 'file.txt': 'one' });
    const second = new Date('2026-01-01T00:00:00Z');
    await scratch.git('config', 'core.trustctime', 'false');
    await utimes(join(scratch.root, 'file.txt'), second, second);
    await scratch.git('update-index', '--refresh');
    await scratch.write('file.txt', 'two');
    await utimes(join(scratch.root, 'file.txt'), second, second);
    await utimes(join(scratch.root, '.git/index'), second, second);
    return scratch;
  }

  async function contentAdded(
    scratch: ScratchRepository,
    copy: (from: string, to: string) => Promise<void>,
  ): Promise<string> {
    const folder = join(scratch.folder, 'copy');
    await mkdir(folder);
    const file = join(folder, 'index');
    await copy(join(scratch.root, '.git/index'), file);
    await git(
      scratch.root,
      '-c',
      'alias.with=!f() { GIT_INDEX_FILE="$1"; export GIT_INDEX_FILE; shift; git "$@"; }; f',
      'with',
      file,
      'add',
      '-A',
    );
    return git(
      scratch.root,
      '-c',
      'alias.with=!f() { GIT_INDEX_FILE="$1"; export GIT_INDEX_FILE; shift; git "$@"; }; f',
      'with',
      file,
      'cat-file',
      'blob',
      ':file.txt',
    );
  }

  it('lets git see an edit made in the second of the last index write', async () => {
    await using scratch = await withSameSecondEdit();
    assert.equal(await contentAdded(scratch, copyIndexFile), 'two');
  });

  it('is needed: with a younger copy git misses that edit', async () => {
    await using scratch = await withSameSecondEdit();
    assert.equal(await contentAdded(scratch, copyFile), 'one');
  });
});

async function giveAway(folder: string): Promise<void> {
  await chown(folder, 65534, 65534);
  for (const name of await readdir(folder, { recursive: true }))
    await chown(join(folder, name), 65534, 65534);
}
