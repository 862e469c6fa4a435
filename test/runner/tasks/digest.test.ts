// What an agent reads of failed checks stays within its limit and says the most important first.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Problem } from '../../../shared/task/events.ts';
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
  baseline: [],
  before: [],
};

describe('digestOf', () => {
  it('tells exit code, problems and the end of the output', () => {
    const old = {
      ...problem,
      file: null,
      line: null,
      column: null,
      severity: 'warning' as const,
      message: 'old',
    };
    assert.equal(
      digestOf([{ ...check, problems: [problem, old], baseline: [old], before: [old] }], 700),
      '## test: exit code 1\n│ Command: npm test\n\nProblems: 2, 2 causes (1 new, 1 already failing)\n' +
        'New:\n│ - src/a.js:3:4: adds: 1 !== 2\nAlready failing before your work:\n│ - warning: old\n\n' +
        'End of the output:\n│ line one\n│ line two',
    );
  });

  it('says how the whole log is read where there is one; the name of a check can’t break out of its line', () => {
    const text = digestOf([{ ...check, name: 'unit\n# "tests"', round: 3, log: 'round-3-check-1.log' }], 700);
    assert.match(text, /\n│ The whole log: readLog \{"check":"unit\\n# \\"tests\\"","round":3\}\n/);
    assert.doesNotMatch(digestOf([{ ...check, round: 3, log: null }], 700), /readLog/);
  });

  it('tells new problems first, groups those of one cause, and folds the frames of libraries', () => {
    const of = (test: string, line: number, name: string): Problem => ({
      ...problem,
      line,
      test,
      message: `Cannot read '${name}' of undefined`,
      fingerprint: `${test} ${name}`,
      excerpt: [
        '    at label (src/a.js:3:4)',
        '    at run (node_modules/mocha/lib/a.js:1:2)',
        '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      ].join('\n'),
    });
    const stays = { ...problem, message: 'stays', fingerprint: 'stays' };
    const known = { ...problem, message: 'known', fingerprint: 'known' };
    const problems = [known, stays, of('a', 3, 'x'), of('b', 3, 'x'), of('c', 9, 'y')];
    const text = digestOf(
      [{ ...check, problems, baseline: [known], before: [known, stays], tail: '' }],
      2_000,
    );
    assert.equal(
      text.slice(text.indexOf('Problems')),
      [
        'Problems: 5, 3 causes (3 new, 1 still there, 1 already failing)',
        'New:',
        "│ - 3 times, such as src/a.js:3:4: a: Cannot read 'x' of undefined",
        '│           at label (src/a.js:3:4)',
        '│       … 2 frames of libraries',
        "│     also src/a.js:9:4: c: Cannot read 'y' of undefined",
        '│     also in src/a.js:3:4 (b)',
        'Still there since an earlier round:',
        '│ - src/a.js:3:4: stays',
        'Already failing before your work:',
        '│ - src/a.js:3:4: known',
      ].join('\n'),
    );
  });

  it('puts checks that passed before first, and says so of the others', () => {
    const text = digestOf(
      [
        { ...check, name: 'old', failedBefore: true },
        { ...check, name: 'new', timedOut: true },
      ],
      1_400,
    );
    assert.ok(text.indexOf('## new: took too long') < text.indexOf('## old: exit code 1'));
    assert.equal(text.match(/It failed before your work, too\./g)?.length, 1);
  });

  it('counts what it leaves out and cuts the output at a line', () => {
    const word = (number: number): string =>
      String.fromCharCode(97 + (number % 26), 97 + Math.floor(number / 26));
    const problems = Array.from({ length: 200 }, (_, line) => ({
      ...problem,
      line: line + 1,
      message: `cause ${word(line)}`,
    }));
    const tail = Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n');
    const text = digestOf([{ ...check, problems, problemsLeftOut: 100, tail }], 1_000);
    assert.match(
      text,
      /Problems: 300, of which 200 were looked at, 200 causes \(200 new\)\nNew:\n│ - src\/a\.js:1:4: cause aa/,
    );
    assert.match(text, /\nAnd \d+ more causes\.\n/);
    assert.match(text, /End of the output:\n│ line \d+\n[^]*│ line 499$/);
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
        baseline: fc.constant([]),
        before: fc.constant([problem]),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(
        checks,
        fc.integer({ min: 500, max: 4_000 }),
        (some, maxTokens) => digestOf(some, maxTokens).length <= 3 * maxTokens,
      ),
      { numRuns: 200 },
    );
  });
});
