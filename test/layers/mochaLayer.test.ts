// Test files in several processes: each one's result counts, a process that dies takes its own files only, and all end.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { runMochaBatches, type MochaRun } from './mochaLayer.ts';
import { withSecondChance, type BatchRun } from './secondChance.ts';

describe('batches of test files', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-batches-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** Writes test files and says how to run them, one process each. */
  async function runOf(texts: Readonly<Record<string, string>>): Promise<MochaRun> {
    const files: string[] = [];
    for (const [name, text] of Object.entries(texts)) {
      files.push(join(folder, `${name}.test.mjs`));
      await writeFile(files.at(-1) ?? '', text);
    }
    const signal = AbortSignal.timeout(60_000);
    return { files, mochaArguments: [], timeoutMs: 50_000, signal, onOutput: () => undefined };
  }

  function failuresOf(runs: readonly BatchRun[]): readonly (readonly string[])[] {
    return runs.map(({ run }) => run.failures);
  }

  it('run beside each other, each in a process of its own', async () => {
    // Each waits for what the other writes: one after another they would never end.
    const meeting = (own: string, other: string) => `
      import { existsSync, writeFileSync } from 'node:fs';
      it('meets ${other}', async () => {
        writeFileSync(import.meta.dirname + '/${own}', String(process.pid));
        while (!existsSync(import.meta.dirname + '/${other}')) await new Promise((go) => setTimeout(go, 20));
      }).timeout(0);`;
    const run = await runOf({ one: meeting('one', 'two'), two: meeting('two', 'one') });
    const runs = await runMochaBatches(run, 2);
    assert.deepEqual(
      runs.map(({ files, run: { passed, failed } }) => [files, passed, failed]),
      run.files.map((file) => [[file], 1, 0]),
    );
    const inTurn = await runMochaBatches(
      { ...(await runOf({ one: meeting('one', 'never') })), timeoutMs: 1_500 },
      2,
    );
    assert.match(inTurn[0]?.run.failures[0] ?? '', /did not end within 2 seconds/);
  });

  it('fail by themselves: the others count, and only what failed runs once more', async () => {
    const run = await runOf({
      calm: "it('holds', () => {});",
      bad: "it('breaks', () => { throw new Error('on purpose'); });",
      dying: "it('dies', () => process.exit(0));",
    });
    const runs = await runMochaBatches(run, 2);
    const died = 'the run ended with exit code 0 and without a result';
    assert.deepEqual(failuresOf(runs), [[], ['breaks'], [died]]);
    const again: (readonly string[])[] = [];
    const result = await withSecondChance(
      runs,
      async (files) => {
        again.push(files);
        return (await runMochaBatches({ ...run, files }, 1))[0]?.run ?? assert.fail();
      },
      () => undefined,
    );
    assert.deepEqual(
      again,
      run.files.slice(1).map((file) => [file]),
    );
    assert.deepEqual(result, { passed: 1, failed: 2, failures: ['breaks', died], flaky: [] });
  });

  it('print one after another, whole', async () => {
    const told =
      "it('tells', async () => { for (const n of [1, 2, 3]) { console.log('TOLD'); await new Promise((go) => setTimeout(go, 50)); } });";
    const output: string[] = [];
    const run = await runOf({ one: told, two: told });
    await runMochaBatches({ ...run, onOutput: (chunk) => output.push(chunk.toString()) }, 2);
    assert.deepEqual(
      output.map((text) => text.match(/TOLD/g)?.length),
      [3, 3],
    );
    for (const text of output) assert.match(text, /1 passing/);
  });

  it('may be without a selected test, but not all of them, and none may be where nothing is selected', async () => {
    const run = await runOf({ one: "it('is wanted', () => {});", two: "it('is not', () => {});", empty: '' });
    const selected = await runMochaBatches({ ...run, mochaArguments: ['--grep', 'wanted'] }, 2);
    assert.deepEqual(failuresOf(selected), [[]]);
    const nothing = await runMochaBatches({ ...run, mochaArguments: ['--grep=nothing'] }, 2);
    assert.deepEqual(failuresOf(nothing), [['the run had no tests']]);
    const all = await runMochaBatches(run, 2);
    assert.deepEqual(failuresOf(all), [[], [], ['the run had no tests']]);
  });

  it('share one limit of time', async () => {
    const waiting = "it('waits', () => new Promise(() => setInterval(() => {}, 1000))).timeout(0);";
    const run = await runOf({ one: waiting, two: waiting, three: waiting });
    const runs = await runMochaBatches({ ...run, timeoutMs: 2_000 }, 2);
    for (const [failure] of failuresOf(runs))
      assert.match(failure ?? '', /^the run did not end within \d seconds$/);
  });

  it('all end when the run is cancelled, and no further one begins', async () => {
    const waiting = `
      import { writeFileSync } from 'node:fs';
      it('waits', () => {
        writeFileSync(import.meta.filename + '.pid', String(process.pid));
        return new Promise(() => setInterval(() => {}, 1000));
      }).timeout(0);`;
    const run = await runOf({ one: waiting, two: waiting, three: waiting });
    const stop = new AbortController();
    const running = runMochaBatches({ ...run, signal: stop.signal }, 2);
    const rejected = assert.rejects(running, /cancelled on purpose/);
    const pidFiles = run.files.map((file) => `${file}.pid`);
    while (!pidFiles.slice(0, 2).every((path) => existsSync(path))) await delay(20);
    stop.abort(new Error('cancelled on purpose'));
    await rejected;
    assert.deepEqual(
      pidFiles.map((path) => existsSync(path)),
      [true, true, false],
    );
    for (const path of pidFiles.slice(0, 2)) {
      assert.throws(() => process.kill(Number(readFileSync(path, 'utf8')), 0), { code: 'ESRCH' });
    }
  });
});
