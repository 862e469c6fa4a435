// A model call whose last attempt fails although the endpoint may charge for it: the task fails, and its share is spent.
import assert from 'node:assert/strict';
import { runOf } from '../../../runner/tasks/run.ts';
import { EngineWorld } from './engineWorld.ts';

describe('a model call that fails for good', () => {
  it('counts what was set aside for it where the endpoint had begun to answer', async () => {
    await using world = await EngineWorld.make({ dayCeilingUsd: 10, cutModels: new Set(['scripted']) });
    world.create(['a1'], { price: { input: 1, cached: 1, output: 1 } });
    await world.untilStatus('a1', 'failed');
    const events = world.store.eventsOf('a1', 0);
    const started = events.find(({ type }) => type === 'turnStarted');
    const failed = events.find(({ type }) => type === 'taskFailed');
    assert.ok(started?.type === 'turnStarted' && failed?.type === 'taskFailed');
    assert.deepEqual([failed.data.error.code, failed.data.mayBeBilled], ['modelUnreachable', true]);
    assert.ok(started.data.reservedUsd > 0);
    assert.equal(runOf(events)?.spent.costUsd, started.data.reservedUsd);
    await world.engine.recordDeletion('a1');
    const deleted = world.store.eventsOf('a1', 0).at(-1);
    assert.deepEqual(
      [deleted?.type, deleted?.data],
      ['deleted', { spentTodayUsd: started.data.reservedUsd }],
    );
  });
});
