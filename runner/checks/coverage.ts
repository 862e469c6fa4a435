// Finds the total coverage in what coverage tools print, or in the summary file that istanbul's write.
import { readMade } from './madeFile.ts';

/** The line of the total of each tool, with its number of per cent. */
const totals: readonly RegExp[] = [
  // istanbul, nyc, c8, jest, vitest; Node's own test runner marks the line
  /^\s*(?:[ℹ#]\s*)?all files\s*\|\s*(\d{1,3}(?:\.\d+)?)\s*\|/i,
  // istanbul's short summary
  /^\s*Statements\s*:\s*(\d{1,3}(?:\.\d+)?)%/,
  // coverage.py and pytest-cov
  /^TOTAL\s+(?:\d+\s+)+(\d{1,3}(?:\.\d+)?)%\s*$/,
  // go tool cover -func
  /^total:\s+\(statements\)\s+(\d{1,3}(?:\.\d+)?)%\s*$/,
  // lcov --summary
  /^\s*lines\.+:\s*(\d{1,3}(?:\.\d+)?)%/,
];

/** Relative to the project's root. */
export const summaryFile = 'coverage/coverage-summary.json';
const mostSummaryBytes = 16 * 1024 * 1024;

/** Per cent that a line gives as the total; null where it gives none. */
export function coverageIn(line: string): number | null {
  for (const total of totals) {
    const [, percent] = total.exec(line) ?? [];
    if (percent !== undefined && Number(percent) <= 100) return Number(percent);
  }
  return null;
}

/** The total of the checkout's summary file, if it was written since `before`; null where there is none. */
export async function coverageOfSummary(root: string, before: number | null): Promise<number | null> {
  const made = await readMade(root, summaryFile, { before, mostBytes: mostSummaryBytes });
  try {
    const summary = JSON.parse(made?.toString('utf8') ?? 'null') as {
      readonly total?: { readonly statements?: { readonly pct?: unknown } };
    } | null;
    const percent = summary?.total?.statements?.pct;
    return typeof percent === 'number' && percent >= 0 && percent <= 100 ? percent : null;
  } catch {
    // Whatever it is, it is no summary.
    return null;
  }
}
