// Reads what an endpoint's headers say of its limits: how much is left, when all of it is there again, how long to wait.

/** What is left of one limit. */
export interface Reported {
  /** Null where the endpoint doesn't say. */
  readonly limit: number | null;
  readonly left: number;
  /** Milliseconds until everything is there again. */
  readonly resetInMs: number;
}

export interface LimitReport {
  readonly requests: Reported | null;
  readonly tokens: Reported | null;
}

type Field = 'limit' | 'remaining' | 'reset';

/** The names of the headers, what is read first standing first. Sources: the documentation of OpenAI and of Anthropic. */
const names: Readonly<Record<keyof LimitReport, readonly ((field: Field) => string)[]>> = {
  requests: [(field) => `x-ratelimit-${field}-requests`, (field) => `anthropic-ratelimit-requests-${field}`],
  tokens: [
    (field) => `x-ratelimit-${field}-tokens`,
    (field) => `anthropic-ratelimit-input-tokens-${field}`,
    (field) => `anthropic-ratelimit-tokens-${field}`,
  ],
};

/** What the headers of an answer or a refusal say; null for what they don't. */
export function limitReportOf(headers: Headers, nowMs: number): LimitReport {
  return {
    requests: reportedIn(headers, names.requests, nowMs),
    tokens: reportedIn(headers, names.tokens, nowMs),
  };
}

function reportedIn(
  headers: Headers,
  candidates: readonly ((field: Field) => string)[],
  nowMs: number,
): Reported | null {
  for (const nameOf of candidates) {
    const left = numberOf(headers.get(nameOf('remaining')));
    const resetInMs = resetOf(headers.get(nameOf('reset')), nowMs);
    if (left !== null && resetInMs !== null)
      return { limit: numberOf(headers.get(nameOf('limit'))), left, resetInMs };
  }
  return null;
}

/** The wait that the headers of a refusal ask for, in milliseconds; null where they ask for none. */
export function askedWaitOf(headers: Headers | undefined, nowMs: number): number | null {
  if (headers === undefined) return null;
  return (
    numberOf(headers.get('retry-after-ms')) ??
    retryAfterOf(headers.get('retry-after'), nowMs) ??
    usedUpLimitOf(limitReportOf(headers, nowMs)) ??
    resetOf(headers.get('x-ratelimit-reset'), nowMs)
  );
}

function retryAfterOf(value: string | null, nowMs: number): number | null {
  const seconds = numberOf(value);
  return seconds === null ? dateOf(value, nowMs) : seconds * 1_000;
}

/** Of the limits on requests and on tokens, the longest reset of those that are used up. */
function usedUpLimitOf({ requests, tokens }: LimitReport): number | null {
  const waits = [requests, tokens].flatMap((limit) => (limit?.left === 0 ? [limit.resetInMs] : []));
  return waits.length === 0 ? null : Math.max(...waits);
}

/** Milliseconds until a reset: a moment in seconds or milliseconds since 1970 or as a date, a number of seconds, or a span. */
function resetOf(value: string | null, nowMs: number): number | null {
  const reset = numberOf(value);
  if (reset === null) return spanOf(value) ?? dateOf(value, nowMs);
  if (reset > 1e12) return Math.max(0, reset - nowMs);
  if (reset > 1e9) return Math.max(0, reset * 1_000 - nowMs);
  return reset * 1_000;
}

function dateOf(value: string | null, nowMs: number): number | null {
  const atMs = value === null ? NaN : Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
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
