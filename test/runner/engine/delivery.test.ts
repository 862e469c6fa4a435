// What a person says in the middle of a delivery: the result waits for it, and nothing of theirs is lost or told twice.
import assert from 'node:assert/strict';
import type { Fact } from '../../../shared/task/events.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import { runOf } from '../../../runner/tasks/run.ts';
import { until } from '../server/serverWorld.ts';
import { EngineWorld } from './engineWorld.ts';

const message: Fact = { type: 'messageReceived', data: { messageId: 'm', text: 'Also mend the tax.' } };

describe('a delivery', () => {
  /** A world in which `act` happens once, in the middle of the first delivery. */
  async function worldWith(act: (world: EngineWorld) => void): Promise<EngineWorld> {
    let hasHappened = false;
    const world: EngineWorld = await EngineWorld.make({
      whileDelivering: () => {
        if (hasHappened) return;
        hasHappened = true;
        act(world);
      },
    });
    return world;
  }
  const typesIn = (world: EngineWorld): string[] => world.store.eventsOf('a1', 0).map(({ type }) => type);
  const heardIn = (world: EngineWorld): number =>
    (runOf(world.store.eventsOf('a1', 0))?.transcript ?? []).filter(
      ({ role, text }) => role === 'user' && text === 'Also mend the tax.',
    ).length;

  const untilTurn = async (world: EngineWorld, turn: number): Promise<void> => {
    const isAsked = (): boolean => world.task('a1').turns === turn && world.working === 'a1';
    await until(isAsked, `turn ${turn}`);
  };

  it('gives way to a message that comes in the middle of it', async () => {
    await using world = await worldWith((own) => {
      own.engine.record('a1', [message]);
    });
    world.create(['a1']);
    await world.untilWorking('a1');
    world.answer('a1');
    await untilTurn(world, 2);
    assert.ok(!typesIn(world).includes('delivered'));
    assert.equal(heardIn(world), 1);
    world.answer('a1');
    await world.untilStatus('a1', 'readyForReview');
    assert.equal(typesIn(world).filter((type) => type === 'delivered').length, 1);
    assert.ok(!typesIn(world).includes('interrupted'));
    assert.deepEqual(world.bugs, []);
  });

  it('does so, too, where the disk was full in between', async () => {
    await using world = await worldWith((own) => {
      own.engine.record('a1', [message]);
      throw new KnownError('diskFull', { path: '/data' });
    });
    world.create(['a1']);
    await world.untilWorking('a1');
    world.answer('a1');
    await untilTurn(world, 2);
    assert.deepEqual([typesIn(world).includes('delivered'), heardIn(world)], [false, 1]);
  });

  it('that the runner’s end cuts off after a message is made when that was worked on', async () => {
    let restart = Promise.resolve();
    await using world = await worldWith((own) => {
      own.engine.record('a1', [message]);
      // The engine that ends waits for this step.
      restart = own.restart();
    });
    world.create(['a1']);
    await world.untilWorking('a1');
    world.answer('a1');
    await untilTurn(world, 2);
    await restart;
    assert.deepEqual([typesIn(world).includes('delivered'), heardIn(world)], [false, 1]);
    world.answer('a1');
    await world.untilStatus('a1', 'readyForReview');
    assert.equal(typesIn(world).filter((type) => type === 'delivered').length, 1);
  });

  it('is not held up by what asks for nothing', async () => {
    await using world = await worldWith((own) => {
      own.engine.record('a1', [{ type: 'prioritized', data: { priority: 'high' } }]);
    });
    world.create(['a1']);
    await world.untilWorking('a1');
    world.answer('a1');
    await world.untilStatus('a1', 'readyForReview');
    assert.equal(typesIn(world).filter((type) => type === 'deliverStarted').length, 1);
  });
});
