// What deleted tasks leave in a store goes once nobody borrows from it, and not a single object that anybody needs.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { StoreBorrowers } from '../../../runner/workspaces/storeBorrowers.ts';
import { createdData } from '../../support/taskFacts.ts';
import { KeptWorld } from './keptWorld.ts';
import { gitIn, repositoryId, signal } from './userRepository.ts';

const at = new Date(0);

/** A store in which a task that was deleted has left a megabyte, beside the work of another one at rest. */
async function withGarbage() {
  const world = new KeptWorld();
  for (const taskId of ['kept', 'deleted']) await world.task(taskId, 'stopped');
  world.write('deleted', 'files/large', randomBytes(1024 * 1024));
  const ofDeleted = await work(world, 'deleted', world.user.head());
  const large = world.inStore('rev-parse', `${ofDeleted}:large`);
  world.write('kept', 'files/first', 'first\n');
  const first = await work(world, 'kept', world.user.head());
  world.record('deleted', { type: 'deleted', data: { spentTodayUsd: 0 } });
  const hasLarge = (): boolean => objectsIn(world).includes(large);
  return { world, large, first, hasLarge, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

async function work(world: KeptWorld, taskId: string, parent: string): Promise<string> {
  const turn = { turn: 1, parent, at };
  return (await world.workspaces.checkpoint(world.place(taskId), turn, signal)).commit;
}

function objectsIn(world: KeptWorld): string {
  return world.inStore('cat-file', '--batch-check', '--batch-all-objects');
}

/** Tidies up an hour after anybody asked for the store. */
async function tidyUpLater(world: KeptWorld): Promise<readonly string[]> {
  world.age(world.store, 1);
  await world.tidyUp();
  world.age(world.store, 1);
  return world.tidyUp();
}

describe('a store without workspaces', () => {
  it('loses what a deleted task left, once, and keeps all that others need', async () => {
    await using garbage = await withGarbage();
    const { world, first, hasLarge } = garbage;
    // Named by an event alone, as an earlier round's commit may be.
    const named = world.inStore('commit-tree', '-m', 'round', `${first}^{tree}`);
    world.record('kept', { type: 'committed', data: { round: 1, commit: named, files: [] } });
    world.record('kept', { type: 'stopped', data: { commit: null, ref: null } });
    world.age(world.store, 1);
    await world.tidyUp(1);
    assert.ok(hasLarge(), 'its room was made only now');
    const said = await tidyUpLater(world);
    assert.equal(hasLarge(), false);
    assert.deepEqual(said, []);
    assert.ok(world.said.includes(`housekeeping: Removed from ${world.store} what deleted tasks had left.`));
    assert.equal(world.inStore('fsck', '--full', '--no-dangling'), '');
    assert.equal(world.inStore('cat-file', '-t', named), 'commit');
    assert.deepEqual(await world.stores.negotiate(repositoryId, [world.user.head()], signal), [
      world.user.head(),
    ]);

    await world.workspaces.prepare(world.place('kept'), world.run('kept').saved, signal);
    const folder = world.workspaces.folderOf('kept');
    assert.equal(readFileSync(join(folder, 'first'), 'utf8'), 'first\n');
    assert.equal(gitIn(folder, ['fsck', '--full', '--no-dangling']), '');
    world.record('kept', { type: 'deleted', data: { spentTodayUsd: 0 } });
    await tidyUpLater(world);
    assert.throws(() => world.inStore('cat-file', '-t', named), 'with its task it goes');
    assert.deepEqual(world.bugs, []);
  });

  it('keeps everything while a workspace borrows from it, what no ref names included', async () => {
    await using garbage = await withGarbage();
    const { world, first, hasLarge } = garbage;
    const turn = { turn: 2, parent: first, at };
    world.cutOffRecording('kept', 'borrowed', 'nobody else knows\n');
    await tidyUpLater(world);
    assert.ok(hasLarge());
    const kept = await world.workspaces.checkpoint(world.place('kept'), turn, signal);
    // The attack: the same without looking for workspaces.
    world.cutOffRecording('kept', 'lost', 'nobody knows this either\n');
    world.inStore('repack', '-a', '-d', '-q');
    world.inStore('prune', '--expire=now');
    assert.equal(hasLarge(), false);
    const next = { turn: 3, parent: kept.commit, at };
    await assert.rejects(world.workspaces.checkpoint(world.place('kept'), next, signal));
  });

  it('of a named owner keeps everything while that one’s tasks work', async () => {
    await using world = new KeptWorld();
    const storeId = `${repositoryId}-ann`;
    const shipment = { ...world.user.bundle(), repositoryId: storeId };
    await world.stores.receiveBundle(shipment, signal);
    const place = { taskId: 'works', repositoryId: storeId, snapshot: world.user.head() };
    await world.workspaces.prepare(place, place.snapshot, signal);
    const repository = { ...createdData().repository, id: repositoryId };
    const snapshot = { commit: place.snapshot, base: place.snapshot };
    const created = createdData({ repository, snapshot, owner: 'ann' });
    world.record('works', { type: 'taskCreated', data: created });
    world.record('works', { type: 'prepared', data: { durationMs: 1 } });
    const store = world.path('stores', `${storeId}.git`);
    writeFileSync(join(world.user.root, 'stray'), 'stray\n');
    const stray = gitIn(store, ['hash-object', '-w', join(world.user.root, 'stray')]);
    const objects = (): string => gitIn(store, ['cat-file', '--batch-check', '--batch-all-objects']);
    const pruneLater = async (): Promise<void> => {
      rmSync(join(store, 'objects/info/nightjar-pruned'), { force: true });
      world.age(store, 1);
      await world.tidyUp();
    };
    await pruneLater();
    assert.ok(objects().includes(stray));
    world.record('works', { type: 'stopped', data: { commit: null, ref: null } });
    await world.workspaces.remove('works');
    await pruneLater();
    assert.ok(!objects().includes(stray));
    assert.deepEqual(world.bugs, []);
  });

  const hindrances: Record<string, (world: KeptWorld) => void> = {
    'a checkout is open': (world) => {
      mkdirSync(world.path('checkouts/kept'), { recursive: true });
      world.workspaces.inUse.take(world.path('checkouts/kept'));
    },
    'a workspace is being made': (world) => {
      mkdirSync(world.path('workspaces/kept.new'), { recursive: true });
      world.workspaces.inUse.take(world.path('workspaces/kept.new'));
    },
    'somebody works with it': (world) => {
      void world.user.refs.borrowers.share(world.store, signal, () => new Promise(() => undefined));
    },
  };
  for (const [name, hinder] of Object.entries(hindrances))
    it(`keeps everything while ${name}`, async () => {
      await using garbage = await withGarbage();
      const { world, hasLarge } = garbage;
      await world.workspaces.remove('kept');
      hinder(world);
      await tidyUpLater(world);
      assert.ok(hasLarge());
      assert.deepEqual(world.bugs, []);
    });

  it('keeps everything while a task of it works, or a client has just asked for it', async () => {
    await using garbage = await withGarbage();
    const { world, hasLarge } = garbage;
    await world.workspaces.remove('kept');
    await world.tidyUp();
    world.age(world.store, 1);
    await world.stores.negotiate(repositoryId, [], signal);
    world.now = new Date();
    await world.tidyUp();
    assert.ok(hasLarge(), 'asked for');
    await world.task('works', 'working');
    await world.workspaces.remove('works');
    await tidyUpLater(world);
    assert.ok(hasLarge(), 'worked with');
    world.record('works', { type: 'stopped', data: { commit: null, ref: null } });
    await tidyUpLater(world);
    assert.equal(hasLarge(), false, 'at rest');
  });

  it('is pruned again only after another task was deleted', async () => {
    await using garbage = await withGarbage();
    const { world, hasLarge } = garbage;
    await world.workspaces.remove('kept');
    await tidyUpLater(world);
    assert.equal(hasLarge(), false);
    writeFileSync(join(world.user.root, 'stray'), 'stray\n');
    const stray = world.inStore('hash-object', '-w', join(world.user.root, 'stray'));
    await tidyUpLater(world);
    assert.ok(objectsIn(world).includes(stray));
    world.record('kept', { type: 'deleted', data: { spentTodayUsd: 0 } });
    await tidyUpLater(world);
    assert.equal(objectsIn(world).includes(stray), false);
  });
});

describe('borrowers of a store', () => {
  it('share it, and are alone only when nobody else is', async () => {
    const borrowers = new StoreBorrowers();
    const first = Promise.withResolvers<undefined>();
    const sharing = borrowers.share('a', signal, () => first.promise);
    await borrowers.share('a', signal, async () => undefined);
    const never = async (): Promise<void> => assert.fail('not alone');
    assert.equal(await borrowers.alone('a', signal, never), false);
    assert.equal(await borrowers.alone('b', signal, async () => undefined), true);
    first.resolve(undefined);
    await sharing;
    assert.equal(await borrowers.alone('a', signal, async () => undefined), true);
  });

  it('have whoever is alone give way, and come in only when that is over', async () => {
    const borrowers = new StoreBorrowers();
    const steps: string[] = [];
    const alone = borrowers.alone('a', signal, async (leave) => {
      steps.push('alone');
      await new Promise((resolve) => leave.addEventListener('abort', resolve));
      await setImmediate();
      steps.push('left');
      leave.throwIfAborted();
    });
    await setImmediate();
    await borrowers.share('a', signal, async () => void steps.push('shared'));
    assert.equal(await alone, false);
    assert.deepEqual(steps, ['alone', 'left', 'shared']);
  });

  it('hear of failures and of their own cancellation', async () => {
    const borrowers = new StoreBorrowers();
    const fails = borrowers.alone('a', signal, () => Promise.reject(new Error('broken')));
    await assert.rejects(fails, /broken/);
    await assert.rejects(
      borrowers.alone('a', AbortSignal.abort(), async () => undefined),
      { name: 'AbortError' },
    );
    assert.equal(await borrowers.alone('a', signal, async () => undefined), true);
  });
});
