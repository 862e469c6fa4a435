// A file that failed runs once more in a fresh process: what passes then is named, what fails again fails.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMocha } from './mochaLayer.ts';
import { withSecondChance } from './secondChance.ts';
import type { TestResult } from './testResult.ts';

const counting = `
import { appendFileSync, readFileSync } from 'node:fs';
appendFileSync(import.meta.filename + '.runs', '.');
const run = readFileSync(import.meta.filename + '.runs', 'utf8').length;
const fail = () => { throw new Error('on purpose'); };
`;

describe('a second chance', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-chance-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** Writes test files that know in `run` the how manieth run of theirs it is, and runs them. */
  async function resultOf(texts: Readonly<Record<string, string>>): Promise<TestResult> {
    const files: string[] = [];
    for (const [name, text] of Object.entries(texts)) {
      files.push(join(folder, `${name}.test.mjs`));
      await writeFile(files.at(-1) ?? '', counting + text);
    }
    const run = async (some: readonly string[]) =>
      runMocha({
        files: some,
        mochaArguments: [],
        timeoutMs: 15_000,
        signal: AbortSignal.timeout(60_000),
        onOutput: () => undefined,
      });
    return withSecondChance([{ files, run: await run(files) }], run, () => undefined);
  }

  async function runsOf(name: string): Promise<number> {
    return (await readFile(join(folder, `${name}.test.mjs.runs`), 'utf8')).length;
  }

  it('is not taken by what passes', async () => {
    const result = await resultOf({ calm: "it('holds', () => {});" });
    assert.deepEqual([result.passed, result.failed, result.flaky], [1, 0, undefined]);
    assert.equal(await runsOf('calm'), 1);
  });

  it('counts as passed, and names, what fails only once; other files are left alone', async () => {
    const result = await resultOf({
      calm: "it('holds', () => {});",
      nervous: "it('stands', () => {}); it('wavers', () => { if (run === 1) fail(); });",
    });
    assert.deepEqual(result, { passed: 3, failed: 0, failures: [], flaky: ['wavers'] });
    assert.deepEqual([await runsOf('calm'), await runsOf('nervous')], [1, 2]);
  });

  it('fails what fails twice', async () => {
    const result = await resultOf({ bad: "it('holds', () => {}); it('breaks', fail);" });
    assert.deepEqual(result, { passed: 1, failed: 1, failures: ['breaks'], flaky: [] });
    assert.equal(await runsOf('bad'), 2);
  });

  it('takes the second run of a file as a whole', async () => {
    const result = await resultOf({
      moody: "it('one', () => { if (run === 1) fail(); }); it('other', () => { if (run === 2) fail(); });",
    });
    assert.deepEqual(result, { passed: 1, failed: 1, failures: ['other'], flaky: ['one'] });
  });

  it('is given to a hook', async () => {
    const result = await resultOf({
      hooked: "describe('it', () => { before(() => { if (run === 1) fail(); }); it('runs', () => {}); });",
    });
    assert.deepEqual([result.passed, result.failed], [1, 0]);
    assert.match(result.flaky?.[0] ?? '', /before all/);
  });

  it('is given to a run that dies, as a whole', async () => {
    const result = await resultOf({
      calm: "it('holds', () => {});",
      dying: "it('dies', () => { if (run === 1) process.exit(0); });",
    });
    const flaky = ['the run ended with exit code 0 and without a result'];
    assert.deepEqual(result, { passed: 2, failed: 0, failures: [], flaky });
    assert.equal(await runsOf('calm'), 2);
  });

  it('does not save a run that dies twice', async () => {
    const result = await resultOf({ dying: "it('dies', () => process.exit(0));" });
    assert.deepEqual([result.passed, result.failed], [0, 1]);
  });
});
