// A message that comes while a result is being delivered, and a runner that dies at any event from then on.
import assert from 'node:assert/strict';
import type { Conversation, Reply, Step } from '../support/scriptedModel.ts';
import { turnsDone } from '../support/likeAnAgent.ts';
import { faultsInLanes, faultsOf } from './deaths.ts';
import { bundleDyingRunner, type RunnerBundle } from './runnerBundle.ts';
import { Beginning, live, type Outcome, type Plot } from './wholeLife.ts';
import { wantedAnswer, wholeScript } from './wholeTask.ts';

const says = 'Write down who asked, too.';
const wholeTurns = 8;
const further: readonly Reply[] = [
  { calls: [{ name: 'write', arguments: { path: 'asked.md', content: 'A person\n' } }] },
  {
    calls: [
      { name: 'finish', arguments: { outcome: 'done', summary: 'Written.', commitMessage: 'Say who' } },
    ],
  },
];

const plot: Plot = {
  answer: wantedAnswer,
  config: {},
  says,
  script: (countFile) => {
    const whole = wholeScript(countFile);
    return (conversation): Step => {
      const done = turnsDone(conversation, ['write']);
      if (done < wholeTurns) return whole(conversation);
      return timesHeard(conversation) === 1 ? (further[done - wholeTurns] ?? { fail: 400 }) : { fail: 400 };
    };
  },
};

function timesHeard({ messages }: Conversation): number {
  return messages.filter(({ role, content }) => role === 'user' && content === says).length;
}

describe('a runner that dies after a person has written during a delivery', function () {
  this.timeout(600_000);
  let beginning: Beginning;
  let runner: RunnerBundle;
  let calm: Outcome;

  before(async () => {
    beginning = await Beginning.make();
    runner = await bundleDyingRunner();
    calm = await live(beginning, runner.entry, null, plot);
  });
  after(async () => {
    await runner[Symbol.asyncDispose]();
    await beginning[Symbol.asyncDispose]();
  });

  it('works on with it and delivers once, when nothing happens', () => {
    const { task, commits, events } = calm;
    assert.deepEqual([task.status, task.verdict, task.rounds], ['readyForReview', 'verified', 3]);
    assert.ok(task.files.some(({ path }) => path === 'asked.md'));
    assert.equal(commits.length, 3);
    const count = (type: string): number => events.filter((event) => event.type === type).length;
    assert.deepEqual(
      [count('deliverStarted'), count('delivered'), count('messageReceived'), count('interrupted')],
      [2, 1, 1, 0],
    );
  });

  for (const side of ['after', 'before'] as const) {
    it(`comes to the same end: right ${side} it is recorded`, async () => {
      const said = calm.events.findIndex(({ type }) => type === 'messageReceived');
      const since = calm.events.slice(side === 'after' ? said : said + 1);
      const places = side === 'after' ? since : since.filter(({ type }) => !type.endsWith('Started'));
      // What is between is tried at every event elsewhere.
      const ends = [...places.slice(0, 4), ...places.slice(-4)];
      assert.ok(places.length > 8);
      const faults = await faultsInLanes(
        ends.map(({ seq }) => seq),
        async (at) => faultsOf(await live(beginning, runner.entry, { side, at }, plot), calm),
      );
      assert.deepEqual(faults, []);
    });
  }
});
