// A task that goes in circles through all that is changed then, with a runner that dies at each turning, to its best round.
import assert from 'node:assert/strict';
import type { HandOffDraft } from '../../shared/client/handOff.ts';
import { specFromGoal } from '../../shared/spec/parseSpec.ts';
import { defaultBudget } from '../../shared/spec/spec.ts';
import type { EventType, TaskEvent } from '../../shared/task/events.ts';
import { turnsDone } from '../support/likeAnAgent.ts';
import type { Conversation, Reply, ScriptedCall, Step } from '../support/scriptedModel.ts';
import { faultsInLanes } from './deaths.ts';
import type { DeathSide } from './dyingRunner.ts';
import { bundleDyingRunner, type RunnerBundle } from './runnerBundle.ts';
import { Beginning, live, type Outcome, type Plot } from './wholeLife.ts';

const draft: Partial<HandOffDraft> = {
  spec: specFromGoal('Explain the answer'),
  checks: [
    { name: 'answer', command: 'grep -q 42 answer.txt', timeoutMs: 60_000 },
    { name: 'notes', command: 'ls notes.md', timeoutMs: 60_000 },
  ],
  setUp: 'test -f wanted.txt',
  budget: { ...defaultBudget, rounds: 9 },
};

const call = (name: string, values: object): ScriptedCall => ({ name, arguments: values });
const run = (command: string): Reply => ({ calls: [call('run', { command })] });
const finish = (summary: string): Reply => ({
  calls: [call('finish', { outcome: 'done', summary, commitMessage: summary })],
});

/** Round 1 is the best; every round after it that changes nothing is a circle. */
const conversations: Readonly<Record<'first' | 'anew' | 'other', readonly Reply[]>> = {
  first: [
    { calls: [call('write', { path: 'notes.md', content: 'Why 42\n' })] },
    finish('Explain it'),
    run('rm -f notes.md; echo 43 > answer.txt'),
    finish('Drop the notes'),
    finish('It must be right'),
    { say: 'Hypothesis: the check reads another file.' },
    finish('It is right'),
  ],
  anew: [
    {
      calls: [
        call('run', { command: 'cat notes.md answer.txt' }),
        call('readLog', { check: 'notes', round: 2, search: 'NOTES' }),
      ],
    },
    finish('Nothing to do'),
  ],
  other: [run('rm -f notes.md'), finish('Notes are of no use'), finish('That is all')],
};

function script(conversation: Conversation): Step {
  const told = conversation.messages.map(({ role, content }) => (role === 'user' ? content : '')).join('\n');
  const kind = told.includes('take over from another model')
    ? 'other'
    : told.includes('so it begins anew')
      ? 'anew'
      : 'first';
  if ((conversation.model === 'other-model') !== (kind === 'other')) return { fail: 400 };
  return conversations[kind][turnsDone(conversation, ['write', 'run'])] ?? { fail: 400 };
}

const plot: Plot = { script: () => script, answer: 'stop', config: { otherModels: ['other-model'] } };

const dataOf = <Type extends EventType>(events: readonly TaskEvent[], type: Type) =>
  events.flatMap((event) => (event.type === type ? [event.data] : [])) as Extract<
    TaskEvent,
    { type: Type }
  >['data'][];

describe('a task that goes in circles', function () {
  this.timeout(300_000);
  let beginning: Beginning;
  let runner: RunnerBundle;
  let calm: Outcome;

  before(async () => {
    beginning = await Beginning.make(draft);
    runner = await bundleDyingRunner();
    calm = await live(beginning, runner.entry, null, plot);
  });
  after(async () => {
    await runner[Symbol.asyncDispose]();
    await beginning[Symbol.asyncDispose]();
  });

  it('is brought through every approach, and its best round is delivered', () => {
    const { task, events } = calm;
    const seen = dataOf(events, 'stuckSeen');
    assert.deepEqual(
      seen.map(({ sign, approach, round }) => [sign, approach, round]),
      [
        ['nothingChanged', 'hypothesis', 3],
        ['nothingChanged', 'startOver', 4],
        ['nothingChanged', 'otherModel', 5],
        ['nothingChanged', 'askUser', 7],
        ['nothingChanged', 'stop', 7],
      ],
    );
    assert.deepEqual([task.verdict, task.endReason, task.model], ['partlyVerified', 'stuck', 'other-model']);
    assert.deepEqual(
      task.files.map(({ path, status }) => [path, status]),
      [['notes.md', 'added']],
    );
    assert.deepEqual(
      task.checks.map(({ name, passed, commit }) => [name, passed, commit]),
      [
        ['answer', false, task.commit],
        ['notes', true, task.commit],
      ],
    );
    const [delivered] = dataOf(events, 'delivered');
    assert.deepEqual([delivered?.commit, delivered?.round], [dataOf(events, 'committed')[0]?.commit, 5]);
    assert.equal(calm.commits.length, 1);
  });

  it('starts over with the files of its best round, set up again', () => {
    const { events } = calm;
    const start = events.findIndex(
      (event) => event.type === 'stuckSeen' && event.data.approach === 'startOver',
    );
    assert.deepEqual(
      events.slice(start + 1, start + 5).map(({ type }) => type),
      ['prepareStarted', 'prepared', 'setUpStarted', 'setUpEnded'],
    );
    const read = dataOf(events, 'toolEnded').find(({ text }) => text.includes('Why 42'));
    // The answer is the user's again, not that of the rounds that were given up.
    assert.match(read?.text ?? '', /Why 42\n41/);
  });

  it('lets the agent read the log of a check of a round that was given up', () => {
    const read = dataOf(calm.events, 'toolEnded').find(({ name }) => name === 'readLog');
    assert.equal(read?.ok, true);
    // The check was run twice: it had not failed so before.
    assert.match(
      read.text,
      /^1:\t.*notes\.md[^]*\n\n\[The log of "notes" in round 2: 2 of 4 lines found\.\]$/,
    );
  });

  it('loses no commit of what was given up, which the delivered branch does not hold', () => {
    const { events, kept, commits, task } = calm;
    const made = [...dataOf(events, 'committed'), ...dataOf(events, 'checkpointed')].map(
      ({ commit }) => commit,
    );
    assert.deepEqual(
      made.filter((commit) => !kept.includes(commit)),
      [],
    );
    assert.ok(new Set(made).size > commits.length + 3);
    assert.ok(made.some((commit) => commit !== task.commit));
  });

  for (const [side, moment, types] of [
    [
      'after',
      'right after each turning',
      [
        'stuckSeen',
        'prepareStarted',
        'prepared',
        'setUpEnded',
        'questionAsked',
        'questionAnswered',
        'bestRoundTaken',
        'deliverStarted',
      ],
    ],
    ['before', 'with an effect that nobody has recorded', ['prepared', 'delivered']],
  ] as const satisfies readonly (readonly [DeathSide, string, readonly EventType[]])[]) {
    it(`comes to the same end when the runner dies ${moment}`, async () => {
      const places = calm.events.flatMap(({ type, seq }) =>
        (types as readonly EventType[]).includes(type) ? [seq] : [],
      );
      const faults = await faultsInLanes(places, async (at) =>
        faultsOf(await live(beginning, runner.entry, { side, at }, plot)),
      );
      assert.deepEqual(faults, []);
    });
  }

  function faultsOf({ task, events, commits, kept }: Outcome): string[] {
    const resultOf = ({ status, verdict, endReason, files, rounds, turns, stuck }: Outcome['task']) => ({
      ...{ status, verdict, endReason, files, rounds, turns, stuck },
    });
    const seen = (all: readonly TaskEvent[]) => dataOf(all, 'stuckSeen').map(({ approach }) => approach);
    const lost = dataOf(events, 'committed').filter(({ commit }) => !kept.includes(commit));
    const [is, mustBe] = [
      [resultOf(task), seen(events), commits.map(({ tree }) => tree)],
      [resultOf(calm.task), seen(calm.events), calm.commits.map(({ tree }) => tree)],
    ].map((what) => JSON.stringify(what));
    return [
      ...(is === mustBe ? [] : [`${is} instead of ${mustBe}`]),
      ...lost.map(({ commit }) => `${commit} is lost`),
    ];
  }
});
