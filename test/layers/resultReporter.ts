// Mocha's spec reporter that also writes a result file: no file means that the run did not come to its end.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { FileResults } from './testResult.ts';

/** Prints as `spec` does; the file's path comes from NIGHTJAR_TEST_RESULT. */
class ResultReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const path = process.env['NIGHTJAR_TEST_RESULT'];
    const files: Record<string, { passed: number; failures: string[] }> = {};
    const fileOf = (test: Mocha.Runnable) =>
      (files[test.file ?? test.parent?.file ?? ''] ??= { passed: 0, failures: [] });
    runner.on('pass', (test) => (fileOf(test).passed += 1));
    // A hook that fails counts as a failed test.
    runner.on('fail', (test) => fileOf(test).failures.push(test.fullTitle()));
    runner.on('end', () => {
      const results: FileResults = files;
      if (path !== undefined) writeFileSync(path, JSON.stringify(results));
    });
  }
}

// Mocha requires a reporter as a CommonJS module; this name is what `require` of an ES module then returns.
export { ResultReporter, ResultReporter as 'module.exports' };
