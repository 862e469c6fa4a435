// A run counts as passed only on positive evidence: a result file, at least one test, and an exit code that agrees.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMocha } from './mochaLayer.ts';
import type { TestRun } from './testResult.ts';

describe('the result of a run', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-layers-'));
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function resultOf(text: string, timeoutMs = 15_000): Promise<TestRun> {
    const path = join(folder, 'made-up.test.mjs');
    await writeFile(path, text);
    return runMocha({
      files: [path],
      mochaArguments: ['--timeout', '0'],
      timeoutMs,
      signal: AbortSignal.timeout(15_000),
      onOutput: () => undefined,
    });
  }

  it('counts tests that pass and names those that fail', async () => {
    const result = await resultOf(
      "it('holds', () => {}); it('breaks', () => { throw new Error('on purpose'); });",
    );
    const path = join(folder, 'made-up.test.mjs');
    const failures = ['breaks'];
    assert.deepEqual(result, { passed: 1, failed: 1, failures, files: { [path]: { passed: 1, failures } } });
  });

  it('counts a hook that fails', async () => {
    const result = await resultOf(
      "before(() => { throw new Error('on purpose'); }); it('never runs', () => {});",
    );
    assert.equal(result.failed, 1);
    assert.match(result.failures[0] ?? '', /before all/);
  });

  it('fails a run that dies with exit code 0', async () => {
    const result = await resultOf("it('dies', () => process.exit(0));");
    assert.deepEqual(result.failures, ['the run ended with exit code 0 and without a result']);
  });

  it('fails a run without tests', async () => {
    const result = await resultOf("describe('empty', () => {});");
    assert.deepEqual(result.failures, ['the run had no tests']);
  });

  it('fails a run that cannot be loaded', async () => {
    const result = await resultOf('this is no program');
    assert.deepEqual([result.passed, result.failed], [0, 1]);
  });

  it('fails a run that hangs', async () => {
    const result = await resultOf(
      "it('waits', () => new Promise(() => setInterval(() => {}, 1000)));",
      2_000,
    );
    assert.deepEqual(result.failures, ['the run did not end within 2 seconds']);
  });
});
