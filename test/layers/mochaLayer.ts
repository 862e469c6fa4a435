// Runs test files under mocha in a process of its own; their output streams, their result comes from a file.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../../shared/host/processes.ts';
import { projectRoot } from './testFiles.ts';
import { broken, readTestRun, type TestRun } from './testResult.ts';

const mocha = join(projectRoot, 'node_modules', 'mocha', 'bin', 'mocha.js');

export interface MochaRun {
  readonly files: readonly string[];
  readonly mochaArguments: readonly string[];
  /** Milliseconds until the whole run is ended and counts as failed. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Takes the output; the terminal where nothing is said. */
  readonly onOutput?: (chunk: Buffer) => void;
}

export async function runMocha(run: MochaRun): Promise<TestRun> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-tests-'));
  const resultPath = join(folder, 'result.json');
  const show = run.onOutput ?? ((chunk: Buffer) => process.stdout.write(chunk));
  const reporter = join(import.meta.dirname, 'resultReporter.ts');
  try {
    const { exitCode, timedOut } = await runProcess({
      file: process.execPath,
      args: [
        ...[mocha, '--config', join(projectRoot, 'test', 'mocha.json'), '--reporter', reporter],
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
    if (timedOut) return broken(`the run did not end within ${run.timeoutMs / 1000} seconds`);
    return await readTestRun(resultPath, exitCode);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
