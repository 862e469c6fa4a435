// The panel's timeline as a fold: what each event changes, how rounds are told apart, what happens after interruptions.
import assert from 'node:assert/strict';
import { Timeline } from '../../extension/model/timeline.ts';
import type { TimelineItem } from '../../extension/model/timelineItems.ts';
import type { EvidenceReading } from '../../extension/model/proofSections.ts';
import { sectionsOf } from '../../extension/model/timelineSections.ts';
import { clockText, countText } from '../../extension/model/timelineText.ts';
import { toolBlocksOf, toolContentOf } from '../../extension/model/timelineTools.ts';
import { applyEvent } from '../../shared/task/applyEvent.ts';
import { branchNameFor } from '../../shared/task/branchName.ts';
import type { EndReason, Fact } from '../../shared/task/events.ts';
import type { IntegrityFinding } from '../../shared/task/integrity.ts';
import { activityText } from '../../shared/task/activityText.ts';
import type { Task } from '../../shared/task/task.ts';
import {
  answerOf,
  callOf,
  checkResult,
  createdData,
  eventsFrom,
  noReservation,
} from '../support/taskFacts.ts';

const created: Fact = { type: 'taskCreated', data: createdData() };
const turnStarted = (turn: number): Fact => ({
  type: 'turnStarted',
  data: { turn, round: 1, ...noReservation },
});
const run = callOf('call1', 'run', { command: 'npm test' });
const runStarted: Fact = {
  type: 'toolStarted',
  data: { turn: 1, callId: 'call1', name: 'run', arguments: run.arguments },
};
const runEnded: Fact = {
  type: 'toolEnded',
  data: {
    turn: 1,
    callId: 'call1',
    name: 'run',
    ok: true,
    text: 'boom',
    exitCode: 1,
    log: 'run.log',
    durationMs: 3_200,
  },
};
const committed = (round: number): Fact[] => [
  { type: 'commitStarted', data: { round } },
  { type: 'committed', data: { round, commit: 'c'.repeat(40), files: [] } },
];
const message: Fact = { type: 'messageReceived', data: { messageId: 'message-1', text: 'Use tabs.' } };
const delivery: Fact = {
  type: 'delivered',
  data: {
    commit: 'c'.repeat(40),
    ref: 'refs/nightjar/tasks/x',
    verdict: 'verified',
    reason: 'checksPassed',
    summary: 'Done.',
  },
};

function timelineOf(...facts: readonly Fact[]): Timeline {
  const timeline = new Timeline();
  for (const event of eventsFrom(facts)) timeline.add(event);
  return timeline;
}

function itemOf(timeline: Timeline, id: string): TimelineItem {
  const item = timeline.items.find((each) => each.id === id);
  assert.ok(item, `there is no row ${id}`);
  return item;
}

function taskAfter(...facts: readonly Fact[]): Task {
  const task = eventsFrom(facts).reduce<Task | null>(applyEvent, null);
  assert.ok(task);
  return task;
}

describe('Timeline', () => {
  it('changes one row when a tool call ends, in its old place', () => {
    const events = eventsFrom([
      created,
      turnStarted(1),
      answerOf(1, [run], 'Testing.'),
      runStarted,
      runEnded,
    ]);
    const timeline = new Timeline();
    const changes = events.map((event) => timeline.add(event).items.map(({ id, order }) => `${order} ${id}`));
    assert.deepEqual(changes, [
      ['0 created'],
      ['1 turn-1'],
      ['1 turn-1'],
      ['2 tool-1-call1'],
      ['2 tool-1-call1'],
    ]);
  });

  it('changes nothing for an event that it knows', () => {
    const events = eventsFrom([created, turnStarted(1)]);
    const timeline = new Timeline();
    for (const event of events) timeline.add(event);
    assert.deepEqual(timeline.add(events[1]!), { items: [], rounds: [] });
    assert.equal(timeline.items.length, 2);
  });

  it('knows the row that live output belongs to', () => {
    assert.equal(timelineOf(created, turnStarted(1)).runningItem('model'), 'turn-1');
    const running = timelineOf(created, turnStarted(1), answerOf(1, [run]), runStarted);
    assert.equal(running.runningItem('model'), null);
    assert.equal(running.runningItem('command'), 'tool-1-call1');
    assert.equal(timelineOf(created, turnStarted(1), runStarted, runEnded).runningItem('command'), null);
  });

  it('begins a round with the first turn after a commit', () => {
    const timeline = timelineOf(
      created,
      checkResult('test', 0, false),
      turnStarted(1),
      ...committed(1),
      checkResult('test', 1, false),
      turnStarted(2),
      turnStarted(3),
      ...committed(2),
      checkResult('test', 2, true),
      delivery,
    );
    const rounds = timeline.rounds.map(({ round, turns, checksPassed, checksFailed }) => [
      round,
      turns,
      checksPassed,
      checksFailed,
    ]);
    assert.deepEqual(rounds, [
      [0, 0, 0, 1],
      [1, 1, 0, 1],
      [2, 2, 1, 0],
    ]);
    assert.ok(timeline.rounds.every(({ endedAt }) => endedAt !== null));
    assert.deepEqual(
      timeline.rounds.map(({ problems }) => problems),
      [
        { new: 0, stays: 0, gone: 0, alreadyFailing: 1 },
        { new: 0, stays: 0, gone: 0, alreadyFailing: 1 },
        { new: 0, stays: 0, gone: 1, alreadyFailing: 0 },
      ],
    );
  });

  it('tells the problems of a check that are new from those that were failing already', () => {
    const known = checkResult('test', 0, false);
    const round = checkResult('test', 1, false);
    const fresh = { ...round.data.problems[0]!, message: 'fresh' };
    const timeline = timelineOf(known, turnStarted(1), ...committed(1), {
      ...round,
      data: { ...round.data, problems: [...round.data.problems, fresh] },
    });
    const content = timeline.items.findLast((item) => item.content.kind === 'check')?.content;
    assert.deepEqual(content?.kind === 'check' ? [content.ages, content.gone] : null, [
      ['alreadyFailing', 'new'],
      [],
    ]);
  });

  it('stops the clock at the end and goes on with a message', () => {
    const facts = [created, turnStarted(1), ...committed(1), delivery];
    assert.deepEqual(timelineOf(...facts).elapsed, { beforeMs: 4_000, since: null });
    const reopened = timelineOf(...facts, message);
    assert.deepEqual(reopened.elapsed, { beforeMs: 4_000, since: '2026-01-01T00:00:05.000Z' });
    assert.equal(itemOf(reopened, 'message-6').round, 2);
  });

  it('tells of a stop in a command as a stop, and of the command as interrupted', () => {
    const cutOff: Fact[] = [
      { type: 'stopRequested', data: {} },
      { type: 'interrupted', data: { step: 'run' } },
      {
        type: 'toolEnded',
        data: { turn: 1, callId: 'call1', name: 'run', ok: false, text: 'Cut off', log: null, durationMs: 0 },
      },
      { type: 'stopped', data: { commit: null, ref: null } },
    ];
    const { items } = timelineOf(created, turnStarted(1), answerOf(1, [run]), runStarted, ...cutOff);
    const shown = items.map(({ content }) =>
      content.kind === 'tool' ? content.progress : content.kind === 'note' ? content.text : content.kind,
    );
    assert.deepEqual(shown.slice(1), ['words', 'interrupted', 'Stop requested', 'Stopped']);
  });

  it('knows a command that a stop cut off in the log of an early version, which tells only of its end', () => {
    const stop: Fact = { type: 'stopRequested', data: {} };
    const data = {
      turn: 1,
      callId: 'call1',
      name: 'run',
      ok: false,
      text: 'Ended',
      log: null,
      durationMs: 9,
    };
    const progressAfter = (...facts: Fact[]): unknown => {
      const { content } = itemOf(timelineOf(created, turnStarted(1), runStarted, ...facts), 'tool-1-call1');
      return content.kind === 'tool' && content.progress;
    };
    assert.equal(progressAfter(stop, { type: 'toolEnded', data }), 'interrupted');
    assert.equal(progressAfter({ type: 'toolEnded', data }), 'failed');
    assert.equal(progressAfter(stop, { type: 'toolEnded', data: { ...data, exitCode: 1 } }), 'failed');
  });

  it('says of what still ran at an end that it was interrupted', () => {
    const timeline = timelineOf(created, turnStarted(1), runStarted, {
      type: 'interrupted',
      data: { step: 'tool call1' },
    });
    const { content } = itemOf(timeline, 'tool-1-call1');
    assert.equal(content.kind === 'tool' && content.progress, 'interrupted');
    assert.equal(timeline.runningItem('command'), null);
  });

  it('says nothing of an interruption that is the stop itself', () => {
    const stop: Fact[] = [
      { type: 'stopRequested', data: {} },
      { type: 'interrupted', data: { step: 'run' } },
      { type: 'stopped', data: { commit: null, ref: null } },
    ];
    const labels = timelineOf(created, turnStarted(1), runStarted, ...stop).items.flatMap(({ content }) =>
      content.kind === 'note' ? [content.text] : [],
    );
    assert.deepEqual(labels.slice(-2), ['Stop requested', 'Stopped']);
  });

  it('shows a turn that is taken again after a crash once', () => {
    const timeline = timelineOf(
      created,
      turnStarted(1),
      { type: 'interrupted', data: { step: 'model' } },
      turnStarted(1),
      answerOf(1, [], 'Now.'),
    );
    assert.equal(timeline.turnCount, 1);
    assert.deepEqual(itemOf(timeline, 'turn-1').content, {
      kind: 'words',
      markdown: 'Now.',
      isRunning: false,
    });
  });

  it('shows a turn that waits for a limit of the endpoint once, and that it was held back', () => {
    const until = '2026-01-01T12:05:00.000Z';
    const limited: Fact = {
      type: 'rateLimited',
      data: { turn: 0, endpoint: 'https://host/v1', until, refusals: 1 },
    };
    const facts = [created, turnStarted(1), limited];
    const waiting = timelineOf(...facts);
    assert.deepEqual(
      waiting.items.map(({ id }) => id),
      ['created', 'turn-1', 'limit-1'],
    );
    const note = itemOf(waiting, 'limit-1').content;
    assert.ok(note.kind === 'note');
    assert.equal(note.text, 'Held back by the rate limit of https://host/v1');
    assert.match(note.detail, /^until \d\d:05$/);
    assert.match(
      activityText(taskAfter(...facts)),
      /^Waiting for the rate limit of https:\/\/host\/v1, until \d\d:05$/,
    );
    const timeline = timelineOf(...facts, limited, turnStarted(1), answerOf(1, [], 'Done.'));
    assert.equal(timeline.items.length, 3);
    assert.deepEqual(
      timeline.rounds.map(({ turns }) => turns),
      [0, 1],
    );
    const words = itemOf(timeline, 'turn-1').content;
    assert.ok(words.kind === 'words' && words.markdown === 'Done.' && !words.isRunning);
  });

  it('says why a workspace was made again', () => {
    const texts = [{}, { reason: 'machineRestarted' } as const].map((data) => {
      const timeline = timelineOf(created, { type: 'workspaceLost', data });
      const { content } = itemOf(timeline, 'workspaceLost-2');
      return content.kind === 'note' ? content.text : '';
    });
    assert.match(texts[0] ?? '', /^The workspace was lost;/);
    assert.match(texts[1] ?? '', /^The machine was started again;/);
  });

  it('keeps the answer with its question, and the call that asked out of sight', () => {
    const ask: Fact = { type: 'toolStarted', data: { turn: 1, callId: 'a', name: 'ask', arguments: '{}' } };
    const asked: Fact = {
      type: 'questionAsked',
      data: { questionId: 'q', text: 'Tabs?', defaultAnswer: 'No', deadlineAt: '2026-01-01T01:00:00.000Z' },
    };
    const answered: Fact = { type: 'questionAnswered', data: { questionId: 'q', text: 'No', by: 'default' } };
    const timeline = timelineOf(created, turnStarted(1), ask, asked, answered);
    const { content } = itemOf(timeline, 'question-q');
    assert.equal(content.kind === 'question' && content.answer?.by, 'default');
    assert.ok(!timeline.items.some(({ id }) => id.startsWith('tool-')));
  });

  it('opens a row with arguments, output and log', () => {
    const timeline = timelineOf(created, turnStarted(1), runStarted, runEnded);
    assert.deepEqual(timeline.detailOf('tool-1-call1'), {
      blocks: [
        { label: 'Command', text: 'npm test', tone: 'plain' },
        { label: 'Output', text: 'boom', tone: 'plain' },
      ],
      log: 'run.log',
    });
    assert.deepEqual(timeline.detailOf('nothing'), { blocks: [], log: null });
  });

  it('finds where the last turns begin', () => {
    const timeline = timelineOf(
      created,
      ...[1, 2, 3].flatMap((turn) => [turnStarted(turn), answerOf(turn, [])]),
    );
    assert.equal(timeline.firstOrderOfLast(3), 0);
    assert.equal(timeline.firstOrderOfLast(2), itemOf(timeline, 'turn-2').order);
  });

  it('folds a thousand turns in well under a second', () => {
    const facts = [
      created,
      ...Array.from({ length: 1_000 }, (_, turn) => [
        turnStarted(turn + 1),
        answerOf(turn + 1, [], 'x'),
      ]).flat(),
    ];
    const startedAt = performance.now();
    assert.equal(timelineOf(...facts).turnCount, 1_000);
    assert.ok(performance.now() - startedAt < 1_000);
  });
});

describe('the words for a tool call', () => {
  const ended = { ok: true, text: '', durationMs: 5 };

  it('say what it did to what', () => {
    const edit = toolContentOf({
      name: 'edit',
      arguments: '{"path":"src/cart.js"}',
      ended,
      wasInterrupted: false,
    });
    assert.deepEqual([edit.verb, edit.object, edit.progress], ['Edited', 'src/cart.js', 'passed']);
    const running = toolContentOf({
      name: 'read',
      arguments: '{"path":"a"}',
      ended: null,
      wasInterrupted: false,
    });
    assert.deepEqual([running.verb, running.progress], ['Reading', 'running']);
  });

  it('keep to one line, and to the name where the tool or its arguments are not known', () => {
    const long = toolContentOf({
      name: 'run',
      arguments: JSON.stringify({ command: 'cat <<E\nx\nE' }),
      ended,
      wasInterrupted: false,
    });
    assert.equal(long.object, 'cat <<E …');
    const other = toolContentOf({ name: 'fetch', arguments: '{"broken"', ended, wasInterrupted: false });
    assert.deepEqual([other.verb, other.object], ['Called', 'fetch']);
  });

  it('tell the exit code that the event has, whatever the output says', () => {
    const exitCodeOf = (exitCode?: number | null): number | null =>
      toolContentOf({
        name: 'run',
        arguments: '{"command":"grep -c x"}',
        ended: { ...ended, text: 'Exit code 7.', ...(exitCode === undefined ? {} : { exitCode }) },
        wasInterrupted: false,
      }).exitCode;
    assert.deepEqual([exitCodeOf(3), exitCodeOf(0), exitCodeOf(null), exitCodeOf()], [3, 0, null, null]);
  });

  it('show both sides of each edit, and malformed arguments as they are', () => {
    const edits = JSON.stringify({ path: 'a.js', edits: [{ oldText: 'x', newText: 'y' }] });
    const blocks = toolBlocksOf({ name: 'edit', arguments: edits, ended: null, wasInterrupted: false });
    assert.deepEqual(
      blocks.map(({ label, tone }) => `${label} ${tone}`),
      ['Path plain', 'Old text removed', 'New text added'],
    );
    const malformed = toolBlocksOf({ name: 'edit', arguments: '{"pa', ended: null, wasInterrupted: false });
    assert.deepEqual(malformed, [{ label: 'Arguments', text: '{"pa', tone: 'plain' }]);
  });
});

describe('the panel’s sections', () => {
  const deliveredAs = (
    verdict: 'verified' | 'unverified' | 'failed',
    reason: EndReason = delivery.data.reason,
  ): Fact => ({ ...delivery, data: { ...delivery.data, verdict, reason } });

  it('call a result verified only by its verdict', () => {
    const tones = (['verified', 'unverified', 'failed'] as const).map(
      (verdict) => sectionsOf(taskAfter(created, deliveredAs(verdict)), null).header.verdict?.tone,
    );
    assert.deepEqual(tones, ['good', 'muted', 'bad']);
    assert.equal(sectionsOf(taskAfter(created), null).header.verdict, null);
  });

  it('say what a task waits for that has no place on the runner', () => {
    const queued = { place: '2nd of 5', reason: '3 of 3 places used by A, B, C' };
    const { header } = sectionsOf(taskAfter(created, turnStarted(1)), null, { queued });
    assert.equal(header.activity, 'Waiting, 2nd of 5: 3 of 3 places used by A, B, C');
    assert.deepEqual([header.pill.label, header.isSpinning], ['Queued', false]);
  });

  it('say what was proved, and on what', () => {
    const proof = (verdict: 'verified' | 'unverified'): string | undefined =>
      sectionsOf(taskAfter(created, deliveredAs(verdict)), null).result?.proof;
    assert.equal(proof('verified'), 'Proved by the runner on a clean checkout of cccccccc.');
    assert.match(proof('unverified') ?? '', /nothing about it is proved/);
  });

  it('offer what the state allows, the likeliest first', () => {
    const offered = (...facts: Fact[]): string[] =>
      sectionsOf(taskAfter(created, ...facts), null).header.actions.map(({ command, isPrimary }) =>
        isPrimary ? `${command}!` : command,
      );
    assert.deepEqual(offered(turnStarted(1)), ['stop', 'showLog']);
    assert.deepEqual(offered(delivery), ['reviewChanges!', 'checkOut', 'markDone', 'runAgain', 'showLog']);
    assert.deepEqual(offered(deliveredAs('failed')), [
      'runAgain!',
      'reviewChanges',
      'checkOut',
      'markDone',
      'showLog',
    ]);
    assert.deepEqual(offered(delivery, { type: 'markedDone', data: {} }), [
      'reviewChanges!',
      'checkOut',
      'runAgain',
      'showLog',
    ]);
  });

  it('tell the remedy of a failure', () => {
    const error = {
      code: 'modelKeyRefused',
      message: 'Refused.',
      remedy: 'Check the key.',
      mayRetry: false,
    } as const;
    const { failure } = sectionsOf(
      taskAfter(created, { type: 'taskFailed', data: { error, commit: null, ref: null } }),
      null,
    );
    assert.deepEqual(failure, { title: 'The task failed', message: 'Refused.', remedy: 'Check the key.' });
  });

  it('say that the agent gave up, and not that checks fail, where they pass', () => {
    const titles = (['failed', 'verified'] as const).map(
      (verdict) => sectionsOf(taskAfter(created, deliveredAs(verdict, 'agentGaveUp')), null).failure?.title,
    );
    assert.deepEqual(titles, ['Ended without passing checks', 'The agent gave up']);
  });

  it('offer twice as much where the budget ended the work, and nothing else', () => {
    const atLimit = taskAfter(created, deliveredAs('failed', 'budgetUsedUp'));
    const { limit, failure } = sectionsOf(atLimit, null);
    assert.equal(failure, null);
    assert.equal(
      limit?.message,
      'Its budget allows no further call of the model. What was done so far is delivered below.',
    );
    assert.equal(limit.doubled, '$10.00 · 20M tokens · 160 turns · 12 rounds · 4h');
    assert.equal(sectionsOf(taskAfter(created, delivery), null).limit, null);
  });

  it('bind criteria to the checks that prove them', () => {
    const criteria = [
      { text: 'Tests pass', check: 'npm run test' },
      { text: 'Reads well', check: null },
    ];
    const withCriteria: Fact = {
      type: 'taskCreated',
      data: createdData({ spec: { ...createdData().spec, criteria } }),
    };
    const sections = sectionsOf(taskAfter(withCriteria, turnStarted(1), checkResult('test', 1, true)), null);
    assert.deepEqual(
      sections.criteria?.rows.map(({ state }) => state),
      ['met', 'toJudge'],
    );
    assert.equal(sections.spec.isCollapsed, true);
  });

  it('name the branch as Check Out will, once there is one, and never the ref behind it', () => {
    const facts = [created, turnStarted(1), ...committed(1)];
    const branchesOf = (task: Task): unknown[] =>
      sectionsOf(task, null)
        .header.facts.filter(({ label }) => label === 'From' || label === 'Branch')
        .map(({ label, value }) => [label, value]);
    assert.deepEqual(branchesOf(taskAfter(...facts)), [['From', 'main']]);
    const task = taskAfter(...facts, delivery);
    const branch = branchNameFor(task);
    assert.deepEqual(branchesOf(task), [
      ['From', 'main'],
      ['Branch', branch],
    ]);
    const { items } = timelineOf(...facts, delivery);
    assert.ok(items.some(({ content }) => content.kind === 'note' && content.detail === branch));
    assert.ok(!JSON.stringify([sectionsOf(task, null), items]).includes(task.ref ?? ''));
  });

  it('show an unknown price as a dash', () => {
    const unpriced: Fact = { ...answerOf(1, []), data: { ...answerOf(1, []).data, costUsd: null } };
    const { facts } = sectionsOf(taskAfter(created, turnStarted(1), unpriced), null).header;
    assert.equal(facts.find(({ label }) => label === 'Cost')?.value, '–');
  });
});

describe('what backs or doubts a result', () => {
  const commit = 'c'.repeat(40);
  const finding: IntegrityFinding = {
    ...{ kind: 'oldTestFails', file: 'a.test.js', line: 3, side: 'before' },
    ...{ message: 'It fails', excerpt: '', foundBy: 'run' },
  };
  const run = { round: 1, kind: 'baseTests', commit } as const;
  const proof: readonly Fact[] = [
    {
      type: 'integrityInspected',
      data: { round: 1, commit, findings: [], findingsLeftOut: 0, durationMs: 3 },
    },
    { type: 'crossRunStarted', data: run },
    {
      type: 'crossRunEnded',
      data: { ...run, ran: true, note: '', findings: [finding], durationMs: 3_200, log: 'cross.log' },
    },
    { type: 'checkProposed', data: { criterion: 1, command: 'node half.js' } },
    { type: 'criteriaJudged', data: { round: 1, commit, results: [] } },
    {
      type: 'stuckSeen',
      data: {
        ...{ round: 3, turn: 9, sign: 'sameProblems', approach: 'startOver', commit, model: null },
        detail: 'the same 2 problems in rounds 1 to 3',
      },
    },
  ];

  it('is told in the timeline, a run in one row from its start to its end', () => {
    const timeline = timelineOf(created, turnStarted(1), ...committed(1), ...proof);
    const notes = timeline.items.slice(3).map(({ content, turn }) => {
      assert.ok(content.kind === 'note');
      return [content.text, content.detail, content.tone, turn];
    });
    assert.deepEqual(notes, [
      ['Nothing found in the tests', '', 'muted', null],
      ['1 old test fails on the new code', '3.2s', 'warning', null],
      ['The agent proposed a check for criterion 2:', 'node half.js', 'muted', null],
      ['Criteria: none', '', 'plain', null],
      [
        'Going in circles: the same problems stay',
        'the same 2 problems in rounds 1 to 3. Now it starts over from its best commit, in another way (cccccccc).',
        'warning',
        null,
      ],
    ]);
    assert.equal(timeline.detailOf('crossRun-baseTests-1').log, 'cross.log');
  });

  it('says that nobody has looked where nobody has, and that nothing was found only where somebody has', () => {
    const asides = [[], proof.slice(0, 1), proof.slice(1, 3), proof.slice(0, 3)].map((facts) => {
      const task = taskAfter(created, turnStarted(1), ...committed(1), ...facts, delivery);
      return sectionsOf(task, null).integrity?.aside;
    });
    assert.deepEqual(asides, ['not inspected', 'nothing found', '1 finding', '1 finding']);
    const later = taskAfter(created, ...committed(1), ...proof.slice(0, 3), {
      type: 'committed',
      data: { round: 2, commit: 'd'.repeat(40), files: [] },
    });
    assert.match(sectionsOf(later, null).integrity?.empty ?? '', /This commit has not been inspected/);
    assert.equal(sectionsOf(taskAfter(created), null).integrity, null);
  });

  it('shows of the evidence what the user’s repository has', () => {
    const backed: Fact = { ...delivery, data: { ...delivery.data, evidence: 'e'.repeat(40) } };
    const task = taskAfter(created, ...committed(1), backed);
    const wordsOf = (reading: EvidenceReading | null): string[] => {
      const section = sectionsOf(task, null, { evidence: reading }).evidence;
      return [section?.words ?? '', section?.isDoubtful === true ? 'doubtful' : ''];
    };
    assert.deepEqual(wordsOf({ state: 'missing' }), [
      'Not in your repository yet: it comes with the branch.',
      '',
    ]);
    assert.deepEqual(wordsOf({ state: 'here', keyIds: ['ab'.repeat(32)] }), [
      'Signed by the runner’s key abababababababa…',
      '',
    ]);
    assert.equal(wordsOf({ state: 'here', keyIds: [] })[1], 'doubtful');
    assert.equal(wordsOf({ state: 'otherCommit' })[1], 'doubtful');
    assert.equal(sectionsOf(taskAfter(created, delivery), null).evidence?.hasEvidence, false);
    assert.equal(sectionsOf(taskAfter(created), null).evidence, null);
  });
});

describe('the panel’s numbers', () => {
  it('are short', () => {
    assert.deepEqual([4_400, 185_000, 7_800_000].map(clockText), ['4s', '3m 05s', '2h 10m']);
    assert.deepEqual([950, 1_234, 34_000, 999_600, 1_500_000].map(countText), [
      '950',
      '1.2k',
      '34k',
      '1M',
      '1.5M',
    ]);
  });
});
