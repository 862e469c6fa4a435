// A check's log as it is read from disk: in pieces, within bounds, with the checkout's own problem matchers.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProblems } from '../../../runner/checks/readProblems.ts';

describe('readProblems', () => {
  let folder: string;
  let root: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-problems-'));
    root = join(folder, 'checkout');
    mkdirSync(join(root, '.vscode'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function linesOf(log: string): Promise<string[]> {
    const logFile = join(folder, 'check.log');
    writeFileSync(logFile, log);
    const { problems } = await readProblems(logFile, { root }, new AbortController().signal);
    return problems.map(({ file, line, column, severity, rule, message }) =>
      [file, line, column, severity, rule, message]
        .filter((part) => part !== null && part !== undefined)
        .join(' '),
    );
  }

  function writeTasks(problemMatcher: unknown): void {
    const text = `// What VS Code allows here.\n{ "version": "2.0.0", "tasks": [${JSON.stringify({ label: 'build', problemMatcher })},] }`;
    writeFileSync(join(root, '.vscode/tasks.json'), text);
  }

  const shout = { regexp: '^!! (\\S+) @(\\d+) (FAIL|HINT) (.*)$', file: 1, line: 2, severity: 3, message: 4 };

  it('finds a problem whose line lies across two pieces, and one without an end of line', async () => {
    const before = 'x'.repeat(100) + '\n';
    const count = Math.floor((256 * 1024 - 10) / before.length);
    const log = `${before.repeat(count)}${'y'.repeat(30)} ü\na.c:1:2: error: ünder\n${before}b.c:3: error: last`;
    assert.deepEqual(await linesOf(log), ['a.c 1 2 error ünder', 'b.c 3 error last']);
  });

  it('reads a report of a megabyte on one line, and leaves other long lines alone', async () => {
    const messages = Array.from({ length: 6_000 }, (_, line) => ({
      ruleId: 'no-undef',
      severity: 2,
      message: 'x is not defined',
      line: line + 1,
      column: 1,
    }));
    const report = JSON.stringify([{ filePath: join(root, 'a.js'), messages, source: 'z'.repeat(900_000) }]);
    const lines = await linesOf(`a.c:1:2: error: ${'x'.repeat(5_000)}\n${report}\n`);
    assert.deepEqual([lines.length, lines[0]], [200, 'a.js 1 1 error no-undef x is not defined']);
  });

  it('reads the problem matchers of the checkout, with several lines and with a loop', async () => {
    writeTasks([
      '$tsc',
      {
        owner: 'shout',
        severity: 'warning',
        fileLocation: ['relative', '${workspaceFolder}/sub'],
        pattern: { ...shout, severity: undefined },
      },
      {
        pattern: [
          { regexp: '^In (.+)$', file: 1 },
          {
            regexp: '^ +(\\d+),(\\d+) (\\w+) (.+)$',
            location: 1,
            severity: 3,
            message: 4,
            loop: true,
            line: 1,
            column: 2,
          },
        ],
      },
    ]);
    const log =
      '!! a.x @7 FAIL broken\nIn b.y\n  1,2 error first\n  3,4 warning second\nother\n  5,6 error nothing\n';
    assert.deepEqual(await linesOf(log), [
      'b.y 1 2 error first',
      'sub/a.x 7 warning broken',
      'b.y 3 4 warning second',
    ]);
  });

  it('gives up a matcher that takes for ever, and finds the rest', async () => {
    writeTasks({ pattern: { regexp: '^(a+)+$', message: 1 } });
    const startedAt = performance.now();
    const lines = await linesOf(`${'a'.repeat(200)}!\na.c:1:2: error: x\n`);
    assert.deepEqual(lines, ['a.c 1 2 error x']);
    assert.ok(performance.now() - startedAt < 10_000);
  });

  it('finds the file of a Go test by its package, however long the name of the module is', async () => {
    mkdirSync(join(root, 'store'));
    for (const file of ['flag_test.go', 'store/store_test.go']) writeFileSync(join(root, file), '');
    const failure = (test: string, words: string): string =>
      `--- FAIL: ${test} (0.00s)\n    ${words}\nFAIL\n`;
    const log = [
      `${failure('TestParse', 'flag_test.go:9: bad flag')}FAIL\texample.com/ana/shop\t0.02s`,
      `${failure('TestStore', 'store_test.go:7: no store')}FAIL\texample.com/ana/shop/store\t0.01s`,
      `${failure('TestAway', 'away_test.go:3: not here')}FAIL\texample.com/ana/shop/away\t0.01s`,
    ].join('\n');
    assert.deepEqual(await linesOf(log), [
      'flag_test.go 9 error bad flag',
      'store/store_test.go 7 error no store',
      'error away_test.go:3: not here',
    ]);
  });

  it('takes no matchers from outside of the checkout', async () => {
    const log = '!! a.x @7 FAIL broken\n';
    writeTasks({ pattern: shout });
    assert.deepEqual(await linesOf(log), ['a.x 7 error broken'], 'the guard has something to keep out');
    rmSync(join(root, '.vscode'), { recursive: true });
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    writeFileSync(
      join(outside, 'tasks.json'),
      JSON.stringify({ tasks: [{ problemMatcher: { pattern: shout } }] }),
    );
    symlinkSync(outside, join(root, '.vscode'));
    assert.deepEqual(await linesOf(log), []);
    rmSync(join(root, '.vscode'));
    mkdirSync(join(root, '.vscode'));
    symlinkSync(join(outside, 'tasks.json'), join(root, '.vscode/tasks.json'));
    assert.deepEqual(await linesOf(log), []);
    rmSync(join(root, '.vscode'), { recursive: true });
    mkdirSync(join(root, '.vscode'));
    writeFileSync(
      join(root, '.vscode/tasks.json'),
      '{ "tasks": [{ "problemMatcher": { "pattern": { "regexp": "(" } } }] }',
    );
    assert.deepEqual(await linesOf(log), [], 'nor ones that are none');
  });

  it('knows a place that no format knows, if the file is there, no stack names it, and nothing else was found', async () => {
    writeFileSync(join(root, 'rules.dsl'), '');
    const log = [
      'rules.dsl:3: unknown word "foo"',
      'rules.dsl:5:1 - warning: late',
      'nowhere.dsl:3: unknown word',
      '    at rules.dsl:9:1',
      'load (/x/rules.dsl:9:1)',
      'rules.dsl:7:',
      'see rules.dsl:8: for more',
    ].join('\n');
    assert.deepEqual(await linesOf(log), [
      'rules.dsl 3 error unknown word "foo"',
      'rules.dsl 5 1 warning late',
    ]);
    assert.deepEqual(await linesOf(`${log}\na.c:1:2: error: x\n`), ['a.c 1 2 error x']);
  });

  it('stops when it is told to', async () => {
    const logFile = join(folder, 'check.log');
    writeFileSync(logFile, 'line\n'.repeat(200_000));
    const controller = new AbortController();
    const reading = readProblems(logFile, { root }, controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(reading, /enough/);
  });
});
