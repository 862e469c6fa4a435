// Durations, sizes, tokens and money as a person reads them.
import type { Budget } from '../../../shared/spec/spec.ts';

/** Milliseconds as `0.4 s`, `12 s`, `3 min 05 s` or `2 h 07 min`. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

/** Milliseconds since something happened, as `just now`, `5 min`, `3 h` or `12 days`. */
export function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : count(Math.floor(hours / 24), 'day');
}

/** Bytes as `512 B`, `12.5 KB` or `3.1 MB`. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB'];
  let value = bytes / 1_000;
  while (value >= 999.95 && units.length > 1) {
    value /= 1_000;
    units.shift();
  }
  return `${value.toFixed(1)} ${units[0] ?? ''}`;
}

/** A count with its unit: `1 file`, `3 files`. */
export function count(value: number, unit: string): string {
  return `${value.toLocaleString('en')} ${unit}${value === 1 ? '' : 's'}`;
}

/** Tokens as `812 tokens` or `34.1k tokens`. */
export function tokens(value: number): string {
  return value < 1_000 ? `${value} tokens` : `${(value / 1_000).toFixed(1)}k tokens`;
}

/** US dollars; null where nobody knows the price of the model. */
export function cost(usd: number | null): string {
  if (usd === null) return 'cost unknown';
  if (usd > 0 && usd < 0.01) return `$${usd.toFixed(4)}`;
  return `$${usd.toFixed(2)}`;
}

/** An ISO time as `2026-01-31 11:05`, on this machine's clock. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString('sv', { dateStyle: 'short', timeStyle: 'short' });
}

/** The limits of a task in a line. */
export function budgetText({ turns, rounds, tokens: limit, costUsd, wallTimeMs }: Budget): string {
  return [
    cost(costUsd),
    tokens(limit),
    count(turns, 'turn'),
    count(rounds, 'round'),
    duration(wallTimeMs),
  ].join(', ');
}

/** The start of a commit id that people use. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 8);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
