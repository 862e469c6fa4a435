// Runs test files that failed once more: a browser, a kernel or a busy machine can fail a test that nothing is wrong with.
import { relative } from 'node:path';
import { projectRoot } from './testFiles.ts';
import { sumOf, type FileResult, type TestResult, type TestRun } from './testResult.ts';

/** Test files that ran in one process, and what they came to. */
export interface BatchRun {
  readonly files: readonly string[];
  readonly run: TestRun;
}

/**
 * Runs each file in which a test failed once more, in a process of its own, and a run that broke once more as a whole;
 * one after another, so that nothing disturbs them. The second run of a file is what counts, all of it: its tests
 * build on each other. What failed first and did not fail again is named as flaky.
 */
export async function withSecondChance(
  first: readonly BatchRun[],
  run: (files: readonly string[]) => Promise<TestRun>,
  say: (message: string) => void,
): Promise<TestResult> {
  const firstFailures = first.flatMap((batch) => batch.run.failures);
  const results: FileResult[] = [];
  const repeats: { readonly files: readonly string[]; readonly names: readonly string[] }[] = [];
  for (const batch of first) {
    const failed = failedFilesOf(batch);
    if (failed === 'all') repeats.push({ files: batch.files, names: batch.run.failures });
    else {
      results.push(
        ...Object.entries(batch.run.files).flatMap(([file, result]) =>
          failed.includes(file) ? [] : [result],
        ),
      );
      repeats.push(...failed.map((file) => ({ files: [file], names: [relative(projectRoot, file)] })));
    }
  }
  for (const { files, names } of repeats) {
    say(`Failed, and runs once more: ${names.join(', ')}`);
    results.push(await run(files));
  }
  const total = sumOf(results);
  if (firstFailures.length === 0) return total;
  return { ...total, flaky: firstFailures.filter((title) => !total.failures.includes(title)) };
}

/** `all` where nobody knows which file broke the run, or whose a hook of the root was. */
function failedFilesOf({ run }: BatchRun): readonly string[] | 'all' {
  if (run.failed === 0) return [];
  const failed = Object.keys(run.files).filter((file) => run.files[file]?.failures.length !== 0);
  return failed.length === 0 || failed.includes('') ? 'all' : failed;
}
