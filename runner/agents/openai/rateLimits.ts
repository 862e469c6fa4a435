// What an endpoint lets through, learned from its answers so that calls wait before they are refused: no clock, no network.
import type { LimitReport, Reported } from './rateHeaders.ts';

/** Requests that may be unanswered while nothing is known yet. */
const firstWidth = 2;
/** What each answer adds to them: where no answer says what is left, the first refusal meets few at once. */
const widening = 1 / 4;
/** Milliseconds after which an unanswered request doesn't keep the next one waiting any more. */
const patienceMs = 5_000;
/** No wait is believed to be longer: behind it the endpoint is asked itself. */
export const longestWaitMs = 5 * 60_000;
/** After a reset what counts for a minute is the limit, unless an answer says otherwise. */
const renewalMs = 60_000;

/** A request under way. Its numbers tell what was sent after it, which its answer's count doesn't contain. */
export interface Ticket {
  /** Of all requests so far, this one included. */
  readonly requests: number;
  /** Of the tokens of all requests so far, those of this one included. */
  readonly tokens: number;
  readonly sentAtMs: number;
}

interface Allowance {
  /** Null where the endpoint doesn't say. */
  readonly limit: number | null;
  /** What may still be sent before the reset. */
  readonly left: number;
  readonly resetAtMs: number;
  /** The number of the request whose answer said so. */
  readonly asOf: number;
}

/** All times are milliseconds since 1970. */
export interface RateLimits {
  readonly sent: { readonly requests: number; readonly tokens: number };
  readonly requests: Allowance | null;
  readonly tokens: Allowance | null;
  /** Nothing is sent before. */
  readonly heldUntilMs: number;
  /** The number of the last request that was sent before the newest refusal was known. */
  readonly refusedAt: number;
  /** Requests that may be unanswered at the same time, rounded down: grows with each answer, begins anew with a refusal. */
  readonly width: number;
  /** The unanswered requests, oldest first. */
  readonly open: readonly Ticket[];
}

export const nothingKnown: RateLimits = {
  sent: { requests: 0, tokens: 0 },
  requests: null,
  tokens: null,
  heldUntilMs: 0,
  refusedAt: 0,
  width: firstWidth,
  open: [],
};

/** Milliseconds until a request of so many tokens may be sent, as far as can be told before the next answer; 0 for now. */
export function waitBefore(limits: RateLimits, tokens: number, nowMs: number): number {
  return Math.max(limitWait(limits, tokens, nowMs), widthWait(limits, nowMs));
}

/** The same for the endpoint's own limits alone. */
export function limitWait(limits: RateLimits, tokens: number, nowMs: number): number {
  return Math.max(
    0,
    limits.heldUntilMs - nowMs,
    allowanceWait(limits.requests, 1, nowMs),
    allowanceWait(limits.tokens, tokens, nowMs),
  );
}

/** The limits after a request was sent, and its ticket. */
export function send(
  limits: RateLimits,
  tokens: number,
  nowMs: number,
): { readonly limits: RateLimits; readonly ticket: Ticket } {
  const sent = { requests: limits.sent.requests + 1, tokens: limits.sent.tokens + tokens };
  const ticket = { ...sent, sentAtMs: nowMs };
  return {
    ticket,
    limits: {
      ...limits,
      sent,
      requests: spend(limits.requests, 1, nowMs),
      tokens: spend(limits.tokens, tokens, nowMs),
      open: [...limits.open, ticket],
    },
  };
}

/** The endpoint has taken the request, and told what is left. */
export function answered(limits: RateLimits, ticket: Ticket, report: LimitReport, nowMs: number): RateLimits {
  const isNews = ticket.requests > limits.refusedAt;
  return {
    ...close(learned(limits, ticket, report, nowMs), ticket),
    width: isNews ? limits.width + widening : limits.width,
  };
}

/** The endpoint has refused the request because of its limits: nothing is sent for `waitMs`, and then one at first. */
export function refused(
  limits: RateLimits,
  ticket: Ticket,
  report: LimitReport,
  waitMs: number,
  nowMs: number,
): RateLimits {
  const isNews = ticket.requests > limits.refusedAt;
  return {
    ...close(learned(limits, ticket, report, nowMs), ticket),
    heldUntilMs: Math.max(limits.heldUntilMs, nowMs + Math.min(waitMs, longestWaitMs)),
    ...(isNews ? { refusedAt: limits.sent.requests, width: 1 } : {}),
  };
}

/** The limits without a request that has an answer, or gets none any more. */
export function close(limits: RateLimits, ticket: Ticket): RateLimits {
  return { ...limits, open: limits.open.filter(({ requests }) => requests !== ticket.requests) };
}

function widthWait({ open, width }: RateLimits, nowMs: number): number {
  const recent = open.filter(({ sentAtMs }) => sentAtMs > nowMs - patienceMs);
  const [oldest] = recent;
  return oldest === undefined || recent.length < Math.floor(width) ? 0 : oldest.sentAtMs + patienceMs - nowMs;
}

/** A request larger than the limit itself goes when all of it is there. */
function allowanceWait(allowance: Allowance | null, amount: number, nowMs: number): number {
  const current = allowanceAt(allowance, nowMs);
  if (current === null || current.left >= Math.min(amount, current.limit ?? amount)) return 0;
  return current.resetAtMs - nowMs;
}

function spend(allowance: Allowance | null, amount: number, nowMs: number): Allowance | null {
  const current = allowanceAt(allowance, nowMs);
  return current === null ? null : { ...current, left: current.left - amount };
}

/** What is known at a moment: behind the reset everything is there again, or nothing is known. */
function allowanceAt(allowance: Allowance | null, nowMs: number): Allowance | null {
  if (allowance === null || nowMs < allowance.resetAtMs) return allowance;
  if (allowance.limit === null) return null;
  return { ...allowance, left: allowance.limit, resetAtMs: nowMs + renewalMs };
}

function learned(limits: RateLimits, ticket: Ticket, report: LimitReport, nowMs: number): RateLimits {
  const { sent } = limits;
  const learn = (known: Allowance | null, reported: Reported | null, sentLater: number): Allowance | null =>
    reported === null ? known : newer(known, allowanceOf(reported, ticket, sentLater, nowMs), nowMs);
  return {
    ...limits,
    requests: learn(limits.requests, report.requests, sent.requests - ticket.requests),
    tokens: learn(limits.tokens, report.tokens, sent.tokens - ticket.tokens),
  };
}

function allowanceOf(reported: Reported, ticket: Ticket, sentLater: number, nowMs: number): Allowance {
  return {
    limit: reported.limit,
    left: reported.left - sentLater,
    resetAtMs: nowMs + Math.min(reported.resetInMs, longestWaitMs),
    asOf: ticket.requests,
  };
}

/** Answers overtake each other: an older request's may only lower what a newer one's said. */
function newer(known: Allowance | null, told: Allowance, nowMs: number): Allowance {
  if (known === null || nowMs >= known.resetAtMs || told.asOf > known.asOf) return told;
  return { ...known, left: Math.min(known.left, told.left) };
}
