// One line of the benchmark's table, and the arithmetic that all of them share.

export interface Measure {
  readonly what: string;
  readonly value: string;
  /** What it is to be read against: a ratio within the same run, or a target. */
  readonly against: string;
}

/** The value below which the share `part` (0 to 1) of the values lies. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

export function inMs(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

/** Milliseconds that `work` takes, the median of `runs`. */
export async function medianMs(runs: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < runs; count += 1) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  }
  return percentile(times, 0.5);
}

export function tableOf(measures: readonly Measure[]): string {
  const widthOf = (column: keyof Measure): number =>
    Math.max(...measures.map((measure) => measure[column].length));
  const [what, value] = [widthOf('what'), widthOf('value')];
  return measures
    .map((row) => `  ${row.what.padEnd(what)}  ${row.value.padStart(value)}  ${row.against}`)
    .join('\n');
}
