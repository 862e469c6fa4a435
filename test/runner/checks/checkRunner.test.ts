// Checks with real commands: what passes, what fails, and what of it is found.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCheckRunner } from '../../../runner/checks/checkRunner.ts';
import type { CheckOutcome } from '../../../runner/tasks/ports.ts';
import { placeIn, plainSandbox } from '../../support/plainSandbox.ts';

describe('a check', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nightjar-check-'));
    folder = join(root, 'files');
    mkdirSync(folder);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function run(command: string, timeoutMs = 20_000): Promise<CheckOutcome> {
    const checks = createCheckRunner({ sandbox: plainSandbox(root) });
    const where = { place: placeIn(folder), logFile: join(root, 'check.log') };
    return checks.run(
      { name: 'test', command, timeoutMs },
      where,
      new AbortController().signal,
      () => undefined,
    );
  }

  it('passes with exit code 0, whatever it prints, and keeps only the warnings', async () => {
    const outcome = await run("printf 'a.c:1:1: error: x\\na.c:2:1: warning: y\\n'");
    assert.equal(outcome.passed, true);
    assert.deepEqual(
      outcome.problems.map((problem) => problem.message),
      ['y'],
    );
  });

  it('fails with any other code, and names the problems of real tests in the checkout', async () => {
    writeFileSync(
      join(folder, 'a.test.mjs'),
      "import test from 'node:test';\ntest('breaks', () => {\n  throw new Error('boom');\n});\n",
    );
    const outcome = await run('node --test a.test.mjs');
    assert.equal(outcome.passed, false);
    const [problem] = outcome.problems;
    assert.deepEqual([outcome.problems.length, problem?.file, problem?.line], [1, 'a.test.mjs', 3]);
    assert.deepEqual([problem?.test, problem?.message], ['breaks', 'Error: boom']);
  });

  it('fails when it takes too long, though it ends well then', async () => {
    const outcome = await run("trap 'exit 0' TERM; sleep 20 & wait", 300);
    assert.deepEqual([outcome.passed, outcome.timedOut], [false, true]);
  });

  it('names a command that is not there', async () => {
    const message = 'The command was not found: no-such-tool';
    for (const command of ['no-such-tool --all', 'sh -c no-such-tool', 'true && no-such-tool']) {
      const outcome = await run(command);
      assert.equal(outcome.passed, false);
      assert.deepEqual(outcome.problems, [
        { file: null, line: null, column: null, severity: 'error', message },
      ]);
    }
  });
});
