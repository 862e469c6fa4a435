// Runs the suites inside the extension host: bundled beside them, started by VS Code, result and output left in files.
import { appendFileSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { ResultReporter } from '../layers/resultReporter.ts';

/**
 * VS Code calls this once the extension under development is loaded.
 * Rejects when a test failed, so that VS Code's exit code is right; the result file is the evidence.
 */
export async function run(): Promise<void> {
  const outputPath = process.env['NIGHTJAR_TEST_OUTPUT'];
  // The host's console ends up among the workbench's own messages; a file has the tests' output alone.
  if (outputPath !== undefined) {
    Mocha.reporters.Base.consoleLog = (...values: unknown[]) =>
      appendFileSync(outputPath, `${format(...values)}\n`);
  }
  const mocha = new Mocha({
    timeout: 20_000,
    forbidOnly: true,
    forbidPending: true,
    reporter: ResultReporter,
    ...(process.env['NIGHTJAR_TEST_GREP'] === undefined ? {} : { grep: process.env['NIGHTJAR_TEST_GREP'] }),
  });
  for (const suite of suitesToRun()) mocha.addFile(suite);
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

/** The paths in NIGHTJAR_TEST_FILES, all suites where it names none. */
function suitesToRun(): string[] {
  const named = (process.env['NIGHTJAR_TEST_FILES'] ?? '').split(delimiter).filter((path) => path !== '');
  if (named.length > 0) return named;
  return readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.cjs'))
    .sort()
    .map((name) => join(__dirname, name));
}
