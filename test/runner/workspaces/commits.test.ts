// What is asked of the store's commits, and commits that mix the files of two, against real git.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskPlace } from '../../../runner/tasks/ports.ts';
import { createCommits } from '../../../runner/workspaces/commits.ts';
import { createStores } from '../../../runner/workspaces/stores.ts';
import { createWorkspaces } from '../../../runner/workspaces/workspaces.ts';
import { gitIn, repositoryId, signal, UserRepository } from './userRepository.ts';

const author = { name: 'Nightjar', email: 'nightjar@localhost' };

async function shipped(user: UserRepository) {
  await createStores(user).receiveBundle(user.bundle(), signal);
  const workspaces = createWorkspaces({ dataFolder: user.dataFolder, refs: user.refs, author, boot: null });
  const place: TaskPlace = { taskId: 't1', repositoryId, snapshot: user.head() };
  await workspaces.prepare(place, place.snapshot, signal);
  const commits = createCommits({ dataFolder: user.dataFolder, refs: user.refs, inUse: workspaces.inUse });
  const commit = async (protectedPaths: readonly string[] = []) =>
    workspaces.commit(
      place,
      { parent: place.snapshot, message: 'Work', at: new Date(0), protectedPaths },
      signal,
    );
  const store = join(user.dataFolder, 'stores', `${repositoryId}.git`);
  const filesOf = (id: string): string =>
    gitIn(store, ['ls-tree', '-r', '--name-only', id]).replaceAll('\n', ' ');
  const textAt = (id: string, path: string): string => gitIn(store, ['show', `${id}:${path}`]);
  return { place, commits, commit, filesOf, textAt, folder: workspaces.folderOf('t1') };
}

const files = {
  'src/a.js': 'a',
  'test/a.test.js': 'old',
  'test/b.test.js': 'b',
  '*.md': 'star',
  'x.md': 'x',
};

describe('the commits of a store', () => {
  it('tell their files and texts, by paths that are no patterns', async () => {
    using user = new UserRepository(files);
    const { commits, place } = await shipped(user);
    const id = place.snapshot;
    assert.deepEqual(await commits.pathsOf(place, id, signal), Object.keys(files).toSorted());
    assert.equal(await commits.textOf(place, id, 'test/a.test.js', signal), 'old');
    assert.equal(await commits.textOf(place, id, '*.md', signal), 'star');
    for (const path of ['none.js', 'test', '*.js'])
      assert.equal(await commits.textOf(place, id, path, signal), null, path);
  });

  it('are mixed: some files as another commit has them, and gone where it has none', async () => {
    using user = new UserRepository(files);
    const { commits, commit, place, filesOf, textAt, folder } = await shipped(user);
    writeFileSync(join(folder, 'src/a.js'), 'new a');
    writeFileSync(join(folder, 'test/a.test.js'), 'new');
    writeFileSync(join(folder, 'test/c.test.js'), 'c');
    rmSync(join(folder, 'test/b.test.js'));
    mkdirSync(join(folder, 'test/b.test.js'));
    writeFileSync(join(folder, 'test/b.test.js/inside'), 'where a file was');
    const { commit: result } = await commit();
    const paths = ['test/a.test.js', 'test/b.test.js', 'test/b.test.js/inside', 'test/c.test.js'];
    const old = await commits.mix(place, { onto: result, from: place.snapshot, paths }, signal);
    assert.equal(filesOf(old), '*.md src/a.js test/a.test.js test/b.test.js x.md');
    assert.deepEqual([textAt(old, 'src/a.js'), textAt(old, 'test/a.test.js')], ['new a', 'old']);
    const news = await commits.mix(place, { onto: place.snapshot, from: result, paths }, signal);
    assert.equal(filesOf(news), '*.md src/a.js test/a.test.js test/b.test.js/inside test/c.test.js x.md');
    assert.deepEqual([textAt(news, 'src/a.js'), textAt(news, 'test/a.test.js')], ['a', 'new']);
    const again = await commits.mix(place, { onto: result, from: place.snapshot, paths }, signal);
    assert.equal(again, old);
  });

  it('have every protected path as it was, also where something else took its place', async () => {
    using user = new UserRepository({ 'ci/a.sh': 'a', 'ci/deep/b.sh': 'b', 'src/a.js': 'a' });
    const { commit, place, filesOf, textAt, folder } = await shipped(user);
    rmSync(join(folder, 'ci'), { recursive: true });
    symlinkSync('src', join(folder, 'ci'));
    writeFileSync(join(folder, 'src/b.js'), 'b');
    const taken = await commit();
    assert.equal(filesOf(taken.commit), 'ci src/a.js src/b.js');
    const { commit: id, keptOut, files: changed } = await commit(['/ci/**']);
    assert.equal(filesOf(id), 'ci/a.sh ci/deep/b.sh src/a.js src/b.js');
    assert.equal(textAt(id, 'ci/deep/b.sh'), 'b');
    assert.deepEqual(keptOut, ['ci/a.sh', 'ci/deep/b.sh']);
    assert.deepEqual(
      changed.map(({ path }) => path),
      ['src/b.js'],
    );
    rmSync(join(folder, 'src/b.js'));
    assert.equal((await commit(['/ci/**'])).commit, place.snapshot, 'nothing else was changed');
  });
});

// Windows and macOS have no such names.
const describeOnLinux = process.platform === 'linux' ? describe : () => undefined;

describeOnLinux('a protected path whose name is no UTF-8', () => {
  it('is kept out like any other', async () => {
    using user = new UserRepository(files);
    const { commit, folder, filesOf } = await shipped(user);
    mkdirSync(join(folder, 'locked'));
    const name = Buffer.concat([
      Buffer.from(join(folder, 'locked/')),
      Buffer.from([0xff]),
      Buffer.from('.yml'),
    ]);
    writeFileSync(name, 'mine');
    writeFileSync(join(folder, 'locked/ä.yml'), 'mine');
    const { commit: id, keptOut } = await commit(['locked/**']);
    assert.doesNotMatch(filesOf(id), /locked/);
    assert.deepEqual(keptOut, ['locked/ä.yml', 'locked/\ufffd.yml']);
    // Without protection both are taken.
    assert.match(filesOf((await commit()).commit), /locked[^]*locked/);
  });
});
