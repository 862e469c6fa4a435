// What is expected of a command, judged by what real commands print, make and exit with.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCheckRunner } from '../../../runner/checks/checkRunner.ts';
import { coverageIn } from '../../../runner/checks/coverage.ts';
import { linePattern } from '../../../runner/checks/outputPattern.ts';
import type { CheckOutcome, CheckPlace } from '../../../runner/tasks/ports.ts';
import type { CommandExpectation } from '../../../shared/spec/expectation.ts';
import { placeIn, plainSandbox } from '../../support/plainSandbox.ts';

const png = '\\x89PNG\\r\\n\\x1a\\n and more';

describe('a check with an expectation', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nightjar-expect-'));
    folder = join(root, 'files');
    mkdirSync(folder);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const imageFile = (): string => join(root, 'kept.png');

  function run(
    command: string,
    expect: CommandExpectation,
    where: Partial<CheckPlace> = {},
  ): Promise<CheckOutcome> {
    const checks = createCheckRunner({ sandbox: plainSandbox(root) });
    const place = { place: placeIn(folder), logFile: join(root, 'check.log'), imageFile: imageFile() };
    const check = { name: 'expects', command, timeoutMs: 20_000, expect };
    return checks.run(check, { ...place, ...where }, new AbortController().signal, () => undefined);
  }

  const ends = (exitCode: number, prints: string | null = null): CommandExpectation => ({
    ...{ kind: 'ends', exitCode, prints },
  });

  const cases: readonly (readonly [string, CommandExpectation, string | null])[] = [
    ['exit 2', ends(2), null],
    ['exit 0', ends(2), 'Exit code 0, expected 2.'],
    ['exit 3', ends(2), 'Exit code 3, expected 2.'],
    ['echo nightjar 1.2.3', ends(0, '1.2.*'), null],
    ['printf "\\033[32m1.2.3\\033[0m"', ends(0, '1.2.3'), null],
    ['echo 1.3.0', ends(0, '1.2.*'), 'No line of the output has “1.2.*”.'],
    ['echo 1.2.0; exit 1', ends(0, '1.2.*'), 'Exit code 1, expected 0.'],
    ['echo "unknown option --nope" >&2; exit 2', ends(2, 'unknown * --nope'), null],
    ['printf "unknown\\n--nope"; exit 2', ends(2, 'unknown * --nope'), 'No line of the output has'],
  ];
  for (const [command, expect, fault] of cases)
    it(`${fault === null ? 'passes' : 'fails'}: ${command}`, async () => {
      const outcome = await run(command, expect);
      assert.equal(outcome.passed, fault === null);
      assert.equal(outcome.problems[0]?.message.startsWith(fault ?? '') ?? false, fault !== null);
    });

  it('tells a command that is not there from one that exits with 127', async () => {
    const { passed, problems } = await run('no-such-tool', ends(2));
    assert.deepEqual([passed, problems[0]?.message], [false, 'The command was not found: no-such-tool']);
  });

  const coverageOf = (percent: number): string => `echo "All files | ${percent} | 50 |"`;
  const notLower = { kind: 'coverageNotLower' } as const;

  it('reads the coverage at the baseline, also where tests fail there, and wants no less of it later', async () => {
    const baseline = await run(`${coverageOf(87.5)}; exit 1`, notLower);
    assert.deepEqual([baseline.passed, baseline.coverage], [false, 87.5]);
    const same = await run(coverageOf(87.5), notLower, { baselineCoverage: 87.5 });
    const less = await run(coverageOf(87.4), notLower, { baselineCoverage: 87.5 });
    assert.deepEqual([same.passed, less.passed, less.coverage], [true, false, 87.4]);
    assert.equal(less.problems[0]?.message, 'The coverage is 87.4 %; it was 87.5 % before.');
  });

  it('takes the lowest of several totals: one more line can’t make up for it', async () => {
    const { coverage } = await run(`${coverageOf(80)}; ${coverageOf(100)}`, notLower);
    assert.equal(coverage, 80);
  });

  it('reads a summary file that was just written, and not one that was there', async () => {
    mkdirSync(join(folder, 'coverage'));
    const file = 'coverage/coverage-summary.json';
    const write = (pct: number): string => `echo '{"total":{"statements":{"pct":${pct}}}}'`;
    writeFileSync(join(folder, file), '{"total":{"statements":{"pct":99}}}');
    const old = await run('true', notLower);
    assert.deepEqual([old.passed, old.coverage], [false, undefined]);
    assert.match(old.problems[0]?.message ?? '', /No total of a coverage/);
    const made = await run(`${write(61.5)} > ${file}`, notLower);
    assert.deepEqual([made.passed, made.coverage], [true, 61.5]);
  });

  it('reads the total of Node’s own coverage', async () => {
    writeFileSync(join(folder, 'sum.js'), 'exports.sum = (a, b) => a + b;\nexports.not = (a) => !a;\n');
    writeFileSync(
      join(folder, 'sum.test.js'),
      "const { sum } = require('./sum.js');\nrequire('node:test').test('adds', () => { sum(1, 2); });\n",
    );
    const { passed, coverage } = await run('node --test --experimental-test-coverage', notLower);
    assert.equal(passed, true);
    assert.ok(coverage !== undefined && coverage > 50, `${coverage}`);
  });

  it('keeps an image that was made, and takes nothing else for one', async () => {
    const makes = { kind: 'makes', path: 'out/shot.png' } as const;
    const made = await run(`mkdir -p out; printf '${png}' > out/shot.png`, makes);
    assert.deepEqual([made.passed, made.hasImage], [true, true]);
    assert.match(readFileSync(imageFile(), 'latin1'), /^\x89PNG/);
    const text = await run('echo text > out/shot.png', makes);
    assert.deepEqual(
      [text.passed, text.problems[0]?.message],
      [false, 'What it made as out/shot.png is no image.'],
    );
    assert.equal((await run('true', makes)).problems[0]?.message, 'It made no file out/shot.png.');
    assert.equal((await run('rm out/shot.png', makes)).passed, false);
  });

  it('follows no link out of the checkout', async () => {
    const makes = { kind: 'makes', path: 'shot.png' } as const;
    writeFileSync(join(root, 'outside.png'), Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    const copied = await run('cp ../outside.png shot.png', makes);
    assert.equal(copied.passed, true);
    rmSync(join(folder, 'shot.png'));
    const linked = await run('ln -s ../outside.png shot.png', makes);
    assert.equal(linked.passed, false);
    symlinkSync(root, join(folder, 'out'));
    const inside = await run('touch out/outside.png', { kind: 'makes', path: 'out/outside.png' });
    assert.equal(inside.passed, false);
  });

  it('takes any other file for what it is', async () => {
    const { passed, hasImage } = await run('echo built > built.js', { kind: 'makes', path: 'built.js' });
    assert.deepEqual([passed, hasImage], [true, undefined]);
  });
});

describe('coverageIn', () => {
  const lines: readonly (readonly [string, number | null])[] = [
    ['All files          |    87.5 |    66.66 |     100 |    87.5 |                   ', 87.5],
    ['ℹ all files |  90.91 |   100.00 |   50.00 | ', 90.91],
    ['# all files | 100.00 |   100.00 |  100.00 | ', 100],
    ['Statements   : 87.5% ( 7/8 )', 87.5],
    ['TOTAL                      41      5    88%', 88],
    ['TOTAL                      41      5     10      2    87.25%', 87.25],
    ['total:\t\t\t\t(statements)\t\t87.5%', 87.5],
    ['  lines......: 91.3% (21 of 23 lines)', 91.3],
    ['src/cart.js | 12.5 |', null],
    ['TOTAL: 12 tests', null],
    ['All files | 870 |', null],
  ];
  for (const [line, percent] of lines)
    it(`reads ${percent} in: ${line.trim()}`, () => assert.equal(coverageIn(line), percent));
});

describe('linePattern', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['1.2.*', 'v1.2.3', true],
    ['1.2.*', 'v1.3.2', false],
    ['a*b*c', 'xaxbxcx', true],
    ['a*b*c', 'xaxcxbx', false],
    ['*done', 'all done', true],
    ['2 \\* 3', 'says 2 * 3', true],
    ['2 \\* 3', 'says 2 + 3', false],
    ['(.*)+$', '(.x)+$', true],
  ];
  for (const [pattern, line, has] of cases)
    it(`${has ? 'finds' : 'does not find'} ${pattern} in ${line}`, () =>
      assert.equal(linePattern(pattern)(line), has));

  it('is not led astray by many stars', () => {
    assert.equal(linePattern('a*'.repeat(200))('a'.repeat(64 * 1024).slice(0, 199)), false);
  });
});
