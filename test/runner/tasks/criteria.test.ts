// Criteria judged from the results of checks, and the verdict that they and the checks come to.
import assert from 'node:assert/strict';
import { judgeCriteria } from '../../../runner/tasks/criteria.ts';
import { noProof, type Proof } from '../../../runner/tasks/proof.ts';
import { proposalOf } from '../../../runner/tasks/proposals.ts';
import type { CheckResult } from '../../../runner/tasks/run.ts';
import { canBeMended, verdictOf, verdictReasons } from '../../../runner/tasks/verdict.ts';
import { checksOfCriteria, parseSpec } from '../../../shared/spec/parseSpec.ts';
import type { Check } from '../../../shared/spec/spec.ts';
import { checkNamed, checkResult, createdData, snapshotCommit } from '../../support/taskFacts.ts';

const commit = 'd'.repeat(40);

function resultOf(name: string, round: number, changes: Partial<CheckResult> = {}): CheckResult {
  return { ...checkResult(name, round, changes.passed ?? true).data, commit, ...changes };
}

interface Situation {
  readonly baseline?: readonly CheckResult[];
  readonly round?: readonly CheckResult[];
  readonly files?: readonly string[];
  readonly checks?: readonly Check[];
  readonly proof?: Partial<Proof>;
}

function runWith(items: readonly string[], { baseline = [], round = [], checks, proof }: Situation) {
  const { spec } = parseSpec(`# T\n## Criteria\n${items.map((item) => `- ${item}`).join('\n')}`, '');
  const created = createdData({ spec, checks: [...(checks ?? checksOfCriteria(spec.criteria))] });
  const whole = { ...noProof, ...proof };
  return { created, baseline, roundChecks: round, roundCommit: commit, proof: whole };
}

function judged(item: string, situation: Situation): string {
  const [result] = judgeCriteria(runWith([item], situation), commit, situation.files ?? []);
  return `${result?.state} ${result?.boundBy}: ${result?.detail}`;
}

/** The sentence of a reason by a word for its kind. */
function kindOf(text: string): string | undefined {
  const kinds: readonly (readonly [kind: string, pattern: RegExp])[] = [
    ['nothingRan', /^No check ran/],
    ['checkFailedBefore', /fails, as it did before/],
    ['checkFails', /fails and did not before/],
    ['checkFlaky', /is flaky/],
    ['criterionNotMet', /^Not met: /],
    ['criterionNotRun', /^Not run: /],
    ['criteriaToJudge', /for you to judge/],
    ['criteriaByAgent', /agent’s own check/],
    ['notJudged', /were not judged/],
    ['checksPass', /pass(?:es)?\.$/],
  ];
  return kinds.find(([, pattern]) => pattern.test(text))?.[0];
}

describe('a criterion', () => {
  const coverage = 'Coverage is not lower: `c`';
  const name = 'Coverage is not lower';
  const image = 'Looks right: `s` makes `s.png`';
  const cases: readonly (readonly [what: string, item: string, situation: Situation, result: RegExp])[] = [
    ['without anything bound', 'It reads well', {}, /^toJudge null: No check is bound to it\.$/],
    ['whose check passes', '`t`', { round: [resultOf('t', 1)] }, /^met spec: It passes\.$/],
    [
      'whose check fails',
      '`t`',
      { round: [resultOf('t', 1, { passed: false })] },
      /^notMet spec: Exit code 1/,
    ],
    [
      'whose check took too long',
      '`t`',
      { round: [resultOf('t', 1, { passed: false, timedOut: true })] },
      /^notMet spec: It took too long/,
    ],
    [
      'whose check is flaky',
      '`t`',
      { round: [resultOf('t', 1, { flakyRuns: 3 })] },
      /^met spec: It passes\. Flaky: its 3 runs/,
    ],
    ['whose check was taken out', '`t`', { checks: [checkNamed('other')] }, /^notRun spec: .*taken out/],
    [
      'whose check the user changed',
      'Works: `t`',
      { checks: [{ ...checkNamed('x'), name: 'Works' }], round: [resultOf('Works', 1)] },
      /^met/,
    ],
    ['of a file that is there', '`a/b.js` exists', { files: ['a/b.js'] }, /^met spec: a\/b\.js is in/],
    ['of a folder that is there', 'The folder `a` exists', { files: ['a/b.js'] }, /^met/],
    ['of a pattern that fits', '`a/*.js` exists', { files: ['x.js', 'a/b.js'] }, /^met/],
    [
      'of a file that is not there',
      '`a/b.js` exists',
      { files: ['a/b.jsx'] },
      /^notMet spec: a\/b\.js is not/,
    ],
    ['of new problems without a check', 'No new problems', {}, /^notRun/],
    [
      'of new problems where one is old',
      'No new problems',
      { baseline: [resultOf('t', 0, { passed: false })], round: [resultOf('t', 1, { passed: false })] },
      /^met/,
    ],
    [
      'of new problems where one is new',
      'No new problems',
      { baseline: [resultOf('t', 0)], round: [resultOf('t', 1, { passed: false })] },
      /^notMet spec: One new problem/,
    ],
    [
      'of new problems where a check fails without a word',
      'No new problems',
      { baseline: [resultOf('t', 0)], round: [resultOf('t', 1, { passed: false, problems: [] })] },
      /^notMet spec: t fails and did not before/,
    ],
    [
      'of new problems where some were left out',
      'No new problems',
      { baseline: [resultOf('t', 0)], round: [resultOf('t', 1, { problemsLeftOut: 3 })] },
      /^notRun spec: There are too many/,
    ],
    [
      'of coverage that is known of both sides',
      coverage,
      { baseline: [resultOf(name, 0, { coverage: 80 })], round: [resultOf(name, 1, { coverage: 81 })] },
      /^met spec: The coverage is 81 %; it was 80 % before/,
    ],
    [
      'of coverage without a baseline',
      coverage,
      { round: [resultOf(name, 1, { coverage: 81 })] },
      /^notRun spec: There was no coverage at the baseline/,
    ],
    [
      'of an image that was made',
      image,
      { round: [resultOf('Looks right', 1, { image: 'a.png' })] },
      /^toJudge spec: Its image was made/,
    ],
  ];
  for (const [what, item, situation, result] of cases)
    it(what, () => assert.match(judged(item, situation), result));

  it('whose check made an image names it, and the one of before where there is one', () => {
    const imagesOf = (before: Partial<CheckResult>, made: Partial<CheckResult>) => {
      const situation = {
        baseline: [resultOf('Other', 0, { image: 'other.png' }), resultOf('Looks right', 0, before)],
        round: [resultOf('Looks right', 1, made)],
      };
      const [result] = judgeCriteria(runWith([image], situation), commit, []);
      return [result?.state, result?.imageBefore, result?.image];
    };
    const made = { image: 'a.png' };
    assert.deepEqual(imagesOf({ image: 'b.png' }, made), ['toJudge', 'b.png', 'a.png']);
    assert.deepEqual(imagesOf({ passed: false }, made), ['toJudge', undefined, 'a.png']);
    assert.deepEqual(imagesOf({ image: 'b.png' }, { passed: false }), ['notMet', undefined, undefined]);
  });

  const proposals = [{ criterion: 0, command: 'p' }];
  const proposalRun = (on: string, passed: boolean, changes: Partial<CheckResult> = {}): CheckResult =>
    resultOf('p', 1, { command: 'p', commit: on, passed, proposedFor: 0, ...changes });
  const proposed: readonly (readonly [what: string, runs: CheckResult[], result: RegExp])[] = [
    ['was not run', [], /^toJudge null: .*was not run, since other checks fail/],
    ['does not pass', [proposalRun(commit, false)], /^toJudge null: .*does not pass/],
    [
      'passes without the change',
      [proposalRun(commit, true), proposalRun(snapshotCommit, true)],
      /^toJudge null: .*proves nothing/,
    ],
    [
      'took too long without the change',
      [proposalRun(commit, true), proposalRun(snapshotCommit, false, { timedOut: true })],
      /^toJudge null: .*took too long on the snapshot/,
    ],
    [
      'is of another commit',
      [proposalRun('e'.repeat(40), true), proposalRun(snapshotCommit, false)],
      /^toJudge/,
    ],
    ['proves the change', [proposalRun(commit, true), proposalRun(snapshotCommit, false)], /^met agent: /],
  ];
  for (const [what, proposalRuns, result] of proposed)
    it(`whose check by the agent ${what}`, () =>
      assert.match(judged('It reads well', { proof: { proposals, proposalRuns } }), result));

  it('gets no check from the agent where it has one, or is none', () => {
    const { criteria } = createdData({ spec: parseSpec('# T\n## Criteria\n- a\n- `b`', '').spec }).spec;
    const answer = (criterion: number) => proposalOf(criteria, JSON.stringify({ criterion, command: 'x' }));
    assert.deepEqual(answer(1).proposed, { criterion: 0, command: 'x' });
    assert.deepEqual([answer(2).proposed, answer(3).proposed], [null, null]);
    assert.match(answer(2).text, /has its own check\. Those without one: 1\./);
    assert.match(proposalOf(criteria, '{"criterion": 1}').text, /command/);
  });
});

describe('the verdict', () => {
  const passing = [resultOf('a', 1), resultOf('b', 1)];
  const oneFails = [resultOf('a', 1), resultOf('b', 1, { passed: false })];
  const criterion = (
    state: 'met' | 'notMet' | 'toJudge' | 'notRun',
    boundBy: 'spec' | 'agent' | null = 'spec',
  ) => ({
    proof: {
      judged: {
        ...{ round: 1, commit },
        results: [{ criterion: 0, state, boundBy, command: null, detail: 'Why.' }],
      },
    },
  });
  const cases: readonly (readonly [
    what: string,
    Situation,
    verdict: string,
    reasons: string[],
    mend: boolean,
  ])[] = [
    ['where nothing ran', {}, 'unverified', ['nothingRan'], false],
    ['where all pass', { round: passing }, 'verified', ['checksPass'], false],
    [
      'where one fails as before',
      { round: oneFails, baseline: [resultOf('b', 0, { passed: false })] },
      'partlyVerified',
      ['checkFailedBefore', 'checksPass'],
      true,
    ],
    [
      'where one broke',
      { round: oneFails, baseline: [resultOf('b', 0)] },
      'failed',
      ['checkFails', 'checksPass'],
      true,
    ],
    [
      'where one passed by chance',
      { round: [resultOf('a', 1, { flakyRuns: 3 })] },
      'verified',
      ['checkFlaky', 'checksPass'],
      false,
    ],
    [
      'where a criterion is left to a person',
      { round: passing, ...criterion('toJudge', null) },
      'verified',
      ['criteriaToJudge', 'checksPass'],
      false,
    ],
    [
      'where the agent’s own check met one',
      { round: passing, ...criterion('met', 'agent') },
      'verified',
      ['criteriaByAgent', 'checksPass'],
      false,
    ],
    [
      'where the agent’s own check is all that ran',
      criterion('met', 'agent'),
      'unverified',
      ['nothingRan', 'criteriaByAgent'],
      false,
    ],
    [
      'where one is not met',
      { round: passing, ...criterion('notMet') },
      'partlyVerified',
      ['criterionNotMet', 'checksPass'],
      true,
    ],
    [
      'where one is not met and nothing ran',
      criterion('notMet'),
      'failed',
      ['nothingRan', 'criterionNotMet'],
      true,
    ],
    [
      'where one could not be run',
      { round: passing, ...criterion('notRun') },
      'partlyVerified',
      ['criterionNotRun', 'checksPass'],
      false,
    ],
    [
      'where nobody judged the criteria',
      { round: passing, proof: {} },
      'partlyVerified',
      ['notJudged', 'checksPass'],
      false,
    ],
    [
      'where they were judged on another commit',
      { round: passing, proof: { judged: { round: 1, commit: 'e'.repeat(40), results: [] } } },
      'partlyVerified',
      ['notJudged', 'checksPass'],
      false,
    ],
  ];
  for (const [what, situation, verdict, reasons, mend] of cases)
    it(`${what} is ${verdict}`, () => {
      const run = runWith(situation.proof === undefined ? [] : ['c'], situation);
      assert.deepEqual(
        [verdictOf(run), verdictReasons(run).map(kindOf), canBeMended(run)],
        [verdict, reasons, mend],
      );
    });
});
