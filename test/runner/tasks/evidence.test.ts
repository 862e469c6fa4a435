// What evidence tells of a task, put together from its events alone.
import assert from 'node:assert/strict';
import { logsOfEvidence, statementOf, type AskedFacts } from '../../../runner/tasks/evidence.ts';
import { runOf } from '../../../runner/tasks/run.ts';
import { statementSchema, type Predicate } from '../../../shared/evidence/statement.ts';
import type { Fact } from '../../../shared/task/events.ts';
import {
  answerOf,
  callOf,
  checkNamed,
  checkResult,
  createdData,
  eventsFrom,
  noReservation,
} from '../../support/taskFacts.ts';

const head = 'c'.repeat(40);
const asked: AskedFacts = {
  specSha256: '1'.repeat(64),
  environment: {
    platform: 'linux',
    arch: 'x64',
    release: '6',
    runner: '1',
    node: '24',
    git: '2.39',
    lockFiles: [],
  },
  logs: new Map([['round-1-check-1.log', '2'.repeat(64)]]),
};
const criteria = [
  { text: 'Adds up', check: 'npm run test' },
  { text: 'Looks good', check: null },
];
const created = createdData({
  checks: [{ ...checkNamed('test'), kind: 'test' }, checkNamed('lint')],
  spec: { ...createdData().spec, criteria },
  setUp: 'npm ci',
});

function checked(name: string, round: number, passed: boolean, more: object = {}): Fact[] {
  const commit = round === 0 ? created.snapshot.commit : head;
  const ended = checkResult(name, round, passed);
  return [
    { type: 'checkStarted', data: { round, name, command: `npm run ${name}`, commit } },
    { ...ended, data: { ...ended.data, commit, ...more } },
  ];
}

const outcome = { exitCode: 0, timedOut: false, durationMs: 1, tail: '', log: null };
const before: readonly Fact[] = [
  { type: 'taskCreated', data: created },
  { type: 'prepared', data: { durationMs: 1 } },
  { type: 'setUpEnded', data: outcome },
  ...checked('test', 0, true),
  ...checked('lint', 0, false),
  { type: 'turnStarted', data: { turn: 1, round: 1, ...noReservation } },
  answerOf(1, [callOf('ask', 'ask', { question: 'Which?', defaultAnswer: 'Net' })]),
  {
    type: 'questionAsked',
    data: { questionId: 'ask', text: 'Which?', defaultAnswer: 'Net', deadlineAt: '2026-01-01T00:00:00.000Z' },
  },
  { type: 'questionAnswered', data: { questionId: 'ask', text: 'Net', by: 'default' } },
  { type: 'accessBlocked', data: { hosts: [{ host: 'a.example.org', count: 2 }] } },
  { type: 'accessBlocked', data: { hosts: [{ host: 'a.example.org', count: 1 }] } },
  { type: 'committed', data: { round: 1, commit: head, files: [] } },
];
const after: readonly Fact[] = [
  ...checked('test', 1, true, { log: 'round-1-check-1.log', flakyRuns: 2 }),
  ...checked('lint', 1, false, { exitCode: 3, log: 'gone.log' }),
];

function predicateOf(facts: readonly Fact[]): Predicate {
  const events = eventsFrom(facts);
  const run = runOf(events)!;
  const delivery = { verdict: 'partlyVerified', reason: 'roundsUsedUp' } as const;
  const statement = statementOf(run, events, delivery, asked);
  assert.deepEqual(statement.subject, [{ name: 'shop', digest: { gitCommit: head } }]);
  return statementSchema.parse(statement).predicate;
}

describe('the evidence of a delivery', () => {
  it('tells each check with what it was before, its times and the hash of its log', () => {
    const { checks } = predicateOf([...before, ...after]);
    assert.deepEqual(
      checks.map(({ name, kind, exitCode, baseline, log, flakyRuns, commit }) => ({
        ...{ name, kind, exitCode, before: baseline?.passed, log, flakyRuns, commit },
      })),
      [
        {
          ...{ name: 'test', kind: 'test', exitCode: 0, before: true, flakyRuns: 2, commit: head },
          log: { name: 'round-1-check-1.log', sha256: '2'.repeat(64) },
        },
        {
          ...{
            name: 'lint',
            kind: undefined,
            exitCode: 3,
            before: false,
            flakyRuns: undefined,
            commit: head,
          },
          log: { name: 'gone.log', sha256: null },
        },
      ],
    );
    const [first] = checks;
    assert.equal(Date.parse(first?.endedAt ?? '') - Date.parse(first?.startedAt ?? ''), 1_000);
    const run = runOf(eventsFrom([...before, ...after]))!;
    assert.deepEqual(logsOfEvidence(run), ['round-1-check-1.log', 'gone.log']);
  });

  it('tells the hash of an image that a check made, and nothing of one where none was made', () => {
    const made = checked('test', 1, true, { log: null, image: 'round-1-check-1.log' });
    const { checks } = predicateOf([...before, ...made]);
    assert.deepEqual(checks[0]?.image, { name: 'round-1-check-1.log', sha256: '2'.repeat(64) });
    assert.deepEqual(logsOfEvidence(runOf(eventsFrom([...before, ...made]))!), ['round-1-check-1.log']);
    const gone = checked('test', 1, true, { image: 'gone.png' });
    assert.deepEqual(predicateOf([...before, ...gone]).checks[0]?.image, { name: 'gone.png', sha256: null });
    assert.equal('image' in (predicateOf([...before, ...after]).checks[0] ?? {}), false);
  });

  it('tells what was assumed, what was kept away, who worked, and what the verdict rests on', () => {
    const facts: Fact[] = [
      ...before,
      {
        type: 'stuckSeen',
        data: {
          ...{ round: 1, turn: 1, sign: 'sameProblems', approach: 'otherModel', detail: '' },
          ...{ commit: null, model: 'larger' },
        },
      },
      ...after,
      {
        type: 'criteriaJudged',
        data: {
          round: 1,
          commit: head,
          results: [
            { criterion: 0, state: 'met', boundBy: 'spec', command: 'npm run test', detail: 'exit code 0' },
            { criterion: 1, state: 'toJudge', boundBy: null, command: null, detail: '' },
          ],
        },
      },
    ];
    const predicate = predicateOf(facts);
    assert.deepEqual(predicate.assumptions, [{ question: 'Which?', answer: 'Net' }]);
    assert.deepEqual(predicate.accessBlocked, [{ host: 'a.example.org', count: 3 }]);
    assert.deepEqual(predicate.models, ['scripted', 'larger']);
    assert.deepEqual(
      predicate.criteria.map(({ text, state }) => [text, state]),
      [
        ['Adds up', 'met'],
        ['Looks good', 'toJudge'],
      ],
    );
    assert.equal(predicate.environment.setUp, 'npm ci');
    assert.deepEqual(predicate.reasons, [
      'lint fails, as it did before.',
      'test is flaky: its 2 runs did not agree.',
      'One criterion is for you to judge.',
      'One check passes.',
    ]);
  });

  it('is the same where the delivery was cut off and is made again', () => {
    const once = [...before, ...after, { type: 'deliverStarted', data: {} }] as const;
    const again: Fact[] = [
      ...once,
      { type: 'runnerEnded', data: { inOrder: false } },
      { type: 'interrupted', data: { step: 'deliverStarted' } },
      { type: 'deliverStarted', data: {} },
    ];
    assert.deepEqual(predicateOf(again), predicateOf(once));
    // Any other fact makes another time of it.
    const later: Fact[] = [...before, { type: 'diskFull', data: {} }, ...after];
    assert.notDeepEqual(predicateOf(later), predicateOf(once));
  });

  it('says nothing of criteria that were judged on another commit', () => {
    const judged = (commit: string): Fact => {
      const met = {
        criterion: 0,
        state: 'met',
        boundBy: 'spec',
        command: 'npm run test',
        detail: '',
      } as const;
      return { type: 'criteriaJudged', data: { round: 1, commit, results: [met] } };
    };
    assert.deepEqual(predicateOf([...before, judged('d'.repeat(40)), ...after]).criteria, []);
    assert.equal(predicateOf([...before, judged(head), ...after]).criteria[0]?.state, 'met');
  });

  it('says nothing of integrity that was found on another commit', () => {
    const inspected = (commit: string): Fact => ({
      type: 'integrityInspected',
      data: { round: 1, commit, findings: [], findingsLeftOut: 0, durationMs: 1 },
    });
    assert.equal(predicateOf([...before, inspected('d'.repeat(40)), ...after]).integrity, null);
    assert.deepEqual(predicateOf([...before, inspected(head), ...after]).integrity, {
      findings: [],
      findingsLeftOut: 0,
      crossRuns: [],
    });
  });
});
