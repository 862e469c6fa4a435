// Runs test files that failed once more: a browser, a kernel or a busy machine can fail a test that nothing is wrong with.
import { relative } from 'node:path';
import { projectRoot } from './testFiles.ts';
import { totalOf, type TestResult, type TestRun } from './testResult.ts';

/**
 * Runs `files`, then each file in which a test failed once more, in a process of its own; a run that broke is run once
 * more as a whole. The second run of a file is what counts, all of it: its tests build on each other. What failed first
 * and did not fail again is named as flaky.
 */
export async function withSecondChance(
  files: readonly string[],
  run: (files: readonly string[]) => Promise<TestRun>,
  say: (message: string) => void,
): Promise<TestResult> {
  const first = await run(files);
  if (first.failed === 0) return first;
  const failedFiles = Object.keys(first.files).filter((file) => first.files[file]?.failures.length !== 0);
  // Nobody knows which file broke the run, or whose a hook of the root was.
  const isBroken = failedFiles.length === 0 || failedFiles.includes('');
  const repeats = isBroken ? [files] : failedFiles.map((file) => [file]);
  const results: TestResult[] = isBroken ? [] : [totalOf(without(first.files, failedFiles))];
  for (const repeated of repeats) {
    const names = isBroken ? first.failures : repeated.map((file) => relative(projectRoot, file));
    say(`Failed, and runs once more: ${names.join(', ')}`);
    results.push(await run(repeated));
  }
  const failures = results.flatMap((result) => result.failures);
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: failures.length,
    failures,
    flaky: first.failures.filter((title) => !failures.includes(title)),
  };
}

function without(files: TestRun['files'], paths: readonly string[]): TestRun['files'] {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)));
}
