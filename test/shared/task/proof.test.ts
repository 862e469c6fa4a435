// What backs or doubts a result: which results count on which commit, and the words for strangers.
import assert from 'node:assert/strict';
import { applyEvent } from '../../../shared/task/applyEvent.ts';
import type { EventData, Fact } from '../../../shared/task/events.ts';
import { integrityKindSchema, type IntegrityFinding } from '../../../shared/task/integrity.ts';
import * as proof from '../../../shared/task/proof.ts';
import { approachSchema, stuckSignSchema } from '../../../shared/task/stuck.ts';
import type { Task } from '../../../shared/task/task.ts';
import { checkResult, createdData, eventsFrom } from '../../support/taskFacts.ts';

const [first, second] = ['c'.repeat(40), 'd'.repeat(40)] as const;

const criteria = [
  { text: 'Tests pass', check: 'npm run test' },
  { text: 'Reads well', check: null },
  { text: 'Rounds half up', check: null },
];
const created: Fact = {
  type: 'taskCreated',
  data: createdData({ spec: { ...createdData().spec, criteria } }),
};
const committed = (commit: string): Fact => ({
  type: 'committed',
  data: { round: 1, commit, files: [] },
});
const judged = (commit: string): Fact => ({
  type: 'criteriaJudged',
  data: {
    round: 1,
    commit,
    results: [
      {
        criterion: 0,
        state: 'notMet',
        boundBy: 'spec',
        command: 'npm run test',
        detail: 'exit code 1, expected 0',
      },
      { criterion: 2, state: 'met', boundBy: 'agent', command: 'node half.js', detail: '' },
    ],
  },
});
const finding = (kind: IntegrityFinding['kind'], foundBy: IntegrityFinding['foundBy']): IntegrityFinding => ({
  ...{ kind, file: 'a.test.js', line: 3, side: 'after', message: 'It is so', excerpt: '', foundBy },
});
const inspected = (commit: string, ...findings: IntegrityFinding[]): Fact => ({
  type: 'integrityInspected',
  data: { round: 1, commit, findings, findingsLeftOut: 0, durationMs: 3 },
});
const crossRun = (kind: EventData<'crossRunEnded'>['kind'], ...findings: IntegrityFinding[]): Fact => ({
  type: 'crossRunEnded',
  data: { round: 1, kind, commit: first, ran: true, note: '', findings, durationMs: 3, log: null },
});

function taskAfter(...facts: readonly Fact[]): Task {
  return eventsFrom([created, ...facts]).reduce<Task | null>(applyEvent, null)!;
}

function statesOf(task: Task): string[] {
  return proof
    .judgedCriteria(task)
    .map(({ state, boundBy, detail }) => [state, boundBy ?? '-', detail].join(' ').trim());
}

describe('criteria', () => {
  it('are told as they were judged, and left to a person where nothing decides', () => {
    const task = taskAfter(committed(first), judged(first));
    assert.deepEqual(statesOf(task), ['notMet spec exit code 1, expected 0', 'toJudge -', 'met agent']);
    assert.equal(proof.criteriaText(proof.judgedCriteria(task)), '1 of 2 met, 1 for you to judge');
  });

  it('prove nothing of a later commit', () => {
    const task = taskAfter(committed(first), judged(first), committed(second));
    assert.deepEqual(statesOf(task), [
      'notRun spec ran on an earlier commit',
      'toJudge -',
      'notRun agent ran on an earlier commit',
    ]);
  });

  it('show the image that was made of the newest commit, after the one of before, and none of an earlier commit', () => {
    const images = { image: 'round-1-check-1.png', imageBefore: 'round-0-check-1.png' };
    const shown: Fact = {
      type: 'criteriaJudged',
      data: {
        ...{ round: 1, commit: first },
        results: [
          { criterion: 0, state: 'toJudge', boundBy: 'spec', command: 'npm run shot', detail: '', ...images },
        ],
      },
    };
    const imagesOf = (task: Task) => proof.judgedCriteria(task).map(proof.criterionImages);
    assert.deepEqual(imagesOf(taskAfter(committed(first), shown))[0], [
      { name: images.imageBefore, isBefore: true },
      { name: images.image, isBefore: false },
    ]);
    const later = taskAfter(committed(first), shown, committed(second));
    assert.deepEqual(imagesOf(later).flat(), []);
    assert.equal(statesOf(later)[0], 'notRun spec ran on an earlier commit');
  });

  it('are told by the check of the same command where a log has no judgement', () => {
    const check = checkResult('test', 1, true);
    assert.deepEqual(statesOf(taskAfter()), ['notRun spec', 'toJudge -', 'toJudge -']);
    assert.deepEqual(statesOf(taskAfter(check))[0], 'met spec');
    assert.deepEqual(statesOf(taskAfter(check, committed(first)))[0], 'notRun spec ran on an earlier commit');
  });
});

describe('what is known of the tests', () => {
  const skipped = finding('testSkipped', 'syntax');
  const oldFails = finding('oldTestFails', 'run');

  it('is of the newest commit alone', () => {
    const task = taskAfter(committed(first), inspected(first, skipped));
    assert.equal(proof.findingCount(task), 1);
    const later = taskAfter(committed(first), inspected(first, skipped), committed(second));
    assert.deepEqual([proof.inspectionOf(later), proof.findingCount(later)], [null, 0]);
  });

  it('is the same in whatever order reading and runs end, and however often they are made', () => {
    const facts = [inspected(first, skipped), crossRun('baseTests', oldFails), crossRun('newTests')];
    const states = [facts, facts.toReversed(), [...facts, ...facts]].map(
      (order) => taskAfter(committed(first), ...order).integrity,
    );
    for (const state of states) {
      assert.deepEqual(
        state?.findings.map(({ kind }) => kind),
        ['testSkipped', 'oldTestFails'],
      );
      assert.deepEqual([state.isInspected, state.crossRuns.length], [true, 2]);
    }
  });

  it('is not called inspected where only a run is known', () => {
    const task = taskAfter(committed(first), crossRun('baseTests'));
    assert.equal(proof.inspectionOf(task)?.isInspected, undefined);
  });

  it('tells of runs in sentences', () => {
    const texts = (['baseTests', 'newTests'] as const).flatMap((kind) =>
      [0, 1, 2].map((found) => proof.crossRunText({ kind, ran: true, note: '' }, found)),
    );
    assert.deepEqual(
      texts.map(({ text, isDoubt }) => [text, isDoubt]),
      [
        ['The old tests pass on the new code', false],
        ['1 old test fails on the new code', true],
        ['2 old tests fail on the new code', true],
        ['The new tests fail without the change, as they should', false],
        ['1 new test also passes without the change', true],
        ['2 new tests also pass without the change', true],
      ],
    );
    const unmade = { kind: 'newTests', ran: false, note: 'no test is new' } as const;
    assert.deepEqual(proof.crossRunText(unmade, 0), {
      text: 'New tests were not tried without the change',
      isDoubt: false,
      note: 'no test is new',
    });
  });

  it('says nothing of a run beside a finding that says it', () => {
    const textsAfter = (...runs: Fact[]) =>
      proof.crossRunTexts(taskAfter(committed(first), ...runs).integrity!).map(({ text }) => text);
    const doubt = crossRun('newTests', finding('newTestProvesNothing', 'run'));
    assert.deepEqual(textsAfter(crossRun('baseTests'), doubt), ['The old tests pass on the new code']);
    assert.equal(textsAfter(crossRun('baseTests'), crossRun('newTests')).length, 2);
  });

  it('has words for every kind of finding, sign and approach', () => {
    const findings = integrityKindSchema.options.map((kind) => finding(kind, 'syntax'));
    const groups = proof.findingGroups(findings);
    assert.equal(new Set(groups.map(({ title }) => title)).size, integrityKindSchema.options.length);
    for (const sign of stuckSignSchema.options)
      for (const approach of approachSchema.options) {
        const { seen, now } = proof.stuckTexts({ sign, approach, detail: '' });
        assert.doesNotMatch(`${seen} ${now}`, /undefined/);
      }
    const other = { sign: 'sameProblems', approach: 'otherModel', detail: '', model: 'large' } as const;
    assert.equal(proof.stuckTexts(other).now, 'Now another model goes on: large');
  });
});
