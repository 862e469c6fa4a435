// What one task's set-up has made, given to others: once for all who want the same, and never what an agent has had a hand in.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { placeIn } from '../../support/plainSandbox.ts';
import { install, SetUpWorld } from './setUpWorld.ts';
import { repositoryId } from './userRepository.ts';

const installedFile = 'files/node_modules/a/index.js';

describe('a set-up that several tasks have', function () {
  this.timeout(60_000);

  it('is done once for five that want it at the same time, and each gets files of its own', async () => {
    await using world = new SetUpWorld();
    const ids = ['one', 'two', 'three', 'four', 'five'];
    for (const id of ids) await world.prepare(id);
    const results = await Promise.all(ids.map((id) => world.setUp(id, { does: `sleep 0.3; ${install}` })));
    assert.equal(world.installed.length, 1);
    assert.equal(results.filter(({ isCached }) => isCached).length, 4);
    assert.match(world.shown.join(''), /Another task is doing this set-up/);
    for (const id of ids) {
      assert.equal(readFileSync(world.path(id, installedFile), 'utf8'), '1\n');
      assert.equal(readFileSync(world.path(id, 'home/.store'), 'utf8'), 'cached\n');
    }
    assert.equal(new Set(ids.map((id) => statSync(world.path(id, installedFile)).ino)).size, 5);
    world.write('one', installedFile, 'changed by an agent\n');
    assert.equal(await world.task('six'), true);
    for (const id of ['two', 'six']) assert.equal(readFileSync(world.path(id, installedFile), 'utf8'), '1\n');
    assert.equal(world.kept.length, 1);
    assert.deepEqual(world.bugs, []);
  });

  it('is done again for another lock file, command, network, grant, or owner, not for other sources', async () => {
    await using world = new SetUpWorld();
    assert.equal(await world.task('first'), false);
    world.user.commit({ 'src/a.js': 'other\n' });
    assert.equal(await world.task('other-sources'), true);
    await world.prepare('others');
    const place = placeIn(world.workspaces.folderOf('others'));
    const network = { mode: 'all', hosts: [] } as const;
    for (const changes of [
      { command: 'npm ci --omit=dev' },
      { place: { ...place, network } },
      { place: { ...place, secrets: ['NIGHTJAR_NOT_SET'] } },
    ])
      assert.equal((await world.setUp('others', changes)).isCached, false, JSON.stringify(changes));
    world.user.commit({ 'package-lock.json': '{ "lockfileVersion": 2 }\n' });
    assert.equal(await world.task('other-lock'), false);
    assert.equal(world.installed.length, 5);
    const theirs = `${repositoryId}-ada`;
    const stores = join(world.user.dataFolder, 'stores');
    execFileSync('cp', ['-a', join(stores, `${repositoryId}.git`), join(stores, `${theirs}.git`)]);
    assert.equal((await world.setUp('other-lock', { repositoryId: theirs })).isCached, false);
  });

  it('is done again for other sources where it may look at them', async () => {
    await using world = new SetUpWorld();
    assert.equal(await world.task('first', { command: 'npm ci && npm run build' }), false);
    assert.equal(await world.task('same', { command: 'npm ci && npm run build' }), true);
    world.user.commit({ 'src/a.js': 'other\n' });
    assert.equal(await world.task('other', { command: 'npm ci && npm run build' }), false);
  });

  const unfit: [name: string, does: string, why: RegExp][] = [
    [
      'names its workspace in a file',
      'mkdir node_modules; pwd > node_modules/shebang',
      /path of its workspace/,
    ],
    [
      'names its workspace in a link',
      'mkdir node_modules; ln -s "$PWD/package.json" node_modules/l',
      /path of its/,
    ],
    [
      'changed files that git tracks',
      `${install}; echo >> package-lock.json`,
      /changed files that git tracks/,
    ],
    ['made nothing', 'true', /made nothing/],
    ['wrote a secret down', `${install}; echo a-granted-token > node_modules/t`, /or a secret/],
  ];
  for (const [name, does, why] of unfit)
    it(`is not kept where it ${name}`, async () => {
      await using world = new SetUpWorld();
      process.env['SET_UP_TEST_TOKEN'] = 'a-granted-token';
      try {
        await world.prepare('first');
        const place = placeIn(world.workspaces.folderOf('first'), { secrets: ['SET_UP_TEST_TOKEN'] });
        await world.setUp('first', { does, place });
      } finally {
        delete process.env['SET_UP_TEST_TOKEN'];
      }
      assert.match(world.said.join(), why);
      assert.deepEqual(world.kept, []);
    });

  it('is not kept where it failed, and the others do it on their own at the same time', async () => {
    await using world = new SetUpWorld();
    for (const id of ['one', 'two', 'three']) await world.prepare(id);
    const does = `${install}; exit 7`;
    const results = await Promise.all(['one', 'two', 'three'].map((id) => world.setUp(id, { does })));
    assert.deepEqual(
      results.map(({ exitCode, isCached }) => [exitCode, isCached]),
      Array(3).fill([7, false]),
    );
    assert.deepEqual(world.kept, []);
  });

  it('passes to the next one where the first is stopped', async () => {
    await using world = new SetUpWorld();
    for (const id of ['one', 'two', 'three']) await world.prepare(id);
    const stopping = new AbortController();
    const first = world.cache.share(
      {
        ...{ command: 'npm ci', place: placeIn(world.workspaces.folderOf('one')), repositoryId },
        ...{ commit: world.user.head(), isUntouched: true, signal: stopping.signal, watch: () => undefined },
      },
      () =>
        new Promise((_, reject) => {
          stopping.signal.addEventListener('abort', () => reject(stopping.signal.reason as Error));
        }),
    );
    const others = Promise.all(['two', 'three'].map((id) => world.setUp(id)));
    stopping.abort();
    await assert.rejects(first, { name: 'AbortError' });
    assert.deepEqual((await others).map(({ isCached }) => isCached).toSorted(), [false, true]);
  });

  it('is done where an earlier one was cut off, rather than mixed with what that left', async () => {
    await using world = new SetUpWorld();
    await world.task('first');
    await world.prepare('second');
    mkdirSync(world.path('second', 'files/node_modules'));
    assert.equal((await world.setUp('second')).isCached, false);
  });

  it('is made again after a start of the machine, which may have taken the end of its files', async () => {
    await using world = new SetUpWorld();
    world.cache = world.open({ boot: 'monday' });
    await world.task('first');
    assert.equal(await world.task('second'), true);
    world.cache = world.open({ boot: 'tuesday' });
    assert.equal(await world.task('third'), false);
    assert.equal(await world.task('fourth'), true);
  });
});

describe('an agent that would like to give its own files to other tasks', function () {
  this.timeout(60_000);
  const evil = 'mkdir -p node_modules/a && echo evil > node_modules/a/index.js';

  /** The agent's commit has a script of its own, and is set up in a checkout; the user then has the same files. */
  async function afterAgent(isUntouched: boolean): Promise<string> {
    await using world = new SetUpWorld();
    await world.task('user');
    world.user.commit({ 'package.json': '{ "scripts": { "postinstall": "./evil" } }\n', evil });
    assert.equal(await world.task('agent', { does: evil, isUntouched }), false);
    await world.task('victim');
    return readFileSync(world.path('victim', installedFile), 'utf8');
  }

  it('gets nothing of its set-up kept', async () => {
    assert.equal(await afterAgent(false), '1\n');
    assert.equal(await afterAgent(true), 'evil\n', 'without the guard the others have it');
  });

  it('can make no copy leave its checkout by a link that it has committed', async () => {
    await using world = new SetUpWorld();
    const does = `${install}; mkdir -p tools/node_modules; echo a > tools/node_modules/a`;
    world.user.commit({ 'tools/readme.md': 'tools\n' });
    await world.task('user', { does });
    const outside = join(world.user.root, 'outside');
    mkdirSync(outside);
    rmSync(join(world.user.folder, 'tools'), { recursive: true });
    symlinkSync(outside, join(world.user.folder, 'tools'));
    world.user.commit({});
    assert.equal(await world.task('agent', { isUntouched: false }), false);
    assert.match(world.said.join(), /a copy of .* failed/);
    assert.equal(existsSync(join(outside, 'node_modules')), false);
    // Whoever writes to the same path without a look at it is led out.
    mkdirSync(world.path('agent', 'files/tools/node_modules'));
    assert.ok(lstatSync(join(outside, 'node_modules')).isDirectory());
  });
});

describe('a disk that is too full to keep a set-up', function () {
  this.timeout(60_000);

  it('leaves the task set up and no half of it', async () => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
    await using world = new SetUpWorld();
    await world.prepare('first');
    const setUps = join(world.user.dataFolder, 'setUps');
    mkdirSync(setUps);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', setUps]);
    try {
      const does = `${install}; head -c 2000000 /dev/zero > node_modules/big`;
      const { exitCode, isCached } = await world.setUp('first', { does });
      assert.deepEqual([exitCode, isCached], [0, false]);
      assert.deepEqual([world.kept, world.bugs], [[], []]);
      assert.match(world.said.join(), /not kept: the disk is full/);
      assert.equal(await world.task('second'), false);
      assert.equal(await world.task('third'), true, 'a smaller one finds room');
    } finally {
      execFileSync('umount', ['-l', setUps]);
    }
  });

  it('is not filled to the brim for it', async () => {
    await using world = new SetUpWorld();
    world.cache = world.open({ leastFreeBytes: Infinity });
    await world.task('first');
    assert.match(world.said.join(), /too little room/);
    assert.deepEqual(world.kept, []);
  });
});
