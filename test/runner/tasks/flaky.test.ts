// Which failures are worth another run of the same check, and what the runs come to.
import assert from 'node:assert/strict';
import { decided, deservesAnotherRun } from '../../../runner/tasks/flaky.ts';
import type { CheckOutcome } from '../../../runner/tasks/ports.ts';
import type { Problem } from '../../../shared/task/events.ts';
import { checkResult } from '../../support/taskFacts.ts';

const problem = (message: string): Problem => ({
  ...{ file: 'a.js', line: 1, column: null, severity: 'error', message },
});
const outcome = (passed: boolean, changes: Partial<CheckOutcome> = {}): CheckOutcome => ({
  ...{
    passed,
    exitCode: passed ? 0 : 1,
    timedOut: false,
    durationMs: 1_000,
    tail: '',
    outputBytes: 1,
    blocked: [],
  },
  ...{ problems: passed ? [] : [problem('bad')], problemsLeftOut: 0 },
  ...changes,
});
const earlier = (passed: boolean, messages: readonly string[] = []) => ({
  ...checkResult('test', 1, passed).data,
  problems: messages.map(problem),
});
const [fail, pass] = [outcome(false), outcome(true)];
const hour = 3_600_000;

describe('another run of a check', () => {
  const none = { baseline: undefined, before: undefined };
  const green = { baseline: earlier(true), before: earlier(true) };
  const known = { baseline: earlier(false, ['bad']), before: earlier(false, ['bad']) };
  const cases: readonly (readonly [
    string,
    CheckOutcome[],
    Parameters<typeof deservesAnotherRun>[1],
    boolean,
  ])[] = [
    ['what passes', [pass], green, false],
    ['a failure at the baseline', [fail], none, true],
    ['a failure of what passed', [fail], green, true],
    ['a failure that was there all along', [fail], known, false],
    ['a new problem beside an old one', [outcome(false, { problems: [problem('worse')] })], known, true],
    [
      'a problem of the round before',
      [fail],
      { baseline: earlier(true), before: earlier(false, ['bad']) },
      false,
    ],
    [
      'an old failure of a check that was flaky at the baseline',
      [fail],
      { ...known, baseline: { ...earlier(false, ['bad']), flakyRuns: 3 } },
      true,
    ],
    ['what took too long', [outcome(false, { timedOut: true })], green, false],
    ['a command that is not there', [outcome(false, { exitCode: 127 })], green, false],
    [
      'a run that is long beside the time that is left',
      [outcome(false, { durationMs: hour / 5 })],
      green,
      false,
    ],
    ['a failure that was confirmed', [fail, fail], green, false],
    ['a tie', [fail, pass], green, true],
    ['a third run', [fail, pass, fail], green, false],
  ];
  for (const [what, outcomes, before, isWorth] of cases)
    it(`is ${isWorth ? '' : 'not '}made of ${what}`, () =>
      assert.equal(deservesAnotherRun(outcomes, before, hour), isWorth));

  const ends: readonly (readonly [CheckOutcome[], boolean, number | null])[] = [
    [[pass], true, null],
    [[fail], false, null],
    [[fail, fail], false, null],
    [[fail, pass], true, 2],
    [[fail, pass, pass], true, 3],
    [[fail, pass, fail], false, 3],
  ];
  for (const [outcomes, passed, flakyRuns] of ends)
    it(`makes of ${outcomes.map((one) => (one.passed ? 'pass' : 'fail')).join(', ')}: ${passed}, ${flakyRuns}`, () => {
      const end = decided(outcomes);
      assert.deepEqual([end.outcome.passed, end.flakyRuns], [passed, flakyRuns]);
    });
});
