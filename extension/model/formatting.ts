// How numbers are shown everywhere: elapsed time, cost, sizes, changed lines, counted words.
import type { ChangedFile } from '../../shared/task/events.ts';

/** `<1m`, `12m`, `3h 5m`, `2d 4h`: as coarse as a row needs, so that it rarely changes. */
export function formatElapsed(durationMs: number): string {
  const minutes = Math.floor(durationMs / 60_000);
  if (minutes < 1) return '<1m';
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joinParts(hours, 'h', minutes % 60, 'm');
  return joinParts(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** `0.4s`, `12s`, `3m 20s`: how long a command took. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 10_000) return `${(durationMs / 1_000).toFixed(1)}s`;
  const seconds = Math.round(durationMs / 1_000);
  return seconds < 60 ? `${seconds}s` : joinParts(Math.floor(seconds / 60), 'm', seconds % 60, 's');
}

/** `$0.42`, `<$0.01`; words where the price of the model isn't known. */
export function formatCost(costUsd: number | null): string {
  if (costUsd === null) return 'cost not known';
  if (costUsd > 0 && costUsd < 0.01) return '<$0.01';
  return `$${costUsd.toFixed(2)}`;
}

/** `512 B`, `3.4 KB`, `12 MB`, in steps of 1024. */
export function formatSize(sizeBytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let size = sizeBytes;
  let unit = 0;
  while (size >= 1_024 && unit < units.length - 1) {
    size /= 1_024;
    unit += 1;
  }
  const digits = unit === 0 || size >= 10 ? 0 : 1;
  return `${size.toFixed(digits)} ${units[unit] ?? 'GB'}`;
}

/** `1 more is`, `3 more are`. */
export function moreText(count: number): string {
  return `${count} more ${count === 1 ? 'is' : 'are'}`;
}

/** `+84 −9` over all text files, of which `+84` where no line went; `±0` without changed lines, nothing where no file changed. */
export function formatChangedLines(files: readonly ChangedFile[]): string {
  if (files.length === 0) return '';
  const added = files.reduce((sum, file) => sum + (file.added ?? 0), 0);
  const removed = files.reduce((sum, file) => sum + (file.removed ?? 0), 0);
  const parts = [added === 0 ? '' : `+${added}`, removed === 0 ? '' : `−${removed}`];
  return parts.filter((part) => part !== '').join(' ') || '±0';
}

/** `1 file`, `3 files`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The text on one line, cut with an ellipsis after `maxLength` characters. */
export function formatOneLine(text: string, maxLength: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).trimEnd()}…`;
}

function joinParts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit} ${small}${smallUnit}`;
}
