// Mocha's spec reporter that also writes a result file: no file means that the run did not come to its end.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { TestResult } from './testResult.ts';

/** Prints as `spec` does; the file's path comes from NIGHTJAR_TEST_RESULT. */
class ResultReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const path = process.env['NIGHTJAR_TEST_RESULT'];
    const failures: string[] = [];
    let passed = 0;
    runner.on('pass', () => passed++);
    runner.on('fail', (test) => failures.push(test.fullTitle()));
    runner.on('end', () => {
      const result: TestResult = { passed, failed: failures.length, failures };
      if (path !== undefined) writeFileSync(path, JSON.stringify(result));
    });
  }
}

// Mocha requires a reporter as a CommonJS module; this name is what `require` of an ES module then returns.
export { ResultReporter, ResultReporter as 'module.exports' };
