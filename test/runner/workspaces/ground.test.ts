// What clones borrow, against real git: all that a task needs of its repository, and nothing of another task's.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskPlace } from '../../../runner/tasks/ports.ts';
import { Ground } from '../../../runner/workspaces/ground.ts';
import { createStores } from '../../../runner/workspaces/stores.ts';
import { createWorkspaces } from '../../../runner/workspaces/workspaces.ts';
import { KeptWorld } from './keptWorld.ts';
import { gitIn, repositoryId, signal, UserRepository } from './userRepository.ts';

const author = { name: 'Nightjar', email: 'nightjar@localhost' };
const at = new Date(0);

/** A user who hands tasks off one after the other, each with other uncommitted work. */
class Shipping implements Disposable {
  readonly user = new UserRepository();
  readonly stores = createStores(this.user);
  readonly workspaces = createWorkspaces({
    ...{ dataFolder: this.user.dataFolder, refs: this.user.refs },
    ...{ author, boot: null },
  });

  get store(): string {
    return join(this.user.dataFolder, 'stores', `${repositoryId}.git`);
  }

  get history(): string {
    return join(this.user.dataFolder, 'grounds', repositoryId, 'history');
  }

  /** Ships HEAD with the files beside it as a snapshot, as a client does; `previous` as older ones did. */
  async handOff(taskId: string, files: Record<string, string>, previous?: string): Promise<TaskPlace> {
    const base = this.user.head();
    this.user.commit(files);
    if (previous !== undefined) {
      const parents = ['-p', base, '-p', previous];
      this.user.git(
        'reset',
        '--quiet',
        '--soft',
        this.user.git('commit-tree', ...parents, '-m', 's', 'HEAD^{tree}'),
      );
    }
    const place = { taskId, repositoryId, snapshot: this.user.head() };
    await this.stores.receiveBundle(this.user.bundle(), signal);
    this.user.git('reset', '--quiet', '--hard', base);
    await this.workspaces.prepare(place, place.snapshot, signal);
    return place;
  }

  /** Keeps the file as work of the task; its blob's id. */
  async work(place: TaskPlace, file: string, text: string, parent = place.snapshot) {
    writeFileSync(join(this.workspaces.folderOf(place.taskId), file), text);
    const { commit } = await this.workspaces.checkpoint(place, { turn: 1, parent, at }, signal);
    return { commit, blob: gitIn(this.store, ['rev-parse', `${commit}:${file}`]) };
  }

  /** All that a command of the task can find by any means: whatever lies in its clone or where that borrows. */
  everythingSeenBy(place: TaskPlace): string {
    const folder = this.workspaces.folderOf(place.taskId);
    const packs = this.workspaces
      .borrowedBy(place)
      .flatMap((objects) => readdirSync(join(objects, 'pack')).map((name) => join(objects, 'pack', name)))
      .filter((file) => file.endsWith('.idx'));
    return [
      gitIn(folder, ['cat-file', '--batch-all-objects', '--batch']),
      gitIn(folder, ['fsck', '--unreachable', '--no-reflogs', '--lost-found']),
      ...packs.map((file) => gitIn(folder, ['verify-pack', '-v', file])),
    ].join('\n');
  }

  [Symbol.dispose](): void {
    this.user[Symbol.dispose]();
  }
}

describe('the clone of a task', () => {
  it('holds nothing that another task did or was handed off with, wherever git may look', async () => {
    using shipping = new Shipping();
    const other = await shipping.handOff('other', { 'draft.txt': 'shipped with another task\n' });
    const { blob } = await shipping.work(other, 'done.txt', 'done by another task\n');
    const place = await shipping.handOff('own', { 'mine.txt': 'shipped with this one\n' });
    await shipping.work(other, 'later.txt', 'done by another task, later\n');
    const seen = shipping.everythingSeenBy(place);
    assert.match(seen, /shipped with this one/);
    assert.doesNotMatch(seen, /another task/);
    assert.ok(!seen.includes(blob));
    const folder = shipping.workspaces.folderOf('own');
    assert.throws(() => gitIn(folder, ['cat-file', '-p', blob]));

    // The attack succeeds where a clone borrows the store's own objects.
    writeFileSync(join(folder, '.git/objects/info/alternates'), `${join(shipping.store, 'objects')}\n`);
    const all = gitIn(folder, ['cat-file', '--batch-all-objects', '--batch']);
    for (const text of ['shipped with another task', 'done by another task', 'done by another task, later'])
      assert.ok(all.includes(text), text);
  });

  it('has the history of the user’s commits, and is a whole repository', async () => {
    using shipping = new Shipping();
    shipping.user.commit({ 'readme.md': 'one\ntwo\n' });
    const place = await shipping.handOff('t1', { 'src/a.js': 'b\n', 'new/deep/file': 'new\n' });
    const folder = shipping.workspaces.folderOf('t1');
    assert.equal(gitIn(folder, ['rev-list', '--count', 'HEAD']), '3');
    assert.equal(gitIn(folder, ['rev-parse', 'HEAD']), place.snapshot);
    assert.equal(gitIn(folder, ['status', '--porcelain']), '');
    assert.equal(gitIn(folder, ['fsck', '--full', '--no-dangling']), '');
    assert.match(gitIn(folder, ['log', '-p', '--', 'readme.md']), /\+two/);
    gitIn(folder, ['gc', '--quiet']);
    gitIn(folder, ['clone', '--quiet', '.', '../again']);
    assert.equal(gitIn(join(folder, '../again'), ['fsck', '--full', '--no-dangling']), '');
  });

  it('that is made again has its own earlier work, in the checkout as in the workspace', async () => {
    using shipping = new Shipping();
    const { workspaces } = shipping;
    const place = await shipping.handOff('t1', { 'mine.txt': 'mine\n' });
    const first = await shipping.work(place, 'first.txt', 'first\n');
    const second = await shipping.work(place, 'second.txt', 'second\n', first.commit);
    await workspaces.remove('t1');
    await workspaces.prepare(place, second.commit, signal);
    await using checkout = await workspaces.openCheckout(place, second.commit, signal);
    // Another task goes on from a turn of this one: it gets the work until then, and no more.
    const fork = { ...place, taskId: 't2' };
    await workspaces.prepare(fork, first.commit, signal);
    for (const [folder, commit, count] of [
      [workspaces.folderOf('t1'), second.commit, '4'],
      [checkout.folder, second.commit, '4'],
      [workspaces.folderOf('t2'), first.commit, '3'],
    ] as const) {
      assert.equal(gitIn(folder, ['rev-parse', 'HEAD']), commit);
      assert.equal(gitIn(folder, ['rev-list', '--count', 'HEAD']), count);
      assert.equal(gitIn(folder, ['fsck', '--full', '--no-dangling']), '');
      assert.equal(gitIn(folder, ['status', '--porcelain']), '');
    }
    assert.doesNotMatch(shipping.everythingSeenBy(fork), /second/);
  });

  it('ends its history where a snapshot names the one before it, as those of older clients do', async () => {
    using shipping = new Shipping();
    const { snapshot: previous } = await shipping.handOff('other', { 'draft.txt': 'of another task\n' });
    const place = await shipping.handOff('t1', { 'mine.txt': 'mine\n' }, previous);
    const folder = shipping.workspaces.folderOf('t1');
    assert.equal(gitIn(shipping.store, ['rev-list', '--count', place.snapshot]), '3');
    assert.equal(gitIn(folder, ['rev-list', '--count', 'HEAD']), '1');
    assert.equal(gitIn(folder, ['fsck', '--full', '--no-dangling']), '');
    assert.doesNotMatch(shipping.everythingSeenBy(place), /of another task/);
    const { commit } = await shipping.work(place, 'done.txt', 'done\n');
    await shipping.workspaces.remove('t1');
    await shipping.workspaces.prepare(place, commit, signal);
    assert.equal(gitIn(folder, ['rev-list', '--count', 'HEAD']), '2');
    assert.equal(gitIn(folder, ['fsck', '--full', '--no-dangling']), '');
  });

  it('has of a result what the user has made part of their own history', async () => {
    using shipping = new Shipping();
    const other = await shipping.handOff('other', {});
    const { commit } = await shipping.work(other, 'accepted.txt', 'accepted\n');
    const unseen = await shipping.work(other, 'refused.txt', 'refused\n', commit);
    shipping.user.git('fetch', '--quiet', shipping.store, unseen.commit);
    shipping.user.git('merge', '--quiet', commit);
    const place = await shipping.handOff('t1', { 'mine.txt': 'mine\n' });
    const folder = shipping.workspaces.folderOf('t1');
    assert.equal(gitIn(folder, ['show', 'HEAD:accepted.txt']), 'accepted');
    assert.equal(gitIn(folder, ['fsck', '--full', '--no-dangling']), '');
    assert.doesNotMatch(shipping.everythingSeenBy(place), /refused/);
  });

  it('shares the history with all others, of which only what is new is added', async () => {
    using shipping = new Shipping();
    const packs = (): string[] =>
      readdirSync(join(shipping.history, 'pack')).filter((name) => name.endsWith('.idx'));
    const first = await shipping.handOff('t1', { 'a.txt': 'a\n' });
    const before = packs();
    const second = await shipping.handOff('t2', { 'b.txt': 'b\n' });
    assert.deepEqual(packs(), before);
    shipping.user.commit({ 'c.txt': 'c\n' });
    await shipping.handOff('t3', { 'd.txt': 'd\n' });
    const [added = ''] = packs().filter((name) => !before.includes(name));
    const listed = gitIn(shipping.history, ['verify-pack', '-v', join(shipping.history, 'pack', added)]);
    assert.equal(listed.split('\n').filter((line) => /^[0-9a-f]{40} /.test(line)).length, 3);
    const [history] = shipping.workspaces.borrowedBy(first);
    assert.equal(history, shipping.workspaces.borrowedBy(second)[0]);
  });

  it('stands on whole ground after a runner that died in between', async () => {
    using shipping = new Shipping();
    const place = { taskId: 't1', repositoryId, snapshot: shipping.user.commit({ 'b.txt': 'b\n' }) };
    await shipping.stores.receiveBundle(shipping.user.bundle(), signal);
    const ground = join(shipping.user.dataFolder, 'grounds', repositoryId);
    const half = join(ground, 'snapshots', `${place.snapshot}.new`, 'pack');
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, 'pack-half.pack'), 'PACK');
    mkdirSync(join(shipping.history, 'pack'), { recursive: true });
    writeFileSync(join(shipping.history, 'pack', 'tmp_pack_abc'), 'PACK');
    await assert.rejects(new Ground(shipping.user.dataFolder).lay(place, AbortSignal.abort()), {
      name: 'AbortError',
    });
    await shipping.workspaces.prepare(place, place.snapshot, signal);
    const folder = shipping.workspaces.folderOf('t1');
    assert.equal(gitIn(folder, ['fsck', '--full', '--no-dangling']), '');
    assert.ok(!existsSync(join(half, '..')));
  });

  it('of an earlier version goes on with what it borrowed, until it is made again', async () => {
    using shipping = new Shipping();
    const place = await shipping.handOff('t1', {});
    const ofStore = join(shipping.store, 'objects');
    assert.ok(!shipping.workspaces.borrowedBy(place).includes(ofStore));
    rmSync(join(shipping.workspaces.folderOf('t1'), '..', 'ground'));
    assert.ok(shipping.workspaces.borrowedBy(place).includes(ofStore));
    await shipping.workspaces.remove('t1');
    await shipping.workspaces.prepare(place, place.snapshot, signal);
    assert.ok(!shipping.workspaces.borrowedBy(place).includes(ofStore));
  });

  it('takes a repository whose first commit it starts from, and one with submodules', async () => {
    using shipping = new Shipping();
    const root = { taskId: 'root', repositoryId, snapshot: shipping.user.head() };
    await shipping.stores.receiveBundle(shipping.user.bundle(), signal);
    await shipping.workspaces.prepare(root, root.snapshot, signal);
    assert.equal(gitIn(shipping.workspaces.folderOf('root'), ['fsck', '--full']), '');
    shipping.user.git('update-index', '--add', '--cacheinfo', `160000,${root.snapshot},vendor/lib`);
    shipping.user.git('commit', '--quiet', '--message=submodule');
    const place = { ...root, taskId: 't1', snapshot: shipping.user.head() };
    await shipping.stores.receiveBundle(shipping.user.bundle(), signal);
    await shipping.workspaces.prepare(place, place.snapshot, signal);
    assert.equal(gitIn(shipping.workspaces.folderOf('t1'), ['fsck', '--full']), '');
  });
});

describe('the ground of a store', () => {
  const groundOf = (world: KeptWorld): string => world.path('grounds', repositoryId);

  it('loses a snapshot with its last task, and goes with what the store loses', async () => {
    await using world = new KeptWorld();
    world.user.commit({ 'a.txt': 'a\n' });
    const first = world.user.head();
    for (const taskId of ['t1', 't2']) await world.task(taskId, 'stopped');
    world.write('t2', 'files/work', 'work\n');
    await world.workspaces.checkpoint(world.place('t2'), { turn: 1, parent: first, at }, signal);
    world.user.commit({ 'b.txt': 'b\n' });
    await world.task('t3', 'stopped');
    const snapshots = (): string[] => readdirSync(join(groundOf(world), 'snapshots')).sort();
    const both = snapshots();
    assert.ok(both.includes(first) && both.length === 2);
    const remove = async (taskId: string): Promise<readonly string[]> => {
      world.record(taskId, { type: 'deleted', data: { spentTodayUsd: 0 } });
      await world.workspaces.remove(taskId);
      return world.tidyUp();
    };
    await remove('t1');
    assert.deepEqual(snapshots(), both, 't2 has it, too');
    const said = await remove('t2');
    assert.ok(said.includes(`Removed grounds/${repositoryId}/snapshots/${first}.`), String(said));
    assert.deepEqual(snapshots(), [world.user.head()]);
    await world.workspaces.remove('t3');
    world.age(world.store, 1);
    await world.tidyUp();
    assert.ok(!existsSync(groundOf(world)), 'pruned');
    await world.workspaces.prepare(world.place('t3'), world.user.head(), signal);
    assert.equal(gitIn(world.workspaces.folderOf('t3'), ['fsck', '--full', '--no-dangling']), '');
    assert.deepEqual(world.bugs, []);
  });

  it('goes with its store', async () => {
    await using world = new KeptWorld();
    await world.task('t1', 'stopped');
    world.record('t1', { type: 'deleted', data: { spentTodayUsd: 0 } });
    await world.workspaces.remove('t1');
    rmSync(world.store, { recursive: true });
    await world.tidyUp();
    assert.ok(!existsSync(groundOf(world)));
  });

  it('is packed once it lies in many pieces, and every clone still finds all of it', async function () {
    this.timeout(60_000);
    await using world = new KeptWorld();
    for (let count = 0; count < 21; count += 1) {
      world.user.commit({ [`file-${count}`]: String(count) });
      await world.stores.receiveBundle(world.user.bundle(), signal);
      const place = world.place('t1');
      await world.workspaces.remove('t1');
      await world.workspaces.prepare(place, place.snapshot, signal);
    }
    await world.task('t1', 'working');
    await world.tidyUp();
    const packs = readdirSync(join(groundOf(world), 'history', 'pack')).filter((name) =>
      name.endsWith('.pack'),
    );
    assert.ok(packs.length < 5, String(packs));
    const folder = world.workspaces.folderOf('t1');
    assert.equal(gitIn(folder, ['fsck', '--full', '--no-dangling']), '');
    assert.equal(gitIn(folder, ['rev-list', '--count', 'HEAD']), '22');
  });
});
