// A hand-off whose connection is cut or whose runner dies: it says so, leaves nothing half-done, and goes well the next time.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { readRunnerRecord } from '../../shared/client/runnerRecord.ts';
import { KnownError } from '../../shared/errors/errors.ts';
import { git } from '../demo/sampleProject.ts';
import { byTurn } from '../support/scriptedModel.ts';
import { putDyingGit } from './dyingGit.ts';
import { bundleDyingRunner, type RunnerBundle } from './runnerBundle.ts';
import { ShippingProxy } from './shippingProxy.ts';
import { calm, ended, eventually, World } from './world.ts';

const done = byTurn([{ say: 'Nothing to do.' }]);

/** A world whose project has something to ship that is larger than one frame. */
async function makeWorld(): Promise<World> {
  const world = await World.make(done);
  await writeFile(join(world.project, 'noise.bin'), randomBytes(700_000));
  return world;
}

const refsOf = (world: World): Promise<string> =>
  git(world.project, ['for-each-ref', '--format=%(refname)', 'refs/nightjar'], calm);

/** Fails with words that say what happened and what to do, and leaves no task and nothing in the user's repository. */
async function assertFailsCleanly(world: World, connection: RunnerConnection): Promise<void> {
  const before = await refsOf(world);
  const failure = await world.handOff(connection, { checks: [] }).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof KnownError, String(failure));
  assert.ok(failure.mayRetry && failure.remedy !== '', `${failure.code}: ${failure.remedy}`);
  assert.equal(await refsOf(world), before);
}

/** Hands off once more; in the end there is one task, and nothing of the broken shipment. */
async function assertGoesWell(world: World): Promise<void> {
  const connection = await world.connect();
  assert.deepEqual((await connection.request('tasks/list', {}, calm)).tasks, []);
  const { id } = await world.handOff(connection, { checks: [] });
  assert.equal((await ended(connection, id)).status, 'readyForReview');
  assert.equal((await connection.request('tasks/list', {}, calm)).tasks.length, 1);
  await assertNothingHalfDone(world);
}

async function assertNothingHalfDone(world: World): Promise<void> {
  await eventually(async () => (await readdir(join(world.data, 'uploads'))).length === 0);
  const stores = await readdir(join(world.data, 'stores'));
  assert.ok(
    stores.every((name) => /^[0-9a-f]{32}\.git$/.test(name)),
    stores.join(', '),
  );
  for (const store of stores) {
    const files = await readdir(join(world.data, 'stores', store), { recursive: true });
    assert.deepEqual(
      files.filter((file) => /^incoming|\/tmp_/.test(file)),
      [],
    );
    await git(join(world.data, 'stores', store), ['fsck', '--strict', '--no-dangling'], calm);
  }
}

describe('a shipment that is cut off', function () {
  this.timeout(180_000);

  for (const [place, at] of [
    ['before its first byte', 0],
    ['while its socket opens', 100],
    ['in its first frame', 50_000],
    ['in its third frame', 600_000],
    ['when it is taken in but not yet confirmed', 'answer'],
  ] as const) {
    for (const cause of ['the connection', 'the runner'] as const) {
      it(`${place}: ${cause}`, async () => {
        await using world = await makeWorld();
        const first = await world.startRunner();
        await using proxy = await ShippingProxy.start(() => portOf(world));
        await using connection = await connectThrough(proxy, world);
        let killing: Promise<void> | undefined;
        const strike = (): void => {
          if (cause === 'the runner') killing = first.kill();
        };
        proxy.ambush = { at, strike };
        await assertFailsCleanly(world, connection);
        assert.equal(proxy.ambush, null, 'the shipment came by');
        await killing;
        if (killing !== undefined) await world.startRunner();
        await assertGoesWell(world);
      });
    }
  }
});

describe('a runner that dies while it takes a shipment in', function () {
  this.timeout(180_000);

  for (const [command, side] of [
    ['init', 'after'],
    ['config', 'after'],
    ['index-pack', 'torn'],
    ['index-pack', 'after'],
    ['rev-list', 'after'],
    ['update-ref', 'torn'],
    ['update-ref', 'after'],
  ] as const) {
    it(`${side === 'after' ? 'after' : 'in the middle of'} git ${command}`, async () => {
      await using world = await makeWorld();
      const PATH = await putDyingGit(world.folder, { side, at: 1, command });
      const first = await world.startRunner({ PATH });
      const connection = await world.connect();
      await assertFailsCleanly(world, connection);
      await eventually(() => first.isGone);
      await world.startRunner();
      await assertGoesWell(world);
    });
  }
});

describe('a runner that dies while it creates the task', function () {
  this.timeout(180_000);
  let runner: RunnerBundle;

  before(async () => (runner = await bundleDyingRunner()));
  after(async () => runner[Symbol.asyncDispose]());

  for (const side of ['before', 'after'] as const) {
    it(`makes one task of it: right ${side} it is recorded`, async () => {
      await using world = await makeWorld();
      const deadly = { NIGHTJAR_TEST_DEATH: side, NIGHTJAR_TEST_DEATH_AT: '1' };
      const first = await world.startRunner(deadly, runner.entry);
      const connection = await world.connect();
      const handingOff = world.handOff(connection, { checks: [] });
      const restarting = eventually(() => first.isGone).then(() => world.startRunner());
      const [{ id }] = await Promise.all([handingOff, restarting]);
      assert.equal((await ended(connection, id)).status, 'readyForReview');
      assert.equal((await connection.request('tasks/list', {}, calm)).tasks.length, 1);
    });
  }
});

async function portOf(world: World): Promise<number> {
  const record = await readRunnerRecord(world.data);
  return Number(new URL(record?.url ?? 'ws://127.0.0.1:1').port);
}

/** A connection that stays, by way of the proxy. */
async function connectThrough(proxy: ShippingProxy, world: World): Promise<RunnerConnection> {
  const connection = new RunnerConnection({
    resolveAddress: async () => ({
      url: proxy.url,
      token: (await readRunnerRecord(world.data))?.token ?? null,
    }),
    clientName: 'test',
    clientVersion: '0',
    isPersistent: true,
  });
  await connection.connect(calm);
  return connection;
}
