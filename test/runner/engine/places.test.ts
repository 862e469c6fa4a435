// Which tasks hold a place and which wait for one, on the real engine: in order, fairly, and never for nothing.
import assert from 'node:assert/strict';
import type { Fact } from '../../../shared/task/events.ts';
import { until } from '../server/serverWorld.ts';
import { EngineWorld } from './engineWorld.ts';

const prioritized = (priority: 'low' | 'high'): Fact => ({ type: 'prioritized', data: { priority } });
const answered: Fact = {
  type: 'questionAnswered',
  data: { questionId: 'call-ask', text: 'That.', by: 'person' },
};

describe('the places of the engine', () => {
  it('are never more than allowed, and the next task takes the place of one that ends', async () => {
    await using world = await EngineWorld.make();
    world.create(['a1', 'a2', 'a3', 'b1']);
    await world.untilWorking('a1 a2');
    assert.equal(world.waiting, 'b1 a3');
    assert.equal(world.reasonOf('a3'), '2 of 2 places used by a1, a2');
    world.answer('a1');
    await world.untilWorking('a2 b1');
    world.answer('a2');
    await world.untilWorking('a3 b1');
    assert.equal(world.waiting, '');
    assert.equal(world.engine.isIdle, false);
    world.answer('a3');
    world.answer('b1');
    await world.untilStatus('b1', 'readyForReview');
    await world.untilWorking('');
    assert.deepEqual([world.engine.isIdle, world.bugs], [true, []]);
  });

  it('keep to the limit of each repository', async () => {
    await using world = await EngineWorld.make({ limits: { all: 3, perRepository: 1 } });
    world.create(['a1', 'a2', 'b1']);
    await world.untilWorking('a1 b1');
    assert.equal(world.reasonOf('a2'), '1 of 1 place for a used by a1');
    world.answer('b1');
    await world.untilStatus('b1', 'readyForReview');
    assert.equal(world.waiting, 'a2');
    world.answer('a1');
    await world.untilWorking('a2');
  });

  it('are given anew when a priority changes, at once', async () => {
    await using world = await EngineWorld.make({ limits: { all: 1 } });
    world.create(['a1', 'a2', 'a3', 'a4']);
    await world.untilWorking('a1');
    let changes = 0;
    world.engine.queue.onChange(() => (changes += 1));
    world.engine.record('a4', [prioritized('high')]);
    world.engine.record('a2', [prioritized('low')]);
    assert.equal(world.waiting, 'a4 a3 a2');
    assert.ok(changes >= 2);
    world.answer('a1');
    await world.untilWorking('a4');
  });

  it('are not held by a task that waits for a person, which goes before fresh ones once it is answered', async () => {
    await using world = await EngineWorld.make({ limits: { all: 1 } });
    world.create(['a1', 'a2', 'a3']);
    await world.untilWorking('a1');
    world.answer('a1', 'ask');
    await world.untilWorking('a2');
    assert.equal(world.task('a1').status, 'needsInput');
    assert.equal(world.waiting, 'a3');
    // What is no answer doesn't make it wait for a place.
    world.engine.record('a1', [prioritized('high')]);
    world.engine.record('a1', [{ type: 'messageReceived', data: { messageId: 'message-1', text: 'Hm.' } }]);
    assert.equal(world.waiting, 'a3');
    world.engine.record('a1', [
      prioritized('low'),
      { type: 'prioritized', data: { priority: 'normal' } },
      answered,
    ]);
    assert.equal(world.waiting, 'a1 a3');
    world.answer('a2');
    await world.untilWorking('a1');
  });

  it('are not held by a task that the ceiling for the day keeps back', async () => {
    await using world = await EngineWorld.make({ limits: { all: 1 }, dayCeilingUsd: 0.05 });
    world.create(['a1'], { price: { input: 100, cached: 100, output: 100 } });
    await until(() => world.task('a1').activity.includes('ceiling'), 'a1 is held back');
    world.create(['b1', 'b2']);
    await world.untilWorking('b1');
    assert.equal(world.waiting, 'b2');
    world.engine.record('a1', [prioritized('high')]);
    assert.equal(world.waiting, 'b2');
    // A turn of another task may have set money free: it looks, and goes on waiting.
    world.answer('b1');
    await world.untilWorking('b2');
    assert.deepEqual([world.waiting, world.bugs], ['', []]);
  });

  it('are not held by a task that waits for the limit of its endpoint, which goes on by itself', async () => {
    const limitedMs = new Map([['busy-model', 600]]);
    await using world = await EngineWorld.make({ limits: { all: 1 }, limitedMs });
    world.create(['a1'], { model: 'busy-model' });
    world.create(['b1', 'b2']);
    await world.untilWorking('b1');
    const { activity, status, turns, waitsUntil } = world.task('a1');
    assert.deepEqual(
      [activity, status, turns],
      ['Waiting for the rate limit of https://host/v1', 'working', 0],
    );
    assert.ok(waitsUntil !== undefined && Date.parse(waitsUntil) > Date.now());
    assert.equal(world.waiting, 'b2');
    // What is no answer of the endpoint doesn't make it wait for a place.
    world.engine.record('a1', [prioritized('high')]);
    assert.equal(world.waiting, 'b2');
    limitedMs.clear();
    await until(() => world.waiting === 'a1 b2', 'it waits for a place again');
    world.answer('b1');
    await world.untilWorking('a1');
    assert.deepEqual([world.task('a1').turns, world.task('a1').waitsUntil], [1, undefined]);
    world.answer('a1');
    await world.untilStatus('a1', 'readyForReview');
    assert.deepEqual(world.bugs, []);
  });

  for (const [whose, taskId] of [
    ['that acts', 'a1'],
    ['that waits', 'a3'],
  ] as const) {
    it(`are not needed to stop a task ${whose}`, async () => {
      await using world = await EngineWorld.make({ limits: { all: 1 } });
      world.create(['a1']);
      world.create(['a2', 'a3'], { priority: 'high' });
      await world.untilWorking('a1');
      await world.engine.recordNow(taskId, [{ type: 'stopRequested', data: {} }]);
      await world.untilStatus(taskId, 'stopped');
      await world.untilWorking(taskId === 'a1' ? 'a2' : 'a1');
      assert.equal(world.waiting, taskId === 'a1' ? 'a3' : 'a2');
    });
  }

  it('are free again after a deletion, of a task that acts or waits', async () => {
    await using world = await EngineWorld.make({ limits: { all: 1 } });
    world.create(['a1', 'a2', 'a3']);
    await world.untilWorking('a1');
    await world.engine.recordDeletion('a2');
    assert.equal(world.waiting, 'a3');
    await world.engine.recordDeletion('a1');
    await world.untilWorking('a3');
    assert.deepEqual([world.waiting, world.bugs], ['', []]);
  });

  it('go after a restart to whom they would have gone without it', async () => {
    await using world = await EngineWorld.make({ limits: { all: 1 } });
    world.create(['a1', 'a2', 'b1']);
    world.create(['c1'], { priority: 'low' });
    await world.untilWorking('a1');
    // Each one that gets in before it lifts the oldest: after ten it is as good as a normal one.
    for (let count = 0; count < 10; count += 1) {
      const [id] = world.working.split(' ');
      world.create([`d${count}`], { priority: 'high' });
      world.answer(id ?? '');
      await world.untilWorking(`d${count}`);
    }
    const waiting = world.waiting;
    assert.equal(waiting.split(' ').at(-1), 'c1');
    await world.restart();
    await world.untilWorking('d9');
    assert.equal(world.waiting, waiting);
    for (const id of ['d9', ...waiting.split(' ')]) {
      await world.untilWorking(id);
      world.answer(id);
    }
    assert.deepEqual(world.bugs, []);
  });

  it('go after a restart to what had begun, then by priority', async () => {
    await using world = await EngineWorld.make();
    world.create(['a1', 'a2', 'a3', 'b1']);
    world.create(['c1'], { priority: 'high' });
    await world.untilWorking('a1 a2');
    await world.restart();
    await world.untilWorking('a1 c1');
    assert.equal(world.waiting, 'a2 b1 a3');
    assert.deepEqual(world.bugs, []);
  });
});
