// How long to wait before the next attempt: what the endpoint asks for, else longer each time.

/** Attempts at one answer, the first included. */
export const maxAttempts = 6;
/** Refusals in a row, by an endpoint that says each time how long to wait, after which nothing is hoped for: a day of the longest waits. */
export const mostRefusals = 300;
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
