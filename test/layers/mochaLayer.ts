// Runs test files under mocha in processes of their own; each one's result comes from a file.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../../shared/host/processes.ts';
import { runInPool } from './pool.ts';
import { scheduleOf } from './schedule.ts';
import type { BatchRun } from './secondChance.ts';
import { projectRoot } from './testFiles.ts';
import { broken, readTestRun, withoutTests, type TestRun } from './testResult.ts';

/** Not `mocha.js`, which starts a second Node only for the sake of its flags. */
const mocha = join(projectRoot, 'node_modules', 'mocha', 'bin', '_mocha');

export interface MochaRun {
  readonly files: readonly string[];
  readonly mochaArguments: readonly string[];
  /** Milliseconds until the whole run is ended and counts as failed. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Takes the output; the terminal where nothing is said. */
  readonly onOutput?: (chunk: Buffer) => void;
}

/**
 * Runs the files as they are scheduled, `workers` processes beside each other; `timeoutMs` is for all of them together.
 * What processes that run beside each other print is shown whole when they end, else nobody could read it.
 */
export async function runMochaBatches(run: MochaRun, workers: number): Promise<BatchRun[]> {
  const endsAt = performance.now() + run.timeoutMs;
  const runBatch = async (files: readonly string[], onOutput?: MochaRun['onOutput']): Promise<BatchRun> => {
    const timeoutMs = Math.max(0, endsAt - performance.now());
    return { files, run: await runMocha({ ...run, files, timeoutMs, ...(onOutput && { onOutput }) }) };
  };
  const { batches, alone } = scheduleOf(run.files, workers);
  const results = await runInPool(batches, workers, async (files) => {
    const output: Buffer[] = [];
    try {
      return await runBatch(files, (chunk) => output.push(chunk));
    } finally {
      (run.onOutput ?? showInTerminal)(Buffer.concat(output));
    }
  });
  for (const files of alone) results.push(await runBatch(files));
  return run.mochaArguments.some((argument) => selects.test(argument)) ? withTests(results) : results;
}

/** Arguments of mocha that leave tests out. */
const selects = /^(?:-g|-f|--grep|--fgrep)\b/;

/** Where tests are selected, files without one are no failure unless all of them are. */
function withTests(results: BatchRun[]): BatchRun[] {
  const found = results.filter((result) => result.run !== withoutTests);
  return found.length === 0 ? results.slice(0, 1) : found;
}

const showInTerminal = (chunk: Buffer): void => void process.stdout.write(chunk);

export async function runMocha(run: MochaRun): Promise<TestRun> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-tests-'));
  const resultPath = join(folder, 'result.json');
  const show = run.onOutput ?? showInTerminal;
  const reporter = join(import.meta.dirname, 'resultReporter.ts');
  try {
    const { exitCode, timedOut } = await runProcess({
      file: process.execPath,
      args: [
        ...['--disable-warning=ExperimentalWarning', mocha],
        ...['--config', join(projectRoot, 'test', 'mocha.json'), '--reporter', reporter],
        ...[...run.mochaArguments, ...run.files],
      ],
      cwd: projectRoot,
      env: {
        ...process.env,
        ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
        NIGHTJAR_TEST_RESULT: resultPath,
      },
      timeoutMs: run.timeoutMs,
      signal: run.signal,
      onStdout: show,
      onStderr: show,
    });
    if (timedOut) return broken(`the run did not end within ${Math.ceil(run.timeoutMs / 1000)} seconds`);
    return await readTestRun(resultPath, exitCode);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
