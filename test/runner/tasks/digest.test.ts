// What an agent reads of failed checks stays within its limit and says the most important first.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf, type FailedCheck } from '../../../runner/tasks/digest.ts';

const problem = {
  file: 'src/a.js',
  line: 3,
  column: 4,
  severity: 'error',
  message: 'adds:\n  1 !== 2',
} as const;
const check: FailedCheck = {
  name: 'test',
  command: 'npm test',
  exitCode: 1,
  timedOut: false,
  problems: [problem],
  problemsLeftOut: 0,
  tail: 'line one\nline two\n',
  failedBefore: false,
};

describe('digestOf', () => {
  it('tells exit code, problems and the end of the output', () => {
    const whole = {
      ...check,
      problems: [
        problem,
        { ...problem, file: null, line: null, column: null, severity: 'warning' as const, message: 'old' },
      ],
    };
    assert.equal(
      digestOf([whole], 2_000),
      '## test: exit code 1\nCommand: npm test\n\nProblems (2):\n- src/a.js:3:4: adds: 1 !== 2\n- warning: old\n\n' +
        'End of the output:\n````\nline one\nline two\n````',
    );
  });

  it('puts checks that passed before first, and says so of the others', () => {
    const text = digestOf(
      [
        { ...check, name: 'old', failedBefore: true },
        { ...check, name: 'new', timedOut: true },
      ],
      4_000,
    );
    assert.ok(text.indexOf('## new: took too long') < text.indexOf('## old: exit code 1'));
    assert.equal(text.match(/It failed before your work, too\./g)?.length, 1);
  });

  it('counts what it leaves out and cuts the output at a line', () => {
    const problems = Array.from({ length: 200 }, (_, line) => ({ ...problem, line: line + 1 }));
    const tail = Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n');
    const text = digestOf([{ ...check, problems, problemsLeftOut: 100, tail }], 3_000);
    assert.match(text, /Problems \(\d+ of 300\):\n- src\/a\.js:1:4/);
    assert.match(text, /````\nline \d+\n[^]*line 499\n````$/);
  });

  it('never grows over the limit', () => {
    const checks = fc.array(
      fc.record({
        name: fc.string({ minLength: 1, maxLength: 100 }),
        command: fc.string({ minLength: 1, maxLength: 4_000 }),
        exitCode: fc.nat(255),
        timedOut: fc.boolean(),
        problems: fc.array(
          fc.record({ message: fc.string({ maxLength: 2_000 }) }).map((some) => ({ ...problem, ...some })),
        ),
        problemsLeftOut: fc.nat(1_000),
        tail: fc.string({ maxLength: 5_000 }),
        failedBefore: fc.boolean(),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(
        checks,
        fc.integer({ min: 500, max: 8_000 }),
        (some, maxChars) => digestOf(some, maxChars).length <= maxChars,
      ),
      { numRuns: 200 },
    );
  });
});
