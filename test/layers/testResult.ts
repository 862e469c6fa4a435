// What a run of tests came to, as its reporter wrote it down.
import { readFile } from 'node:fs/promises';

export interface TestResult {
  readonly passed: number;
  readonly failed: number;
  /** The full titles of the tests that failed, or a sentence where it was not a test that failed. */
  readonly failures: readonly string[];
  /** The same of what failed first and passed when it ran once more: counted as passed. */
  readonly flaky?: readonly string[];
}

/** What the tests of one file came to. */
export interface FileResult {
  readonly passed: number;
  readonly failures: readonly string[];
}

/** By the path of the test file, absolute; empty for tests and hooks that belong to none. */
export type FileResults = Readonly<Record<string, FileResult>>;

/** One run in one process. `files` is empty where the run broke: then nothing is known of any of them. */
export interface TestRun extends TestResult {
  readonly files: FileResults;
}

/**
 * Reads the file that a run left behind and demands positive evidence: a run without a file died,
 * and a run without a test proves nothing; both count as one failure.
 */
export async function readTestRun(path: string, exitCode: number): Promise<TestRun> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return broken(`the run ended with exit code ${exitCode} and without a result`);
  const files = JSON.parse(text) as FileResults;
  const result = sumOf(Object.values(files));
  if (result.passed + result.failed === 0) return withoutTests;
  if (exitCode !== 0 && result.failed === 0) {
    const failures = [`all tests passed, but the exit code was ${exitCode}`];
    return { ...result, failed: 1, failures, files: {} };
  }
  return { ...result, files };
}

/** All files, or all runs, together. */
export function sumOf(results: readonly FileResult[]): TestResult {
  const failures = results.flatMap((result) => result.failures);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  return { passed, failed: failures.length, failures };
}

/** A run that failed as a whole. */
export function broken(sentence: string): TestRun {
  return { passed: 0, failed: 1, failures: [sentence], files: {} };
}

/** A run that came to its end, but proves nothing. */
export const withoutTests = broken('the run had no tests');
