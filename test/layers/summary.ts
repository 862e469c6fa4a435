// What all layers came to: a table for people, one last line for machines, and whether it counts as passed.
import type { TestResult } from './testResult.ts';

export interface LayerResult extends TestResult {
  readonly name: string;
  readonly durationMs: number;
  /** Why the layer did not run. */
  readonly skipped?: string;
}

/** The failed and the flaky tests, the table and, as the very last line, `N passed, N failed`. */
export function summaryOf(results: readonly LayerResult[]): string {
  const rows = results.map((result) => [
    result.name,
    result.skipped === undefined ? String(result.passed) : '-',
    result.skipped === undefined ? String(result.failed) : '-',
    (result.durationMs / 1000).toFixed(1),
    result.skipped === undefined ? '' : `skipped: ${result.skipped}`,
  ]);
  const failures = results.flatMap(({ name, failures }) => failures.map((title) => `  ${name}: ${title}`));
  const flaky = results.flatMap(({ name, flaky = [] }) => flaky.map((title) => `flaky: ${title} (${name})`));
  const total = (count: (result: LayerResult) => number): number =>
    results.reduce((sum, one) => sum + count(one), 0);
  return [
    '',
    ...(failures.length === 0 ? [] : ['Failed:', ...failures, '']),
    ...(flaky.length === 0 ? [] : [...flaky, '']),
    ...tableOf([['layer', 'passed', 'failed', 'seconds', ''], ...rows]),
    '',
    `${total(({ passed }) => passed)} passed, ${total(({ failed }) => failed)} failed`,
  ].join('\n');
}

/** A run in CI passes only whole: there a layer that was skipped is a failure of its own. */
export function countSkipsAsFailures(results: readonly LayerResult[]): LayerResult[] {
  return results.map((result) => {
    if (result.skipped === undefined) return result;
    const { skipped, ...rest } = result;
    return { ...rest, failed: 1, failures: [`skipped, which CI does not allow: ${skipped}`] };
  });
}

function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === 4 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
