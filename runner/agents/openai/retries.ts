// How long to wait before the next attempt: what the endpoint asks for, else longer each time.

/** Attempts at one answer, the first included. */
export const maxAttempts = 6;
/** Milliseconds that all waits before one answer may take together. */
export const maxTotalWaitMs = 5 * 60_000;

const firstWaitMs = 2_000;

/**
 * Milliseconds to wait after the `attempt`th failure (from 1).
 * `random` in 0..1 spreads many tasks that were turned away at the same moment.
 */
export function waitAfter(attempt: number, askedMs: number | null, random: number): number {
  if (askedMs !== null) return Math.round(askedMs + random * 250);
  return Math.round(firstWaitMs * 2 ** (attempt - 1) * (0.5 + random / 2));
}

/** The wait that the headers of a refusal ask for, in milliseconds; null where they ask for none. */
export function askedWaitOf(headers: Headers | undefined, nowMs: number): number | null {
  if (headers === undefined) return null;
  return (
    numberOf(headers.get('retry-after-ms')) ??
    retryAfterOf(headers.get('retry-after'), nowMs) ??
    usedUpLimitOf(headers) ??
    resetTimeOf(headers.get('x-ratelimit-reset'), nowMs)
  );
}

function retryAfterOf(value: string | null, nowMs: number): number | null {
  const seconds = numberOf(value);
  if (seconds !== null) return seconds * 1_000;
  const atMs = value === null ? NaN : Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

/** Of the limits on requests and on tokens, the longest reset of those that are used up. */
function usedUpLimitOf(headers: Headers): number | null {
  const waits = ['requests', 'tokens']
    .filter((kind) => numberOf(headers.get(`x-ratelimit-remaining-${kind}`)) === 0)
    .map((kind) => spanOf(headers.get(`x-ratelimit-reset-${kind}`)))
    .filter((wait) => wait !== null);
  return waits.length === 0 ? null : Math.max(...waits);
}

/** `x-ratelimit-reset` is a moment in seconds or milliseconds since 1970, or a number of seconds. */
function resetTimeOf(value: string | null, nowMs: number): number | null {
  const reset = numberOf(value);
  if (reset === null) return spanOf(value);
  if (reset > 1e12) return Math.max(0, reset - nowMs);
  if (reset > 1e9) return Math.max(0, reset * 1_000 - nowMs);
  return reset * 1_000;
}

const unitsMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Milliseconds of a span as in `1m30s` or `250ms`. */
function spanOf(value: string | null): number | null {
  if (value === null || !/^(\d+(\.\d+)?(ms|h|m|s))+$/.test(value)) return null;
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitsMs[unit ?? ''] ?? 0), 0);
}

function numberOf(value: string | null): number | null {
  if (value === null || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : null;
}
