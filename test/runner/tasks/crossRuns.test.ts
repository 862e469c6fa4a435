// Which cross-runs a change needs, which tests its files define, and what failures there say.
import assert from 'node:assert/strict';
import { newTestFindings, oldTestFindings, type CrossedCheck } from '../../../runner/tasks/crossFindings.ts';
import { filesToTake, testChecks } from '../../../runner/tasks/crossRuns.ts';
import { newTests, testsIn } from '../../../runner/tasks/testNames.ts';
import type { Check } from '../../../shared/spec/spec.ts';
import type { ChangedFile, Problem } from '../../../shared/task/events.ts';
import { checkResult, createdData } from '../../support/taskFacts.ts';

const file = (status: ChangedFile['status'], path: string, oldPath: string | null = null): ChangedFile => ({
  ...{ status, path, oldPath, added: 1, removed: 1 },
});

describe('the files of a cross-run', () => {
  const cases: readonly (readonly [string, ChangedFile[], old: string[], added: string[]])[] = [
    ['code alone', [file('modified', 'a.js')], [], []],
    ['a new test', [file('added', 'a.test.js')], [], ['a.test.js']],
    ['a changed test', [file('modified', 'a.test.js')], ['a.test.js'], ['a.test.js']],
    ['a test that is gone', [file('deleted', 'a.test.js')], ['a.test.js'], []],
    [
      'a test with another name',
      [file('renamed', 'b.test.js', 'a.test.js')],
      ['b.test.js', 'a.test.js'],
      ['b.test.js', 'a.test.js'],
    ],
    ['what is added for all tests', [file('added', 'conftest.py')], ['conftest.py'], []],
    [
      'a new test with its fixture',
      [file('added', 'test/a.test.js'), file('added', 'test/a.json')],
      ['test/a.test.js', 'test/a.json'],
      ['test/a.test.js', 'test/a.json'],
    ],
  ];
  for (const [what, files, old, added] of cases)
    it(what, () => {
      assert.deepEqual(filesToTake(files, 'baseTests'), old);
      assert.deepEqual(filesToTake(files, 'newTests'), added);
    });
});

describe('the checks of a cross-run', () => {
  const checks: Check[] = ['npm run build', 'npm test', 'npm run lint', 'make latest'].map((command) => ({
    ...{ name: command, command, timeoutMs: 1 },
  }));
  const namesOf = (list: readonly Check[], baseline = [checkResult('x', 0, true).data]): string[] =>
    testChecks({ created: createdData({ checks: [...list] }), baseline, roundChecks: [] }).map(
      ({ check, isTest }) => `${check.name}${isTest ? ' !' : ''}`,
    );

  it('are those that run tests, with what comes before them', () => {
    assert.deepEqual(namesOf(checks), ['npm run build', 'npm test !']);
  });
  it('are also those whose problems name tests', () => {
    const { data } = checkResult('make latest', 0, false);
    const named = { ...data, problems: data.problems.map((problem) => ({ ...problem, test: 'adds' })) };
    assert.equal(namesOf(checks, [named]).at(-1), 'make latest !');
  });
  it('are none that expect something else than exit code 0', () => {
    const expect = { kind: 'ends', exitCode: 1, prints: null } as const;
    assert.deepEqual(namesOf([{ name: 'npm test', command: 'npm test', timeoutMs: 1, expect }]), []);
  });
});

describe('the tests of a file', () => {
  const cases: readonly (readonly [path: string, text: string, names: string[]])[] = [
    [
      'a.test.ts',
      "describe('all', () => {\n  it('adds', () => {});\n  test.only(\"it's odd\", f);\n  it(`a ${b}`, f);\n  edit('no');\n});",
      ['adds 2', "it's odd 3", 'a ${b} 4'],
    ],
    [
      'test_a.py',
      'def test_adds():\n  pass\nclass A:\n  async def test_odd(self): pass\ndef helper(): pass',
      ['test_adds 1', 'test_odd 4'],
    ],
    [
      'a_test.go',
      'func TestAdds(t *testing.T) {}\nfunc helper() {}\nfunc FuzzOdd(f *testing.F) {}',
      ['TestAdds 1', 'FuzzOdd 3'],
    ],
    [
      'a.rs',
      '#[test]\nfn adds() {}\n#[tokio::test]\n#[ignore]\nasync fn odd() {}\nfn other() {}',
      ['adds 2', 'odd 5'],
    ],
    ['ATest.java', '@Test\n@DisplayName("x")\npublic void adds() {}\nvoid other() {}', ['adds 3']],
    ['ATests.cs', '[Fact]\npublic async Task Adds() {}', ['Adds 2']],
    ['a_spec.rb', "it 'adds' do\nend\ndef test_odd\nend", ['adds 1', 'test_odd 3']],
    ['ATest.php', 'public function testAdds() {}\nfunction other() {}', ['testAdds 1']],
    ['a.unknown', 'test', []],
  ];
  for (const [path, text, names] of cases)
    it(path, () =>
      assert.deepEqual(
        testsIn(text, path).map(({ name, line }) => `${name} ${line}`),
        names,
      ),
    );

  it('that are new are those that it did not have', () => {
    const names = newTests("test('a', f);\ntest('b', f);", "test('a', g);", 'x.test.js');
    assert.deepEqual(names, [{ name: 'b', line: 2 }]);
  });
});

const problem = (test: string | undefined, file: string | null, message = 'no'): Problem => ({
  ...{ file, line: 3, column: null, severity: 'error', message },
  ...(test === undefined ? {} : { test }),
});
const green = { passed: true, problems: [] };
function crossed(problems: readonly Problem[], changes: Partial<CrossedCheck> = {}): CrossedCheck {
  return {
    name: 'npm test',
    passed: false,
    timedOut: false,
    problems,
    passedInRound: true,
    baseline: green,
    again: null,
    ...changes,
  };
}

describe('tests of the base on the new code', () => {
  const failing = [problem('adds', 'a.test.js'), problem('halves', 'src/a.js')];
  const findingsOf = (check: CrossedCheck): string[] =>
    oldTestFindings([check], ['a.test.js']).map(({ file, side, message }) => `${file} ${side} ${message}`);

  it('are named where they fail, with the side that the line is on', () => {
    assert.deepEqual(findingsOf(crossed(failing)), [
      'a.test.js before The test “adds”, as it was before, fails on the new code: no',
      'src/a.js after The test “halves”, as it was before, fails on the new code: no',
    ]);
  });
  it('are not named where they failed before and the check fails still, whatever they said then', () => {
    const baseline = { passed: false, problems: [problem('adds', 'a.test.js', 'other words')] };
    assert.equal(findingsOf(crossed(failing, { baseline, passedInRound: false })).length, 1);
  });
  it('are named although they failed before, where the check passes now: it is the tests that were changed', () => {
    const baseline = { passed: false, problems: failing };
    assert.equal(findingsOf(crossed(failing, { baseline })).length, 2);
    assert.equal(findingsOf(crossed([], { baseline: { passed: false, problems: [] } })).length, 1);
  });
  it('are not named where they failed only once', () => {
    assert.deepEqual(findingsOf(crossed(failing, { again: green })), []);
    const again = { passed: false, problems: [failing[1]!] };
    assert.deepEqual(findingsOf(crossed(failing, { again })).length, 1);
  });
  it('are told of together where nothing names them', () => {
    assert.match(findingsOf(crossed([]))[0] ?? '', /^a\.test\.js before npm test fails on the new code/);
    const failedBefore = { passed: false, problems: [] };
    assert.deepEqual(findingsOf(crossed([], { baseline: failedBefore, passedInRound: false })), []);
  });
});

describe('new tests on the base’s code', () => {
  const files = [
    { path: 'a.test.js', tests: [{ name: 'adds', line: 5 }] },
    { path: 'b.test.js', tests: [] },
  ];
  const found = (...checks: CrossedCheck[]): string[] => {
    const { findings, note } = newTestFindings(checks, files);
    return [...findings.map(({ file, line }) => `${file}:${line}`), ...(note === '' ? [] : ['unknown'])];
  };
  const fine = crossed([], { passed: true });

  it('prove nothing where all of them pass', () =>
    assert.deepEqual(found(fine), ['a.test.js:5', 'b.test.js:null']));
  it('prove something where they fail, by file or by name', () => {
    assert.deepEqual(found(crossed([problem('x', 'a.test.js')])), ['b.test.js:null']);
    assert.deepEqual(found(crossed([problem('cart adds', 'src/cart.js')])), ['b.test.js:null']);
    assert.deepEqual(found(crossed([problem('/tmp/x/b.test.js', null)])), ['a.test.js:5']);
    assert.deepEqual(found(fine, crossed([problem('x', 'a.test.js')])), ['b.test.js:null']);
  });
  it('are left alone where nobody knows what failed, or whether the others ran', () => {
    assert.deepEqual(found(crossed([])), ['unknown']);
    assert.deepEqual(found(crossed([problem('old', 'old.test.js')])), ['unknown']);
    assert.deepEqual(found(crossed([problem(undefined, 'a.test.js', 'does not compile')])), ['unknown']);
  });
  it('are seen beside what failed before', () => {
    const old = problem('old', 'old.test.js');
    const baseline = { passed: false, problems: [old] };
    assert.deepEqual(found(crossed([old], { baseline })), ['a.test.js:5', 'b.test.js:null']);
  });
});
