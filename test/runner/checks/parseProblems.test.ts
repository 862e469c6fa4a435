// The bounds of reading an output, and what is no problem; checkOutput.test.ts reads what the real tools printed.
import assert from 'node:assert/strict';
import { parseProblems } from '../../../runner/checks/parseProblems.ts';

const root = '/project';

/** `file:line:column: message`, with the severity where it is a warning. */
function linesOf(output: string): string[] {
  return parseProblems(output, { root }).problems.map(({ file, line, column, severity, message }) => {
    const place = [file, line, column].filter((part) => part !== null).join(':');
    return `${place}: ${severity === 'warning' ? 'warning: ' : ''}${message}`;
  });
}

describe('parseProblems', () => {
  const lines: Record<string, [output: string, lines: string[]]> = {
    'TAP of others, with what is to do or skipped': [
      'TAP version 14\nok 1 - a\nnot ok 2 - b\nnot ok 3 - c # TODO\nnot ok 4 # skip\nnot ok 5\n1..5',
      [': failed', ': failed'],
    ],
    'URLs that name no file here': [
      'test at file://host/a:1:2\n✖ a\n\ntest at file:///%zz:1:2\n✖ b',
      [': failed', ': failed'],
    ],
    'files outside of the checkout': [
      '/elsewhere/a.c:1:2: error: x\n../b.c:1:2: error: y\n./c.c:1:2: error: z',
      [': x', ': y', 'c.c:1:2: z'],
    ],
  };
  for (const [name, [output, found]] of Object.entries(lines)) {
    it(`reads ${name}`, () => assert.deepEqual(linesOf(output), found));
  }

  it('finds nothing in words that only look like problems', () => {
    const output = [
      'All good: 10:20:30 error-free',
      'see https://example.org:80:80: error: none',
      '  1) first step',
      'ok 1 - not ok 2',
      'Error: it was expected',
      '- FAIL a',
      '12:5 error',
      'error: could not compile `x` due to 1 previous error',
    ];
    assert.deepEqual(linesOf(output.join('\n')), []);
  });

  it('tells each problem once, errors first, and at most 200', () => {
    const line = (number: number, word: string): string => `a.c:${number}:1: ${word}: text\n`;
    const warnings = Array.from({ length: 150 }, (_, index) => line(index + 1, 'warning')).join('');
    const errors = Array.from({ length: 150 }, (_, index) => line(index + 201, 'error')).join('');
    const { problems, leftOut } = parseProblems(warnings + errors + errors, { root });
    assert.deepEqual(
      [problems.length, leftOut, problems[149]?.severity, problems[150]?.severity],
      [200, 100, 'error', 'warning'],
    );
  });

  it('reads a large log with long lines quickly', () => {
    const output = `${'x'.repeat(3_999)}\n${'a:1:'.repeat(999)}\n${' '.repeat(3_999)}x\n`.repeat(100);
    const startedAt = performance.now();
    linesOf(output + 'ordinary line of a log, nothing to see here\n'.repeat(50_000));
    assert.ok(performance.now() - startedAt < 3_000);
  });
});
