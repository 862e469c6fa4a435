// Every format against what the real tools printed (the folder they ran in is written as /project).
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseProblems } from '../../../runner/checks/parseProblems.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const root = '/project';

/** `file:line:column: message`, with the severity where it is a warning. */
function linesOf(output: string): string[] {
  return parseProblems(output, { root }).problems.map(({ file, line, column, severity, message }) => {
    const place = [file, line, column].filter((part) => part !== null).join(':');
    return `${place}: ${severity === 'warning' ? 'warning: ' : ''}${message}`;
  });
}

const notEqual = 'Expected values to be strictly equal:';
const expected: Record<string, string[]> = {
  nodeTap: [`src/add.test.js:6:12: adds: ${notEqual} -1 !== 3`, 'src/add.js:2:34: is "quoted": boom'],
  nodeSpec: [
    `src/add.test.js:6:12: adds: AssertionError [ERR_ASSERTION]: ${notEqual} -1 !== 3`,
    'src/add.js:2:34: is "quoted": TypeError: boom',
  ],
  mocha: [
    `src/m.js:6:12: add adds: AssertionError [ERR_ASSERTION]: ${notEqual} -1 !== 3 + expected - actual`,
    'src/add.js:2:34: add is "quoted": TypeError: boom',
  ],
  jest: [
    'add.test.js:4:23: add › adds: expect(received).toBe(expected) // Object.is equality Expected: 3 Received: -1',
    'add.test.js:6:35: add › is "quoted": TypeError: boom',
  ],
  vitest: [
    'vi.test.mjs:5:23: add > adds: AssertionError: expected -1 to be 3 // Object.is equality - Expected + Received',
    'vi.test.mjs:7:35: add > is "quoted": TypeError: boom',
  ],
  tsc: [
    "bad.ts:1:7: TS2322: Type 'number' is not assignable to type 'string'.",
    "bad.ts:2:41: TS2339: Property 'foo' does not exist on type 'number'.",
  ],
  tscPretty: [
    "bad.ts:1:7: TS2322: Type 'number' is not assignable to type 'string'.",
    "bad.ts:2:41: TS2339: Property 'foo' does not exist on type 'number'.",
  ],
  eslint: [
    "src/lint.js:2:5: 'x' is not defined (no-undef)",
    "src/lint.js:2:7: Expected '===' and instead saw '==' (eqeqeq)",
    "src/lint.js:2:13: 'y' is not defined (no-undef)",
    "src/lint.js:1:7: warning: 'unused' is assigned a value but never used (no-unused-vars)",
  ],
  pytest: [
    'test_x.py:4: test_add: assert (1 + 1) == 3',
    'test_x.py:8: TestC::test_m[x y]: ValueError: bad - value',
    'test_x.py:8: TestC::test_m[b]: ValueError: bad - value',
  ],
  pytestCollection: ['test_y.py:1: could not be collected: failed'],
  cargoTest: [
    'src/lib.rs:3:22: tests::adds: assertion `left == right` failed: sum left: -1 right: 3',
    'src/lib.rs:1:41: warning: unused variable: `unused`',
  ],
  rustc: ['src/lib.rs:1:55: cannot subtract `&str` from `i32`'],
  goTest: [': TestAdd: add_test.go:5: Add = -1, want 3', ': TestAdd/nested_case: add_test.go:7: bad'],
  goBuild: ['sub/b.go:3:23: cannot use "x" (untyped string constant) as int value in return statement'],
  goVet: ['sub/b.go:4:12: fmt.Printf format %d has arg "x" of wrong type string'],
  gcc: ['c.c:1:20: ‘x’ undeclared (first use in this function)'],
};

describe('parseProblems', () => {
  it('has an expectation for every recorded output', () => {
    const names = readdirSync(fixtures).map((file) => file.replace('.txt', ''));
    assert.deepEqual(names.sort(), Object.keys(expected).sort());
  });

  for (const [name, lines] of Object.entries(expected)) {
    it(`reads ${name}`, () =>
      assert.deepEqual(linesOf(readFileSync(join(fixtures, `${name}.txt`), 'utf8')), lines));
  }

  const lines: Record<string, [output: string, lines: string[]]> = {
    mypy: [
      'm.py:3: error: Incompatible return value type  [return-value]',
      ['m.py:3: Incompatible return value type  [return-value]'],
    ],
    'ruff, concise': [
      'm.py:1:8: F401 [*] `os` imported but unused',
      ['m.py:1:8: F401 [*] `os` imported but unused'],
    ],
    'ruff, full': [
      'F401 [*] `os` imported but unused\n --> m.py:1:8\n  |',
      ['m.py:1:8: F401 [*] `os` imported but unused'],
    ],
    'tsc of no file': [
      "error TS18003: No inputs were found in config file 'tsconfig.json'.",
      [": TS18003: No inputs were found in config file 'tsconfig.json'."],
    ],
    'TAP of others, with what is to do or skipped': [
      'TAP version 14\nok 1 - a\nnot ok 2 - b\nnot ok 3 - c # TODO\nnot ok 4 # skip\nnot ok 5\n1..5',
      [': b: failed', ': : failed'],
    ],
    'URLs that name no file here': [
      'test at file://host/a:1:2\n✖ a\n\ntest at file:///%zz:1:2\n✖ b',
      [': a: failed', ': b: failed'],
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
