// How a connection's state follows from what happens to it: pure, with the waits between attempts.
import type { KnownError } from '../errors/errors.ts';
import type { RequestResult } from '../protocol/requests.ts';

export type InitializeResult = RequestResult<'initialize'>;

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly runner: InitializeResult }
  /** Between two attempts; `retryAtMs` is a time as of `Date.now()`. */
  | { readonly kind: 'waiting'; readonly retryAtMs: number; readonly error: KnownError }
  /** At rest; `error` is null where the client itself closed, or has never connected. */
  | { readonly kind: 'closed'; readonly error: KnownError | null };

/** What happens to a connection. `chance` is a random number from 0 to 1 that spreads the attempts of many clients. */
export type ConnectionStep =
  | { readonly kind: 'attempted' }
  | { readonly kind: 'connected'; readonly runner: InitializeResult }
  | { readonly kind: 'failed'; readonly error: KnownError; readonly nowMs: number; readonly chance: number }
  | { readonly kind: 'left' };

export interface ConnectionProgress {
  readonly state: ConnectionState;
  /** Failures in a row since the last success. */
  readonly failures: number;
}

export const atRest: ConnectionProgress = { state: { kind: 'closed', error: null }, failures: 0 };

const firstWaitMs = 250;
const longestWaitMs = 15_000;

/** The progress after `step`. Failures that no retry can mend close the connection, as all do where it isn't persistent. */
export function nextProgress(
  progress: ConnectionProgress,
  step: ConnectionStep,
  isPersistent: boolean,
): ConnectionProgress {
  switch (step.kind) {
    case 'attempted':
      return { ...progress, state: { kind: 'connecting' } };
    case 'connected':
      return { state: { kind: 'connected', runner: step.runner }, failures: 0 };
    case 'left':
      return atRest;
    case 'failed': {
      const { error } = step;
      if (!isPersistent || !error.mayRetry) return { state: { kind: 'closed', error }, failures: 0 };
      const retryAtMs = step.nowMs + waitMs(progress.failures, step.chance);
      return { state: { kind: 'waiting', retryAtMs, error }, failures: progress.failures + 1 };
    }
  }
}

/** 250 ms doubling to 15 s; between half and the whole of that, as `chance` has it. */
function waitMs(failures: number, chance: number): number {
  const longest = Math.min(firstWaitMs * 2 ** failures, longestWaitMs);
  return Math.round(longest * (0.5 + chance / 2));
}
