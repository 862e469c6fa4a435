// A runner that dies right before or right after each event of a whole task, and whenever a client has just seen one.
import assert from 'node:assert/strict';
import type { TaskEvent } from '../../shared/task/events.ts';
import { faultsInLanes, faultsOf } from './deaths.ts';
import type { DeathSide } from './dyingRunner.ts';
import { bundleDyingRunner, type RunnerBundle } from './runnerBundle.ts';
import { Beginning, live, type Outcome } from './wholeLife.ts';

describe('a runner that dies at any event', function () {
  this.timeout(600_000);
  let beginning: Beginning;
  let runner: RunnerBundle;
  let calm: Outcome;

  before(async () => {
    beginning = await Beginning.make();
    runner = await bundleDyingRunner();
    calm = await live(beginning, runner.entry, null);
  });
  after(async () => {
    await runner[Symbol.asyncDispose]();
    await beginning[Symbol.asyncDispose]();
  });

  it('lives a task with everything in it when nothing happens', () => {
    const { task, commits, counts, events } = calm;
    assert.deepEqual([task.status, task.verdict, task.rounds], ['readyForReview', 'verified', 2]);
    assert.deepEqual(counts, ['one', 'two', 'three']);
    assert.deepEqual(
      commits.map(({ trailers }) => trailers),
      [[task.id], [task.id]],
    );
    assert.ok(events.length > 60, `only ${events.length} moments to die at`);
    assert.deepEqual(faultsOf(calm, calm), []);
  });

  for (const [side, moment, isPlace] of [
    ['before', 'right before it is recorded', isBehindAnEffect],
    ['after', 'right after it is recorded', () => true],
    // Hardly another moment than the one before: some of them will do.
    ['sent', 'when a client has just been told of it', ({ seq }) => seq % 4 === 0],
  ] as const satisfies readonly (readonly [DeathSide, string, (event: TaskEvent) => boolean])[]) {
    it(`comes to the same end: ${moment}`, async () => {
      const places = calm.events.filter(isPlace).map(({ seq }) => seq);
      const faults = await faultsInLanes(places, async (at) =>
        faultsOf(await live(beginning, runner.entry, { side, at }), calm),
      );
      assert.deepEqual(faults, []);
    });
  }
});

/** The start of a step follows from what was recorded before it, so right before it is right after that. */
function isBehindAnEffect({ type }: TaskEvent): boolean {
  return !type.endsWith('Started') && type !== 'questionAsked';
}
