// Housekeeping on real folders, stores and events: what goes, what stays, and that no work is ever lost with it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KnownError } from '../../../shared/errors/errors.ts';
import { KeptWorld } from './keptWorld.ts';
import { gitIn, repositoryId, signal } from './userRepository.ts';

const megabyte = Buffer.alloc(1024 * 1024, 1);

describe('housekeeping removes', () => {
  it('what belongs to no task and to no work, and nothing else', async () => {
    await using world = new KeptWorld();
    await world.task('kept', 'working');
    await using checkout = await world.workspaces.openCheckout(
      world.place('kept'),
      world.user.head(),
      signal,
    );
    const leftovers = [
      'workspaces/deleted/files',
      'workspaces/kept.new/files',
      'workspaces/kept.gone-1234/files',
      'checkouts/ended/0123456789-abc/files',
      'logs/deleted',
      `stores/${repositoryId}.git.gone-1234`,
    ];
    for (const folder of leftovers) mkdirSync(world.path(folder), { recursive: true });
    mkdirSync(world.path('logs/kept'));
    const done = await world.tidyUp();
    for (const folder of leftovers) assert.equal(existsSync(world.path(folder)), false, folder);
    assert.equal(done.length, leftovers.length);
    assert.ok(done.includes('Removed workspaces/deleted.'));
    assert.ok(existsSync(join(checkout.folder, 'readme.md')));
    assert.ok(existsSync(join(world.workspaces.folderOf('kept'), 'readme.md')));
    assert.ok(existsSync(world.path('logs/kept')));
    assert.deepEqual(
      world.said,
      done.map((sentence) => `housekeeping: ${sentence}`),
    );
    assert.deepEqual(await world.tidyUp(), []);
    assert.deepEqual(world.bugs, []);
  });

  it('nothing that was taken into use after it was found', async () => {
    await using world = new KeptWorld();
    mkdirSync(world.path('workspaces/new-task/files'), { recursive: true });
    world.processes.push({
      name: 'a process',
      // The task is created only after its folder was found.
      remove: async () => {
        await world.task('new-task', 'working');
        return true;
      },
    });
    assert.deepEqual(await world.tidyUp(), ['Removed a process.']);
    assert.ok(existsSync(world.workspaces.folderOf('new-task')));
  });

  it('the refs of deleted tasks, and keeps those of the others', async () => {
    await using world = new KeptWorld();
    for (const taskId of ['kept', 'deleted']) {
      await world.task(taskId, 'working');
      for (const turn of [1, 2])
        await world.workspaces.keep(world.place(taskId), turn, world.user.head(), signal);
      await world.workspaces.deliver(world.place(taskId), world.user.head(), signal);
      world.inStore('update-ref', `refs/nightjar/evidence/${taskId}`, world.user.head());
    }
    world.inStore('pack-refs', '--all');
    await world.workspaces.keep(world.place('deleted'), 3, world.user.head(), signal);
    world.record('deleted', { type: 'deleted', data: { spentTodayUsd: 0 } });
    const done = await world.tidyUp();
    assert.ok(done.includes('Removed 5 refs of the deleted task deleted.'), done.join());
    assert.deepEqual(world.inStore('for-each-ref', '--format=%(refname)').split('\n'), [
      'refs/nightjar/evidence/kept',
      `refs/nightjar/snapshots/${world.user.head()}`,
      'refs/nightjar/tasks/kept',
      'refs/nightjar/turns/kept/1',
      'refs/nightjar/turns/kept/2',
    ]);
  });

  it('locks and unfinished files so old that no git can own them, and no younger ones', async () => {
    await using world = new KeptWorld();
    await world.task('kept', 'working');
    const files = [
      'packed-refs.lock',
      'objects/pack/tmp_pack_x',
      'objects/17/tmp_obj_x',
      'refs/nightjar/x.lock',
    ];
    for (const file of files) {
      mkdirSync(join(world.store, file, '..'), { recursive: true });
      writeFileSync(join(world.store, file), '');
      world.age(join(world.store, file), 0);
    }
    assert.deepEqual(await world.tidyUp(), []);
    for (const file of files) world.age(join(world.store, file), 0.1);
    assert.equal((await world.tidyUp()).length, files.length);
    for (const file of files) assert.equal(existsSync(join(world.store, file)), false, file);
  });

  it('the store of a repository without tasks after a month in which nobody asked for it', async () => {
    await using world = new KeptWorld();
    await world.task('only', 'stopped');
    world.age(world.store, 31);
    await world.tidyUp();
    assert.ok(existsSync(world.store), 'its task is there');
    world.record('only', { type: 'deleted', data: { spentTodayUsd: 0 } });
    world.now = new Date();
    world.age(world.store, 31);
    assert.deepEqual(await world.stores.negotiate(repositoryId, [world.user.head()], signal), [
      world.user.head(),
    ]);
    await world.tidyUp();
    assert.ok(existsSync(world.store), 'a client has just asked for it');
    world.age(world.store, 31);
    await world.tidyUp();
    assert.equal(existsSync(world.store), false);
    assert.deepEqual(await world.stores.negotiate(repositoryId, [world.user.head()], signal), []);
  });
});

describe('the disk budget', () => {
  it('is kept by what rests longest, and never by a task that works', async () => {
    await using world = new KeptWorld();
    for (const [taskId, end] of [
      ['waits', 'waiting'],
      ['works', 'working'],
      ['older', 'stopped'],
      ['newer', 'stopped'],
    ] as const) {
      await world.task(taskId, end);
      world.write(taskId, 'files/ignored', megabyte);
    }
    world.write('newer', 'home/cache', megabyte);
    const { disk } = await (await world.keep()).examine(signal);
    const fits = disk.usedBytes - megabyte.length / 2;
    assert.deepEqual(await world.tidyUp(fits), ['Put away the caches of newer to save room.']);
    assert.ok(existsSync(world.workspaces.folderOf('newer')));
    assert.deepEqual(await world.tidyUp(fits - megabyte.length), [
      'Put away the workspace of older to save room.',
    ]);
    assert.deepEqual(await world.tidyUp(1), [
      'Put away the workspace of newer to save room.',
      'Put away the workspace of waits to save room.',
    ]);
    assert.deepEqual(readdirSync(world.path('workspaces')), ['works']);
    assert.deepEqual(await world.tidyUp(1), []);
    assert.deepEqual(world.bugs, []);
  });

  it('costs no work: what no commit held is one before the workspace goes, and comes back with it', async () => {
    await using world = new KeptWorld();
    await world.task('dirty', 'stopped');
    world.write('dirty', 'files/readme.md', 'changed after the end\n');
    world.write('dirty', 'files/ignored', 'gone');
    const { saved } = world.run('dirty');
    await world.tidyUp(1);
    assert.equal(existsSync(world.path('workspaces/dirty')), false);
    const run = world.run('dirty');
    assert.notEqual(run.saved, saved);
    assert.deepEqual([run.isPrepared, run.setUp, run.isAtRest], [false, null, true]);
    assert.equal(world.inStore('rev-parse', 'refs/nightjar/turns/dirty/0'), run.saved);
    await world.workspaces.prepare(world.place('dirty'), run.saved, signal);
    const folder = world.workspaces.folderOf('dirty');
    assert.equal(readFileSync(join(folder, 'readme.md'), 'utf8'), 'changed after the end\n');
    assert.deepEqual(readdirSync(folder).sort(), ['.git', '.gitignore', 'readme.md']);
  });

  it('keeps a workspace whose task is woken while its files are made safe', async () => {
    await using world = new KeptWorld();
    await world.task('woken', 'stopped');
    world.write('woken', 'files/readme.md', 'dirty\n');
    const { record } = world.workspaces;
    const message = { type: 'messageReceived', data: { messageId: 'message-1', text: 'Go on.' } } as const;
    Object.assign(world.workspaces, {
      record: async (...args: Parameters<typeof record>) => {
        const commit = await record(...args);
        world.record('woken', message);
        return commit;
      },
    });
    assert.deepEqual(await world.tidyUp(1), []);
    assert.ok(existsSync(world.workspaces.folderOf('woken')));
    assert.equal(world.run('woken').isPrepared, true);
  });

  it('goes on with the next where one can’t be made safe', async () => {
    await using world = new KeptWorld();
    await world.task('broken', 'stopped');
    await world.task('broken-too', 'waiting');
    await world.task('fine', 'stopped');
    for (const taskId of ['broken', 'broken-too']) world.write(taskId, 'home/cache', megabyte);
    const { record } = world.workspaces;
    Object.assign(world.workspaces, {
      record: async (...[place, ...rest]: Parameters<typeof record>) =>
        place.taskId !== 'fine' ? Promise.reject(new Error('git is ill')) : record(place, ...rest),
    });
    assert.deepEqual(await world.tidyUp(1), ['Put away the workspace of fine to save room.']);
    assert.ok(existsSync(world.workspaces.folderOf('broken')));
    assert.equal(world.bugs.length, 2);
  });

  it('finds some room even where not a word can be recorded, and takes nothing that somebody had to know of', async () => {
    await using world = new KeptWorld();
    await world.task('ended', 'stopped');
    for (const folder of ['home', 'tmp']) world.write('ended', `${folder}/file`, megabyte);
    Object.assign(world.journal, {
      append: () => {
        throw new KnownError('diskFull', { path: '/data' });
      },
    });
    assert.deepEqual(await world.tidyUp(1), []);
    assert.deepEqual(readdirSync(world.path('workspaces/ended')).sort(), [
      'files',
      'ground',
      'home',
      'index',
      'size.json',
    ]);
    assert.match(world.said.join(), /disk of the runner is full/);
  });

  it('takes what set-ups have made before any workspace, the oldest first, and never what is being copied', async () => {
    await using world = new KeptWorld();
    await world.task('ended', 'stopped');
    world.write('ended', 'home/cache', megabyte);
    for (const [name, days] of Object.entries({ old: 3, older: 5, copied: 9, new: 1 }))
      world.setUp(name, megabyte, days);
    const release = world.workspaces.inUse.take(world.path('setUps', repositoryId, 'copied'));
    const { disk } = await (await world.keep()).examine(signal);
    assert.deepEqual(disk.setUps, { count: 4, bytes: 4 * megabyte.length });
    const removed = (name: string): string => `Removed the set-up ${name} to save room.`;
    assert.deepEqual(await world.tidyUp(disk.usedBytes - megabyte.length - 1), [
      removed('older'),
      removed('old'),
    ]);
    assert.deepEqual(await world.tidyUp(1), [
      removed('new'),
      'Put away the caches of ended to save room.',
      'Put away the workspace of ended to save room.',
    ]);
    assert.deepEqual(readdirSync(world.path('setUps', repositoryId)), ['copied']);
    release();
    assert.deepEqual(await world.tidyUp(1), [removed('copied')]);
  });

  it('is not kept to by set-ups of a store that is gone, or by ones that were cut off: they go at once', async () => {
    await using world = new KeptWorld();
    await world.task('working', 'working');
    for (const name of ['whole', 'half.new-12345678', 'half.gone-12345678', 'made.new-12345678'])
      world.setUp(name, megabyte, 0);
    const release = world.workspaces.inUse.take(world.path('setUps', repositoryId, 'made.new-12345678'));
    mkdirSync(world.path('setUps/no-such-store/some-key'), { recursive: true });
    const { leftovers } = await (await world.keep()).examine(signal);
    const left = ['half.gone-12345678', 'half.new-12345678'].map((name) => `setUps/${repositoryId}/${name}`);
    assert.deepEqual(leftovers.toSorted(), [...left, 'setUps/no-such-store'].toSorted());
    await world.tidyUp();
    assert.deepEqual(readdirSync(world.path('setUps', repositoryId)).sort(), ['made.new-12345678', 'whole']);
    assert.deepEqual(readdirSync(world.path('setUps')), [repositoryId]);
    release();
  });

  it('is told with what each task takes', async () => {
    await using world = new KeptWorld();
    await world.task('big', 'stopped');
    world.write('big', 'files/ignored', megabyte);
    world.write('big', 'home/cache', megabyte);
    mkdirSync(world.path('logs/big'), { recursive: true });
    writeFileSync(world.path('logs/big/setup.log'), megabyte);
    const { disk, leftovers } = await (await world.keep(5e9)).examine(signal);
    const [task] = disk.tasks;
    assert.deepEqual(
      [task?.taskId, task?.status, disk.budgetBytes, disk.stores.count],
      ['big', 'stopped', 5e9, 1],
    );
    assert.ok(task!.workspaceBytes! >= 2 * megabyte.length && task!.workspaceBytes! < 3 * megabyte.length);
    assert.ok(task!.logBytes! >= megabyte.length);
    assert.ok(disk.usedBytes > 3 * megabyte.length);
    assert.deepEqual(leftovers, []);
    // What is known of a task that rests is known after a restart, too.
    rmSync(world.path('workspaces/big/files'), { recursive: true });
    const again = await (await world.keep()).examine(signal);
    assert.equal(again.disk.tasks[0]?.workspaceBytes, task?.workspaceBytes);
  });
});

describe('a store with much in it', () => {
  /** The ids of all objects, reachable or not. */
  const objectsOf = (world: KeptWorld): string[] =>
    world.inStore('cat-file', '--batch-all-objects', '--batch-check=%(objectname)').split('\n');
  const countsOf = (world: KeptWorld): string[] =>
    world
      .inStore('count-objects', '-v')
      .split('\n')
      .filter((line) => /^(count|packs):/.test(line));

  it('is packed, and loses nothing: no ref says what a workspace borrows', async () => {
    await using world = new KeptWorld();
    await world.task('borrows', 'working');
    const parent = world.user.head();
    const place = world.place('borrows');
    const checkpoint = (turn: number) =>
      world.workspaces.checkpoint(place, { turn, parent, at: new Date(0) }, signal);
    for (let count = 0; count < 20; count += 1) {
      world.user.commit({ [`file-${count}`]: String(count) });
      await world.stores.receiveBundle(world.user.bundle({ have: [`${world.user.head()}^`] }), signal);
    }
    // A recording that was cut off: the index names what the store has, though no ref reaches it.
    world.cutOffRecording('borrows', 'borrowed', 'nobody else knows\n');
    const borrowed = world.inStore(
      'hash-object',
      '-t',
      'blob',
      world.path('workspaces/borrows/files/borrowed'),
    );
    const before = objectsOf(world);
    assert.ok(before.includes(borrowed));
    assert.deepEqual(await world.tidyUp(), [`Packed the store ${world.store}.`]);
    assert.deepEqual(countsOf(world), ['count: 0', 'packs: 1']);
    assert.deepEqual(objectsOf(world), before);
    await checkpoint(1);
    assert.deepEqual(await world.tidyUp(), []);
    // The attack: what every other git would do by itself.
    world.cutOffRecording('borrows', 'lost', 'nobody knows this either\n');
    gitIn(world.store, ['gc', '--prune=now', '--quiet']);
    await assert.rejects(checkpoint(2), /invalid object|write-tree/);
  });

  it('has its refs in one file once they are many, and each still points where it did', async () => {
    await using world = new KeptWorld();
    await world.task('long', 'working');
    const head = world.user.head();
    const folder = join(world.store, 'refs/nightjar/turns/long');
    mkdirSync(folder, { recursive: true });
    for (let turn = 1; turn <= 600; turn += 1) writeFileSync(join(folder, String(turn)), `${head}\n`);
    const before = world.inStore('for-each-ref');
    assert.deepEqual(await world.tidyUp(), [`Packed the store ${world.store}.`]);
    assert.equal(existsSync(folder), false);
    assert.equal(world.inStore('for-each-ref'), before);
    await world.workspaces.keep(world.place('long'), 601, head, signal);
    assert.equal(world.inStore('for-each-ref', 'refs/nightjar/turns').split('\n').length, 601);
  });
});
