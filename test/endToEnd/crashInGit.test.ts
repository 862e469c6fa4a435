// A runner that dies while it records work: after each call of git, or together with a git that leaves its locks behind.
import assert from 'node:assert/strict';
import { faultsInLanes, faultsOf } from './deaths.ts';
import { bundleDyingRunner, type RunnerBundle } from './runnerBundle.ts';
import { Beginning, live, type Outcome } from './wholeLife.ts';

/** Commands that lock what they write: an index, or a ref of the store. */
const locking = /^(add|read-tree|update-ref refs\/)/;

/** After all others everything is as it was before them. */
const writing = /^(init|read-tree|add|write-tree|commit-tree|update-ref|pack-refs)/;

describe('a runner that dies at any call of git', function () {
  this.timeout(600_000);
  let beginning: Beginning;
  let runner: RunnerBundle;
  let calm: Outcome;

  before(async () => {
    beginning = await Beginning.make();
    runner = await bundleDyingRunner();
    calm = await live(beginning, runner.entry, { git: { side: 'after', at: Infinity } });
  });
  after(async () => {
    await runner[Symbol.asyncDispose]();
    await beginning[Symbol.asyncDispose]();
  });

  it('comes to the same end: after the call', async () => {
    const places = calm.gitCalls.flatMap((call, index) => (writing.test(call) ? [index + 1] : []));
    assert.ok(places.length > 15, `only ${places.length} calls to die at`);
    const faults = await faultsInLanes(places, async (at) =>
      faultsOf(await live(beginning, runner.entry, { git: { side: 'after', at } }), calm),
    );
    assert.deepEqual(faults, []);
  });

  it('comes to the same end: in its middle, with git’s locks left behind', async () => {
    const places = calm.gitCalls.flatMap((call, index) => (locking.test(call) ? [index + 1] : []));
    assert.ok(places.length > 10, `only ${places.length} locks to leave`);
    const faults = await faultsInLanes(places, async (at) =>
      faultsOf(await live(beginning, runner.entry, { git: { side: 'torn', at } }), calm),
    );
    assert.deepEqual(faults, []);
  });
});
