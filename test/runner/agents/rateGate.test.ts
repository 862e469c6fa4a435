// Many tasks before one endpoint with a real limit, over HTTP: with the shared gate they wait, without it they are refused.
import assert from 'node:assert/strict';
import { createOpenAiClient } from '../../../runner/agents/openai/openAiClient.ts';
import { RateLimited } from '../../../runner/tasks/rateLimited.ts';
import type { ModelClient, ModelRetry } from '../../../runner/tasks/ports.ts';
import { scriptedModelName, startScriptedModel, type Step } from '../../support/scriptedModel.ts';

/** An endpoint that takes `limit` requests in each window and refuses the rest. */
class Windowed {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #tells: boolean;
  #endsAt = 0;
  #count = 0;
  refusals = 0;

  /** `tells`: whether its answers say what is left. */
  constructor(limit: number, windowMs: number, tells = true) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#tells = tells;
  }

  readonly script = (): Step => {
    const nowMs = Date.now();
    if (nowMs >= this.#endsAt) {
      this.#endsAt = nowMs + this.#windowMs;
      this.#count = 0;
    }
    const resetMs = this.#endsAt - nowMs;
    if (this.#count === this.#limit) {
      this.refusals += 1;
      return { fail: 429, headers: { 'retry-after-ms': String(resetMs), ...this.#headers(0, resetMs) } };
    }
    this.#count += 1;
    return { say: 'Yes.', headers: this.#headers(this.#limit - this.#count, resetMs) };
  };

  #headers(left: number, resetMs: number): Readonly<Record<string, string>> {
    if (!this.#tells) return {};
    return {
      'x-ratelimit-limit-requests': String(this.#limit),
      'x-ratelimit-remaining-requests': String(left),
      'x-ratelimit-reset-requests': `${resetMs}ms`,
    };
  }
}

interface Call {
  readonly signal?: AbortSignal;
  readonly onRetry?: (retry: ModelRetry) => void;
}

async function ask(client: ModelClient, text: string, call: Call = {}): Promise<string> {
  const answer = await client.answer(
    { model: scriptedModelName, messages: [{ role: 'user', text }], tools: [], maxOutputTokens: 1_000 },
    {
      signal: call.signal ?? new AbortController().signal,
      watch: () => undefined,
      onRetry: call.onRetry ?? (() => undefined),
    },
  );
  return answer.text;
}

const twenty = Array.from({ length: 20 }, (_, index) => `call ${index}`);

describe('twenty tasks before an endpoint that takes five requests in a window', () => {
  for (const [name, tells, most] of [
    ['that says what is left', true, 3],
    ['that only refuses', false, 10],
  ] as const) {
    it(`${name}, hardly meet a refusal`, async () => {
      const endpoint = new Windowed(5, 500, tells);
      await using model = await startScriptedModel({ script: endpoint.script });
      const client = createOpenAiClient({ baseUrl: model.url, apiKey: 'key' });
      const answers = await Promise.all(twenty.map(async (text) => ask(client, text)));
      assert.deepEqual(new Set(answers), new Set(['Yes.']));
      assert.equal(model.requests.length, 20 + endpoint.refusals);
      assert.ok(endpoint.refusals <= most, `${endpoint.refusals} refusals`);
    });
  }

  it('each run into the limit where every one has a gate of its own', async () => {
    const endpoint = new Windowed(5, 60_000);
    await using model = await startScriptedModel({ script: endpoint.script });
    const results = await Promise.allSettled(
      twenty.map(async (text) => ask(createOpenAiClient({ baseUrl: model.url, apiKey: 'key' }), text)),
    );
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 5);
    assert.equal(endpoint.refusals, 15);
  });
});

describe('a call that would wait for the endpoint’s limit', () => {
  it('is off at once, without ever having asked, and tells for how long', async () => {
    const endpoint = new Windowed(1, 60_000);
    await using model = await startScriptedModel({ script: endpoint.script });
    const client = createOpenAiClient({ baseUrl: model.url, apiKey: 'key' });
    assert.equal(await ask(client, 'first'), 'Yes.');
    const calls = await Promise.allSettled(['second', 'third'].map(async (text) => ask(client, text)));
    assert.equal(model.requests.length, 1);
    for (const call of calls) {
      assert.ok(call.status === 'rejected' && call.reason instanceof RateLimited);
      const { endpoint: address, waitMs, refusals } = call.reason;
      assert.deepEqual([address, refusals], [`http://${new URL(model.url).host}/v1`, 0]);
      assert.ok(waitMs > 50_000 && waitMs <= 60_000, `${waitMs} ms`);
    }
  });

  for (const [name, step, isHeld] of [
    ['is overloaded and says for how long', { fail: 503, headers: { 'retry-after': '60' } }, true],
    ['fails without a word', { fail: 500 }, false],
    ['has an account that is used up', { fail: 429, body: { error: { code: 'insufficient_quota' } } }, false],
  ] as const) {
    it(`${isHeld ? 'is' : 'is not'} one to an endpoint that ${name}`, async () => {
      await using model = await startScriptedModel({ script: [step, { say: 'Yes.' }] });
      const client = createOpenAiClient({ baseUrl: model.url, apiKey: 'key' });
      const first = new AbortController();
      const asked = ask(client, 'first', { signal: first.signal, onRetry: () => first.abort() });
      await assert.rejects(asked, (error) => error instanceof RateLimited === isHeld);
      const second = ask(client, 'second');
      if (isHeld) await assert.rejects(second, RateLimited);
      else assert.equal(await second, 'Yes.');
      assert.equal(model.requests.length, isHeld ? 1 : 2);
    });
  }

  it('does not keep those waiting who ask another model', async () => {
    const endpoint = new Windowed(1, 60_000);
    await using model = await startScriptedModel({
      script: ({ model: name }) => (name === scriptedModelName ? endpoint.script() : { say: 'Another.' }),
    });
    const client = createOpenAiClient({ baseUrl: model.url, apiKey: 'key' });
    await ask(client, 'first');
    const answer = await client.answer(
      { model: 'another', messages: [{ role: 'user', text: 'Hello' }], tools: [], maxOutputTokens: 1_000 },
      { signal: AbortSignal.timeout(60_000), watch() {}, onRetry: () => assert.fail('it waits') },
    );
    assert.equal(answer.text, 'Another.');
  });
});
