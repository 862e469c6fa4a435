// The gate before an endpoint that all tasks share: first come, first served, and nobody runs into a limit that is known.
import type { Clock } from './clock.ts';
import { limitReportOf } from './rateHeaders.ts';
import {
  answered,
  close,
  limitWait,
  nothingKnown,
  refused,
  send,
  waitBefore,
  type Ticket,
} from './rateLimits.ts';

/** A shorter wait is not worth a word. */
export const toldMs = 1_000;

export interface GateWait {
  /** Milliseconds that the endpoint's limits keep everybody waiting; who stands further back waits longer. */
  readonly waitMs: number;
  /** Calls that come first. */
  readonly callsBefore: number;
}

export class RateGate {
  readonly #clock: Clock;
  readonly #lanes = new Map<string, Lane>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A place in the line before a model, which it keeps over all attempts at one answer. */
  enter(model: string): Caller {
    const lane = this.#lanes.get(model) ?? new Lane();
    this.#lanes.set(model, lane);
    return new Caller(lane, this.#clock);
  }
}

/** Those who want to ask one model, with what is known of its limits. */
class Lane {
  limits = nothingKnown;
  readonly #line: Caller[] = [];
  #arrivals = 0;

  /** The number of one more caller. */
  arrive(): number {
    this.#arrivals += 1;
    return this.#arrivals;
  }

  join(caller: Caller): void {
    this.#line.push(caller);
    this.#line.sort((one, other) => one.arrival - other.arrival);
  }

  leave(caller: Caller): void {
    this.#line.splice(this.#line.indexOf(caller), 1);
    this.wakeAll();
  }

  placeOf(caller: Caller): number {
    return this.#line.indexOf(caller);
  }

  wakeAll(): void {
    for (const caller of this.#line) caller.wake();
  }
}

/** One who wants an answer: passes the gate before each attempt, and tells what came of it. */
export class Caller {
  readonly arrival: number;
  readonly #lane: Lane;
  readonly #clock: Clock;
  #ticket: Ticket | null = null;
  wake: () => void = () => undefined;

  constructor(lane: Lane, clock: Clock) {
    this.arrival = lane.arrive();
    this.#lane = lane;
    this.#clock = clock;
  }

  /** Resolves when a request of so many tokens may be sent; `onWait` is told at most once, and may throw to leave the line. Rejects with the signal's reason. */
  async pass(tokens: number, signal: AbortSignal, onWait: (wait: GateWait) => void): Promise<void> {
    const lane = this.#lane;
    let isTold = false;
    lane.join(this);
    try {
      for (;;) {
        signal.throwIfAborted();
        const nowMs = this.#clock.now();
        const callsBefore = lane.placeOf(this);
        const restMs = waitBefore(lane.limits, tokens, nowMs);
        if (callsBefore === 0 && restMs <= 0) break;
        const waitMs = limitWait(lane.limits, tokens, nowMs);
        if (!isTold && waitMs >= toldMs) {
          isTold = true;
          onWait({ waitMs, callsBefore });
        }
        await this.#pause(callsBefore === 0 ? restMs : null, signal);
      }
      const { limits, ticket } = send(lane.limits, tokens, this.#clock.now());
      lane.limits = limits;
      this.#ticket = ticket;
    } finally {
      lane.leave(this);
    }
  }

  /** The endpoint has begun to answer. */
  answered(headers: Headers): void {
    const nowMs = this.#clock.now();
    this.#learn((limits, ticket) => answered(limits, ticket, limitReportOf(headers, nowMs), nowMs));
  }

  /** The endpoint's limits are used up; nobody asks again before `waitMs`. */
  refused(headers: Headers, waitMs: number): void {
    const nowMs = this.#clock.now();
    this.#learn((limits, ticket) => refused(limits, ticket, limitReportOf(headers, nowMs), waitMs, nowMs));
  }

  /** The attempt is over, with or without a word of the endpoint. */
  end(): void {
    this.#learn(close);
  }

  #learn(change: (limits: typeof nothingKnown, ticket: Ticket) => typeof nothingKnown): void {
    if (this.#ticket === null) return;
    this.#lane.limits = change(this.#lane.limits, this.#ticket);
    this.#ticket = null;
    this.#lane.wakeAll();
  }

  /** Until `ms` have passed (null for no such end), something has changed, or the signal is aborted. */
  async #pause(ms: number | null, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.wake = () => {
      woken.abort();
    };
    const ending = AbortSignal.any([signal, woken.signal]);
    try {
      await (ms === null ? abortOf(ending) : this.#clock.sleep(ms, ending));
    } catch (error) {
      if (!ending.aborted) throw error;
    }
  }
}

async function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
