// What a run of tests came to, as its reporter wrote it down.
import { readFile } from 'node:fs/promises';

export interface TestResult {
  readonly passed: number;
  readonly failed: number;
  /** The full titles of the tests that failed, or a sentence where it was not a test that failed. */
  readonly failures: readonly string[];
}

/**
 * Reads the file that a run left behind and demands positive evidence: a run without a file died,
 * and a run without a test proves nothing; both count as one failure beside what was counted.
 */
export async function readTestResult(path: string, exitCode: number): Promise<TestResult> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return broken(`the run ended with exit code ${exitCode} and without a result`);
  const result = JSON.parse(text) as TestResult;
  if (result.passed + result.failed === 0) return broken('the run had no tests');
  if (exitCode !== 0 && result.failed === 0) {
    return { ...result, failed: 1, failures: [`all tests passed, but the exit code was ${exitCode}`] };
  }
  return result;
}

/** A run that failed as a whole. */
export function broken(sentence: string): TestResult {
  return { passed: 0, failed: 1, failures: [sentence] };
}
