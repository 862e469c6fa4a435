// What is learned of an endpoint's limits: its headers, the waits that follow from them, the order at the gate.
import assert from 'node:assert/strict';
import type { Clock } from '../../../runner/agents/openai/clock.ts';
import { RateGate, type Caller, type GateWait } from '../../../runner/agents/openai/rateGate.ts';
import { askedWaitOf, limitReportOf, type LimitReport } from '../../../runner/agents/openai/rateHeaders.ts';
import {
  answered,
  close,
  limitWait,
  nothingKnown,
  refused,
  send,
  waitBefore,
  type RateLimits,
  type Ticket,
} from '../../../runner/agents/openai/rateLimits.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const silent: LimitReport = { requests: null, tokens: null };
const requestsLeft = (left: number, resetInMs = 10_000, limit: number | null = 5): LimitReport => ({
  requests: { limit, left, resetInMs },
  tokens: null,
});
const tokensLeft = (left: number, limit: number | null, resetInMs = 10_000): LimitReport => ({
  requests: null,
  tokens: { limit, left, resetInMs },
});

describe('the headers of an endpoint', () => {
  const table: readonly {
    readonly name: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly report: LimitReport;
  }[] = [
    { name: 'no limits', headers: {}, report: silent },
    {
      name: 'limits as of OpenAI',
      headers: {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-limit-tokens': '150000',
        'x-ratelimit-remaining-tokens': '149984',
        'x-ratelimit-reset-tokens': '6m0.5s',
      },
      report: {
        requests: { limit: 60, left: 59, resetInMs: 1_000 },
        tokens: { limit: 150_000, left: 149_984, resetInMs: 360_500 },
      },
    },
    {
      name: 'limits as of Anthropic, input tokens first',
      headers: {
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:30Z',
        'anthropic-ratelimit-tokens-limit': '8000',
        'anthropic-ratelimit-tokens-remaining': '100',
        'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:50Z',
        'anthropic-ratelimit-input-tokens-limit': '40000',
        'anthropic-ratelimit-input-tokens-remaining': '39000',
        'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:02Z',
      },
      report: {
        requests: { limit: 50, left: 0, resetInMs: 30_000 },
        tokens: { limit: 40_000, left: 39_000, resetInMs: 2_000 },
      },
    },
    {
      name: 'seconds, and no limit',
      headers: { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '12' },
      report: requestsLeft(3, 12_000, null),
    },
    {
      name: 'what makes no sense',
      headers: { 'x-ratelimit-remaining-requests': 'many', 'x-ratelimit-reset-requests': 'soon' },
      report: silent,
    },
  ];
  for (const { name, headers, report } of table) {
    it(`say: ${name}`, () => {
      assert.deepEqual(limitReportOf(new Headers(headers), now), report);
    });
  }

  it('ask for the wait until the used-up limit of Anthropic is reset', () => {
    const headers = new Headers(table[2]!.headers);
    assert.equal(askedWaitOf(headers, now), 30_000);
    headers.set('retry-after', '7');
    assert.equal(askedWaitOf(headers, now), 7_000);
  });
});

describe('the limits of an endpoint', () => {
  /** Sends so many requests at one moment, and gives their tickets. */
  function sent(limits: RateLimits, count: number, tokens = 100, nowMs = now): [RateLimits, Ticket[]] {
    const tickets: Ticket[] = [];
    for (let index = 0; index < count; index += 1) {
      const next = send(limits, tokens, nowMs);
      limits = next.limits;
      tickets.push(next.ticket);
    }
    return [limits, tickets];
  }

  it('let few requests through until the first answer, then more with every fourth, and nobody waits for ever', () => {
    let [limits, tickets] = sent(nothingKnown, 2);
    assert.equal(waitBefore(limits, 100, now), 5_000);
    assert.equal(limitWait(limits, 100, now), 0);
    assert.equal(waitBefore(limits, 100, now + 5_000), 0, 'an endpoint that is slow to answer');
    for (let count = 1; count <= 12; count += 1) {
      limits = answered(limits, tickets.shift()!, silent, now);
      assert.equal(waitBefore(limits, 100, now), 0);
      let more: Ticket[];
      [limits, more] = sent(limits, 1);
      tickets.push(...more);
      if (count % 4 === 0) {
        assert.equal(waitBefore(limits, 100, now), 0, `one more after ${count}`);
        [limits, more] = sent(limits, 1);
        tickets.push(...more);
      }
      assert.equal(waitBefore(limits, 100, now), 5_000);
    }
    [limits, tickets] = sent(nothingKnown, 2);
    assert.equal(waitBefore(close(limits, tickets[0]!), 100, now), 0, 'one that failed on the way');
  });

  it('send no more requests than are left, counting those that the answer could not know of', () => {
    let [limits, tickets] = sent(nothingKnown, 2);
    limits = answered(limits, tickets[0]!, requestsLeft(4), now);
    limits = answered(limits, tickets[1]!, requestsLeft(3), now);
    [limits, tickets] = sent(limits, 3);
    assert.equal(waitBefore(limits, 100, now), 10_000);
    // The answers come in another order than the requests were sent.
    limits = answered(limits, tickets[2]!, requestsLeft(0), now + 10);
    limits = answered(limits, tickets[0]!, requestsLeft(2), now + 20);
    limits = answered(limits, tickets[1]!, requestsLeft(1), now + 30);
    assert.equal(waitBefore(limits, 100, now + 100), 9_910);
    assert.equal(waitBefore(limits, 100, now + 10_010), 0);
    [limits] = sent(limits, 5, 100, now + 10_010);
    assert.ok(limitWait(limits, 100, now + 10_010) > 0, 'after the reset the limit counts again');
  });

  it('believe a newer answer that says more is left', () => {
    let [limits, tickets] = sent(nothingKnown, 1);
    limits = answered(limits, tickets[0]!, requestsLeft(1), now);
    [limits, tickets] = sent(limits, 1, 100, now + 100);
    assert.ok(limitWait(limits, 100, now + 100) > 0);
    limits = answered(limits, tickets[0]!, requestsLeft(4), now + 200);
    assert.equal(limitWait(limits, 100, now + 200), 0);
  });

  it('keep to the tokens, and let what is larger than the limit go when all of it is there', () => {
    let [limits, tickets] = sent(nothingKnown, 1, 4_000);
    limits = answered(limits, tickets[0]!, tokensLeft(6_000, 10_000), now);
    assert.equal(limitWait(limits, 6_000, now), 0);
    assert.equal(limitWait(limits, 6_001, now), 10_000);
    [limits, tickets] = sent(limits, 1, 5_000, now);
    assert.equal(limitWait(limits, 1_001, now), 10_000);
    assert.equal(limitWait(limits, 1_000, now), 0);
    assert.equal(limitWait(limits, 90_000, now + 9_999), 1);
    assert.equal(limitWait(limits, 90_000, now + 10_000), 0);
  });

  it('know nothing more behind a reset where the endpoint never said how much it allows', () => {
    const [start, tickets] = sent(nothingKnown, 1);
    let limits = answered(start, tickets[0]!, requestsLeft(0, 10_000, null), now);
    assert.equal(limitWait(limits, 100, now + 9_000), 1_000);
    [limits] = sent(limits, 1, 100, now + 10_000);
    assert.equal(limits.requests, null);
  });

  it('hold everybody back after a refusal, then send one at first', () => {
    let [limits, tickets] = sent(nothingKnown, 2);
    for (const ticket of tickets) limits = answered(limits, ticket, silent, now);
    [limits, tickets] = sent(limits, 3);
    limits = refused(limits, tickets[0]!, silent, 7_000, now);
    assert.equal(waitBefore(limits, 100, now), 7_000);
    // What was sent before says nothing new: neither a refusal with a shorter wait nor an answer.
    limits = refused(limits, tickets[1]!, silent, 1_000, now + 10);
    limits = answered(limits, tickets[2]!, silent, now + 20);
    assert.deepEqual([waitBefore(limits, 100, now), limits.width], [7_000, 1]);
    [limits, tickets] = sent(limits, 1, 100, now + 7_000);
    assert.equal(waitBefore(limits, 100, now + 7_000), 5_000);
    limits = answered(limits, tickets[0]!, silent, now + 7_100);
    assert.equal(waitBefore(limits, 100, now + 7_100), 0);
  });

  it('believe in no wait of hours', () => {
    const [start, tickets] = sent(nothingKnown, 2);
    let limits = answered(start, tickets[0]!, requestsLeft(0, 86_400_000), now);
    limits = refused(limits, tickets[1]!, silent, 3_600_000, now);
    assert.equal(waitBefore(limits, 100, now), 300_000);
  });
});

/** Time that passes when the test says so. */
class ManualClock implements Clock {
  nowMs = now;
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  now(): number {
    return this.nowMs;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const sleeper = { atMs: this.nowMs + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    for (const sleeper of [...this.#sleepers].filter(({ atMs }) => atMs <= this.nowMs)) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await settled();
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('the gate before an endpoint', () => {
  const headers = (left: number): Headers =>
    new Headers({
      'x-ratelimit-limit-requests': '3',
      'x-ratelimit-remaining-requests': String(left),
      'x-ratelimit-reset-requests': '20s',
    });

  /** Callers who want through at once; `through` has their numbers in the order in which they got there. */
  function crowd(count: number, clock: ManualClock, gate = new RateGate(clock)) {
    const through: number[] = [];
    const waits: [number, GateWait][] = [];
    const leaving = Array.from({ length: count }, () => new AbortController());
    const callers = leaving.map(() => gate.enter('a-model'));
    const passings = callers.map(async (caller, index) => {
      await caller.pass(100, leaving[index]!.signal, (wait) => waits.push([index, wait]));
      through.push(index);
    });
    return { through, waits, leaving, callers, passings, gate };
  }

  it('lets through in the order of arrival what the endpoint allows', async () => {
    const clock = new ManualClock();
    const { through, callers, passings } = crowd(7, clock);
    await settled();
    assert.deepEqual(through, [0, 1]);
    callers[0]!.answered(headers(2));
    callers[1]!.answered(headers(1));
    await settled();
    assert.deepEqual(through, [0, 1, 2]);
    callers[2]!.answered(headers(0));
    await clock.pass(19_999);
    assert.equal(through.length, 3);
    await clock.pass(1);
    assert.deepEqual(through, [0, 1, 2, 3, 4]);
    callers[4]!.answered(headers(1));
    callers[3]!.answered(headers(2));
    await settled();
    assert.deepEqual(through, [0, 1, 2, 3, 4, 5]);
    callers[5]!.answered(headers(0));
    await clock.pass(10_000);
    assert.equal(through.length, 6);
    await clock.pass(20_000);
    await Promise.all(passings);
    assert.deepEqual(through, [0, 1, 2, 3, 4, 5, 6]);
  });

  it('keeps everybody back after one refusal, and lets the refused one through first', async () => {
    const clock = new ManualClock();
    const { through, callers, waits } = crowd(4, clock);
    await settled();
    callers[0]!.refused(new Headers(), 6_000);
    callers[1]!.refused(new Headers(), 6_000);
    const again = ['second', 'first'].map(async (name, index) => {
      await callers[1 - index]!.pass(100, new AbortController().signal, () => undefined);
      return name;
    });
    await settled();
    assert.deepEqual(through, [0, 1]);
    assert.deepEqual(waits, [
      [2, { waitMs: 6_000, callsBefore: 2 }],
      [3, { waitMs: 6_000, callsBefore: 3 }],
    ]);
    await clock.pass(6_000);
    assert.equal(await Promise.race(again), 'first');
    assert.deepEqual(through, [0, 1], 'one at first');
    callers[0]!.answered(new Headers());
    await settled();
    assert.equal(await Promise.race([again[0], Promise.resolve('nobody')]), 'second');
    assert.deepEqual(through, [0, 1]);
    callers[1]!.answered(new Headers());
    await settled();
    assert.deepEqual(through, [0, 1, 2]);
  });

  it('lets a caller go who does not want to wait any more, and the next one through', async () => {
    const clock = new ManualClock();
    const { through, leaving, passings, callers } = crowd(4, clock);
    await settled();
    const reason = new Error('stopped by the test');
    leaving[2]!.abort(reason);
    await assert.rejects(passings[2]!, (error) => error === reason);
    callers[0]!.end();
    await settled();
    assert.deepEqual(through, [0, 1, 3]);
  });

  it('knows each model by itself', async () => {
    const clock = new ManualClock();
    const { gate, callers } = crowd(1, clock);
    await settled();
    callers[0]!.refused(new Headers(), 60_000);
    const other: Caller = gate.enter('another-model');
    await other.pass(100, new AbortController().signal, () => assert.fail('it waits'));
  });
});
