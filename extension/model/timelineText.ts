// Numbers that only the task panel writes: a running clock, large counts, short commits.

/** A running time in whole seconds: "12s", "3m 05s", "2h 10m". */
export function clockText(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1_000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${twoDigits(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`;
}

/** A count in at most four characters: "950", "1.2k", "34k", "1.5M". */
export function countText(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 999_500) return `${scaled(count / 1_000)}k`;
  return `${scaled(count / 1_000_000)}M`;
}

/** The first characters of a commit id, as git shows them. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 8);
}

function scaled(value: number): string {
  return value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
