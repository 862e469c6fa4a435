// Every format on what the real tool printed: as many problems as the tool itself counts, in the right places, and none where it passes.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { parseProblems } from '../../../runner/checks/parseProblems.ts';
import type { Problem } from '../../../shared/task/events.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/checkOutput');
const root = '/project';

/** The tool's own numbers: all that the groups match in its output, added up; or how many there are where it gives none. */
type OwnCount = RegExp | number;

interface Row {
  readonly count: OwnCount;
  /** Some of what must be found: `file:line:column [rule] {test} message`, a part of each. */
  readonly among: readonly string[];
}

const cartTests = [
  'src/cart.mjs:6:21 ',
  "Cannot read properties of undefined (reading 'name')",
  'no store: 10:20:30',
];
const cargo = ['src/lib.rs:1:27 [E0308] mismatched types', 'src/lib.rs:7:31 [E0277] cannot subtract'];
const eslint = [
  'src/broken.js:1:23 Parsing error',
  "src/cart.js:2:7 [eqeqeq] Expected '==='",
  'src/cart.js:1:7 [no-unused-vars]',
];
const pytest = [
  'test_cart.py:10 {test_owner} KeyError',
  'test_cart.py:23 {test_names[x y]} ValueError: bad - value',
];
const shellcheck = ['cart.sh:4:1 [SC2164] Use', 'cart.sh:5:9 [SC3014] In POSIX sh'];
const ruff = ['src/cart.py:1:8 [F401] `os` imported', 'src/cart.py:4:12 [F821] Undefined name'];

const rows: Readonly<Record<string, Row>> = {
  'ava/failing': {
    count: /(\d+) tests failed/g,
    among: [
      'cart.test.js:4:5 {adds "up"} - -3 + 3',
      'src/cart.js:2:38 {knows its owner} TypeError: Cannot read properties',
      'cart.test.js:12:24 {fails} the store: 10:20:30',
      'cart.test.js:14:24 {rejects} Error: no store',
    ],
  },
  'biome/failing': {
    count: /^Found (\d+) (?:errors|warnings)/gm,
    among: ['src/cart.js:5:1 [lint/style/useConst] This let'],
  },
  'biome/github': { count: 5, among: ['src/cart.js:2:7 [lint/suspicious/noDoubleEquals] Using =='] },
  'biome/json': {
    count: /"(?:errors|warnings)":(\d+)/g,
    among: ['src/cart.js:3:5 [lint/suspicious/noDebugger] This is'],
  },
  'cargoBuild/failing': { count: /due to (\d+) previous errors; (\d+) warning/g, among: cargo },
  'cargoBuild/json': { count: 4, among: cargo },
  'cargoBuild/short': { count: /due to (\d+) previous errors; (\d+) warning/g, among: cargo },
  'cargoTest/failing': {
    count: /; (\d+) failed;|\(lib\) generated (\d+) warning/g,
    among: [
      'src/lib.rs:12:9 {tests::adds_up} assertion',
      '{tests::reads} Error: "no store"',
      'src/lib.rs:28 {tests::panics} ',
    ],
  },
  'clang/failing': {
    count: /(\d+) warnings and (\d+) errors? generated/g,
    among: ['cart.h:2:1 unknown type', 'cart.c:5:23 [-Wunused-variable]'],
  },
  'dotnet/build': { count: /(\d+) (?:Warning|Error)\(s\)/g, among: ['Cart.cs:4:25 [CS1002] ; expected'] },
  'dotnet/test': {
    count: /Failed: +(\d+),/g,
    among: ['CartTests.cs:10 {Shop.Tests.CartTests.AddsUp} Assert.Equal() Failure'],
  },
  'eslint/compact': { count: /(\d+) problems/g, among: eslint },
  'eslint/json': { count: /"(?:error|warning)Count":(\d+)/g, among: eslint },
  'eslint/stylish': { count: /✖ (\d+) problems/g, among: eslint },
  'eslint/unix': { count: /(\d+) problems/g, among: eslint },
  'flake8/failing': { count: 5, among: ["cart.py:7:20 [F821] undefined name 'missing'"] },
  'gcc/failing': {
    count: 5,
    among: ['cart.h:2:1 unknown type name', 'cart.c:5:23 [-Wunused-variable] unused variable'],
  },
  'gcc/linker': { count: 1, among: ["main.c undefined reference to `fine'"] },
  'gcc/make': { count: 5, among: ['cart.c:3:32 ‘missing’ undeclared'] },
  'gcc/missingHeader': { count: 1, among: ['nowhere.h: No such file'] },
  'goBuild/failing': { count: 2, among: ['built/built.go:5:27 undefined: missing'] },
  'goBuild/inTest': { count: 2, among: ['built/built.go:3:29 cannot use 1'] },
  'goTest/failing': {
    count: 3,
    among: [
      '{TestTotal/nested_case} cart_test.go:9: bad: 1:2',
      'store/store_test.go:7 {TestStore} panic: assignment',
    ],
  },
  'goTest/json': { count: 3, among: ['{TestTotal} cart_test.go:7: Total = -2, want 2'] },
  'goTest/verbose': { count: 2, among: ['{TestTotal} cart_test.go:7: Total = -2, want 2'] },
  'goVet/failing': { count: 2, among: ['vetted/vetted.go:7:2 fmt.Printf format %s'] },
  'javac/failing': {
    count: /^(\d+) errors$/gm,
    among: ['src/main/java/shop/Cart.java:4 incompatible types'],
  },
  'jest/failing': {
    count: 5,
    among: [
      'src/cart.js:2:38 {cart › knows its owner} TypeError',
      'src/broken.test.js:1:1 {the whole file} Cannot find module',
    ],
  },
  'jest/json': { count: 5, among: ['src/cart.test.js:7:46 {cart › is › odd} expect(received).toEqual'] },
  'junitXml/mocha': { count: /errors="(\d+)"/g, among: cartTests },
  'junitXml/nodeTest': {
    count: /<testsuite name="cart" .* failures="(\d+)"/g,
    among: ['src/cart.mjs:6:21 {cart › knows its owner}'],
  },
  'junitXml/phpunit': {
    count: /<testsuite name="CartTest" .* errors="(\d+)" warnings="0" failures="(\d+)"/g,
    among: ['CartTest.php:13 {CartTest › testOwner}'],
  },
  'junitXml/pytest': {
    count: /errors="(\d+)" failures="(\d+)"/g,
    among: ['test_cart.py:10 {test_cart › test_owner} KeyError'],
  },
  'junitXml/surefire': {
    count: /errors="(\d+)" skipped="0" failures="(\d+)"/g,
    among: ['{shop.CartTest › addsUp} sum expected:<4>'],
  },
  'junitXml/vitest': {
    count: /<testsuites .*failures="(\d+)"/g,
    among: ['src/cart.test.mjs {cart > knows its owner} Cannot read'],
  },
  'maven/compile': { count: /(\d+) errors/g, among: ['src/main/java/shop/Cart.java:5:5 cannot find symbol'] },
  'maven/test': {
    count: /^\[ERROR\] Tests run: 3, Failures: (\d+), Errors: (\d+), Skipped: 0$/gm,
    among: ['{shop.CartTest.addsUp} java.lang.AssertionError'],
  },
  'minitest/failing': {
    count: /(\d+) failures, (\d+) errors/g,
    among: [
      'cart_test.rb:5 {CartTest#test_total} Expected: 3',
      'cart_test.rb:9 {CartTest#test_owner} NoMethodError',
    ],
  },
  'mocha/dot': { count: /(\d+) failing/g, among: cartTests },
  'mocha/json': { count: /"failures": (\d+)/g, among: cartTests },
  'mocha/spec': {
    count: /(\d+) failing/g,
    among: [...cartTests, 'src/cart.test.mjs:6:12 {cart adds "up"} AssertionError'],
  },
  'mypy/columns': { count: /Found (\d+) errors/g, among: ['cart.py:7:13 [arg-type] Argument 1 to "total"'] },
  'mypy/failing': {
    count: /Found (\d+) errors/g,
    among: ['cart.py:5 [return-value] Incompatible return value type'],
  },
  'nodeTest/spec': {
    count: /fail (\d+)/g,
    among: [...cartTests, 'src/broken.test.mjs:1:1 {src/broken.test.mjs}'],
  },
  'nodeTest/tap': {
    count: /# fail (\d+)/g,
    among: [...cartTests, 'src/cart.test.mjs:7:12 {adds "up"} Expected values'],
  },
  'php/failing': { count: 1, among: ['broken.php:2 syntax error'] },
  'phpunit/failing': {
    count: /Errors: (\d+), Failures: (\d+)/g,
    among: ['CartTest.php:19 {CartTest::testNames with data set #1'],
  },
  'phpunit/testdox': {
    count: /Errors: (\d+), Failures: (\d+)/g,
    among: ['CartTest.php:13 {Owner} RuntimeException: no owner'],
  },
  'prettier/failing': { count: 2, among: ['bad.js It is not formatted', 'broken.js:1:12 SyntaxError'] },
  'pylint/failing': {
    count: 6,
    among: [
      'cart.py:7:20 [undefined-variable] Undefined variable',
      'cart.py:1:1 [unused-import] Unused import os',
    ],
  },
  'pylint/json': { count: 6, among: ['cart.py:7:20 [undefined-variable] Undefined variable'] },
  'pyright/failing': {
    count: /(\d+) errors, (\d+) warnings/g,
    among: ['cart.py:4:12 [reportReturnType] Type "int"'],
  },
  'pyright/json': {
    count: /"(?:error|warning)Count": (\d+)/g,
    among: ['cart.py:4:12 [reportReturnType] Type "int"'],
  },
  'pytest/collection': {
    count: /(\d+) error in/g,
    among: ['test_broken.py:1 {the whole file} ModuleNotFoundError'],
  },
  'pytest/failing': {
    count: /(\d+) failed, 1 passed, (\d+) errors/g,
    among: [...pytest, 'test_broken.py:1 {the whole file}', 'test_cart.py:28 {test_store} RuntimeError'],
  },
  'pytest/line': { count: /(\d+) failed, 1 passed, (\d+) error/g, among: ["{test_owner} KeyError: 'owner'"] },
  'pytest/short': { count: /(\d+) failed, 1 passed, (\d+) error/g, among: pytest },
  'pytest/verbose': { count: /(\d+) failed, 1 passed, (\d+) error/g, among: pytest },
  'rspec/failing': { count: /(\d+) failures/g, among: ['cart_spec.rb:6 {cart adds up} expected: 3 got: 4'] },
  'rubocop/emacs': { count: 6, among: ['cart.rb:3:20 [Style/NilComparison]'] },
  'rubocop/failing': {
    count: /(\d+) offenses detected/g,
    among: ['cart.rb:2:3 [Lint/UselessAssignment] Useless'],
  },
  'rubocop/json': {
    count: /"offense_count":(\d+)/g,
    among: ['cart.rb:2:3 [Lint/UselessAssignment] Useless'],
  },
  'ruff/concise': { count: /Found (\d+) errors/g, among: ruff },
  'ruff/full': { count: /Found (\d+) errors/g, among: ruff },
  'ruff/json': { count: 2, among: ruff },
  'rustc/failing': { count: /due to (\d+) previous errors; (\d+) warning/g, among: cargo },
  'sarif/biome': { count: 5, among: ['src/cart.js:2:7 [lint/suspicious/noDoubleEquals] Using =='] },
  'shellcheck/checkstyle': { count: 5, among: ['cart.sh:4:1 [ShellCheck.SC2164] Use'] },
  'shellcheck/failing': { count: 5, among: shellcheck },
  'shellcheck/gcc': { count: 5, among: shellcheck },
  'stylelint/failing': {
    count: /✖ (\d+) problems/g,
    among: ['cart.css:1:12 [color-no-invalid-hex] Invalid hex color'],
  },
  'tap/mocha': { count: /# fail (\d+)/g, among: cartTests },
  'tap/tape': {
    count: /# fail +(\d+)/g,
    among: ['cart.js:3:5 {one and one} equal: expected 3, but it was 2'],
  },
  'tap/ava': {
    count: /^# fail (\d+)/gm,
    among: [
      '{adds "up"} t.is(): - -3 + 3',
      'src/cart.js:2:38 {knows its owner} Error thrown in test',
      '{fails} the store',
    ],
  },
  'tap/vitest': { count: 4, among: ['{compares lists} Expected values to be strictly deep-equal'] },
  'tsc/failing': { count: 4, among: ["cart.ts:2:57 [TS2339] Property 'foo' does not exist"] },
  'tsc/noInputs': { count: 1, among: ['[TS5058] The specified path does not exist'] },
  'tsc/pretty': {
    count: /Found (\d+) errors/g,
    among: ["cart.ts:2:57 [TS2339] Property 'foo' does not exist"],
  },
  'unittest/failing': {
    count: /failures=(\d+), errors=(\d+)/g,
    among: ['test_cases.py:13 {test_owner (test_cases.CartCase.test_owner)} KeyError', 'test_broken.py:1 '],
  },
  'unittest/verbose': {
    count: /failures=(\d+), errors=(\d+)/g,
    among: ['test_cases.py:27 {setUpClass (test_cases.StoreCase)} RuntimeError: no store'],
  },
  'vitest/failing': {
    count: /Failed (?:Suites|Tests) (\d+)/g,
    among: ['src/cart.test.mjs {cart › with a store › keeps its items} Error: no store'],
  },
  'vitest/json': { count: 5, among: ['src/cart.mjs:6:21 {cart › knows its owner} TypeError'] },
  'vitest/withStacks': {
    count: 2,
    among: [
      'vi.test.mjs:5:23 {add › adds} AssertionError',
      'vi.test.mjs:7:35 {add › is "quoted"} TypeError: boom',
    ],
  },
  'yamllint/failing': { count: 3, among: ['cart.yaml:2:5 [colons] too many spaces'] },
  'yamllint/parsable': { count: 3, among: ['cart.yaml:3:1 [key-duplicates] duplication'] },
};

function recorded(name: string): string {
  return readFileSync(join(fixtures, `${name}.txt`), 'utf8');
}

function problemsOf(output: string): readonly Problem[] {
  return parseProblems(output, { root }).problems;
}

function told({ file, line, column, rule, test, message }: Problem): string {
  const place = [file, line, column].filter((part) => part !== null).join(':');
  const parts = [place, rule && `[${rule}]`, test && `{${test}}`, message];
  return parts.filter((part) => part !== '' && part !== undefined).join(' ');
}

function ownCountOf(output: string, count: OwnCount): number {
  if (typeof count === 'number') return count;
  const numbers = [...output.matchAll(count)]
    .flatMap((match): (string | undefined)[] => match.slice(1))
    .filter((text) => text !== undefined);
  assert.ok(numbers.length > 0, `the tool's own count ${String(count)} is in its output`);
  return numbers.reduce((sum, text) => sum + Number(text), 0);
}

describe('what the real tools printed', () => {
  const names = globSync('*/*.txt', { cwd: fixtures }).map((file) =>
    file.replaceAll('\\', '/').replace('.txt', ''),
  );
  const isPassing = (name: string): boolean => /\/passing/.test(name);

  it('has a row for every recorded failure', () => {
    assert.deepEqual(names.filter((name) => !isPassing(name)).sort(), Object.keys(rows).sort());
  });

  for (const [name, { count, among }] of Object.entries(rows)) {
    it(`${name}: as many problems as the tool counts, where it has them`, () => {
      const output = recorded(name);
      const lines = problemsOf(output).map(told);
      assert.equal(lines.length, ownCountOf(output, count), lines.join('\n'));
      for (const part of among)
        assert.ok(
          lines.some((line) => line.includes(part)),
          `${part} is not among\n${lines.join('\n')}`,
        );
    });
  }

  for (const name of names.filter(isPassing)) {
    it(`${name}: nothing`, () => assert.deepEqual(problemsOf(recorded(name)), []));
  }

  it('knows a problem again when lines were added above it', () => {
    const fingerprints = (output: string): (string | undefined)[] =>
      problemsOf(output).map(({ fingerprint }) => fingerprint);
    for (const name of [
      'gcc/failing',
      'eslint/stylish',
      'tsc/pretty',
      'mocha/spec',
      'pytest/failing',
      'cargoBuild/failing',
    ]) {
      const output = stripVTControlCharacters(recorded(name));
      const shifted = output
        .replaceAll(
          /\b(cart\.\w+(?:\.mjs)?|test_\w+\.py|lib\.rs|broken\.js):(\d+)/g,
          (_, file: string, line: string) => `${file}:${Number(line) + 7}`,
        )
        .replaceAll(/^ {2}(\d+):(\d+ )/gm, (_, line: string, rest: string) => `  ${Number(line) + 7}:${rest}`)
        .replaceAll(
          /^( *)(\d+) (\||)/gm,
          (_, space: string, line: string, bar: string) => `${space}${Number(line) + 7} ${bar}`,
        );
      assert.notEqual(shifted, output);
      assert.deepEqual(fingerprints(shifted), fingerprints(output), name);
    }
  });
});
