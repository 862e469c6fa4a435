// The built-in model client against a real HTTP server: streaming, every kind of retry, refusals and stopping.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../runner/agents/openai/clock.ts';
import { createOpenAiClient, type OpenAiClientOptions } from '../../../runner/agents/openai/openAiClient.ts';
import type { ModelAnswer, ModelRequest, ModelRetry } from '../../../runner/tasks/ports.ts';
import { RateLimited } from '../../../runner/tasks/rateLimited.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import type { ErrorCode } from '../../../shared/errors/catalogue.ts';
import {
  scriptedModelName,
  startScriptedModel,
  type Script,
  type ScriptedModel,
  type Step,
} from '../../support/scriptedModel.ts';

const apiKey = 'sk-test-5ecret';
const now = Date.parse('2026-01-01T00:00:00Z');

interface Asked {
  readonly answer: ModelAnswer | null;
  readonly error: unknown;
  readonly retries: readonly ModelRetry[];
  readonly slept: readonly number[];
  readonly watched: readonly string[];
  /** How often it was told that a call which failed may be charged for. */
  readonly lost: number;
}

async function ask(
  url: string,
  options: Partial<OpenAiClientOptions> & { request?: Partial<ModelRequest> } = {},
): Promise<Asked> {
  const slept: number[] = [];
  let timeMs = now;
  const clock: Clock = {
    now: () => timeMs,
    sleep: async (ms) => {
      slept.push(ms);
      timeMs += ms;
    },
  };
  const { request, ...clientOptions } = options;
  const client = createOpenAiClient({ baseUrl: url, apiKey, clock, ...clientOptions });
  const retries: ModelRetry[] = [];
  const watched: string[] = [];
  const asked = { retries, slept, watched };
  let lost = 0;
  try {
    const answer = await client.answer(
      {
        model: scriptedModelName,
        messages: [{ role: 'user', text: 'Hello' }],
        tools: [],
        maxOutputTokens: 1_000,
        ...request,
      },
      {
        signal: new AbortController().signal,
        watch: (text) => watched.push(text),
        onRetry: (retry) => retries.push(retry),
        onLost: () => (lost += 1),
      },
    );
    return { ...asked, lost, answer, error: null };
  } catch (error) {
    return { ...asked, lost, answer: null, error };
  }
}

async function askScript(
  script: Script,
  options: Parameters<typeof ask>[1] = {},
): Promise<Asked & { model: ScriptedModel }> {
  await using model = await startScriptedModel({ script });
  return { ...(await ask(model.url, options)), model };
}

function assertKnown(error: unknown, code: ErrorCode): KnownError {
  assert.ok(error instanceof KnownError, `expected ${code}, got ${String(error)}`);
  assert.equal(error.code, code, error.message);
  return error;
}

describe('the built-in model client', () => {
  it('streams text and puts tool calls together', async () => {
    const { answer, watched, retries } = await askScript([
      {
        say: 'I read the file first.',
        calls: [
          { name: 'read', arguments: { path: 'a.ts' } },
          { name: 'list', arguments: {} },
        ],
        usage: { input: 100, cached: 40, output: 7 },
      },
    ]);
    assert.equal(answer?.text, 'I read the file first.');
    assert.deepEqual(watched.join(''), answer.text);
    assert.ok(watched.length > 3, 'the text came in one piece');
    assert.deepEqual(answer.toolCalls, [
      { id: 'call_0_0', name: 'read', arguments: '{"path":"a.ts"}' },
      { id: 'call_0_1', name: 'list', arguments: '{}' },
    ]);
    assert.deepEqual(answer.usage, { inputTokens: 100, cachedTokens: 40, outputTokens: 7 });
    assert.deepEqual(retries, []);
  });

  it('sends the conversation in the wire format and says how many bytes that were', async () => {
    const { answer, model } = await askScript([{ say: 'Done.' }], {
      request: {
        messages: [
          { role: 'system', text: 'Be brief.' },
          { role: 'user', text: 'Grüße' },
          {
            role: 'assistant',
            text: '',
            toolCalls: [{ id: 'c1', name: 'no such tool', arguments: '{"path": ' }],
          },
          { role: 'tool', callId: 'c1', text: 'That was not JSON.' },
        ],
        tools: [{ name: 'read', description: 'Reads.', parameters: { type: 'object' } }],
      },
    });
    const [request] = model.requests;
    assert.deepEqual(request?.body, {
      model: scriptedModelName,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Grüße' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ type: 'function', id: 'c1', function: { name: 'no_such_tool', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'That was not JSON.' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'read', description: 'Reads.', parameters: { type: 'object' } },
        },
      ],
      max_completion_tokens: 1_000,
      stream: true,
      stream_options: { include_usage: true },
    });
    assert.equal(request.headers.authorization, `Bearer ${apiKey}`);
    assert.equal(answer?.requestBytes, request.bodyBytes);
  });

  it('passes malformed arguments on as they are, and gives a call without id one', async () => {
    const { answer } = await askScript([
      {
        calls: [
          { name: 'read', arguments: '{"path": "a.ts"', id: null },
          { name: 'read', arguments: '{}', id: 'same' },
          { name: 'read', arguments: '{}', id: 'same' },
        ],
      },
    ]);
    assert.deepEqual(
      answer?.toolCalls.map((call) => call.arguments),
      ['{"path": "a.ts"', '{}', '{}'],
    );
    const ids = answer.toolCalls.map((call) => call.id);
    assert.equal(new Set(ids).size, 3);
    assert.ok(!ids.includes(''));
  });

  it('estimates the usage where the endpoint does not count', async () => {
    const { answer } = await askScript([{ say: '12345678', usage: null }], { request: { model: 'our-own' } });
    assert.deepEqual(answer!.usage, {
      inputTokens: Math.ceil(answer!.requestBytes / 4),
      cachedTokens: 0,
      outputTokens: 2,
    });
  });

  it('takes the answer of an endpoint that does not stream', async () => {
    const { answer, watched } = await askScript([
      { isPlain: true, say: 'All at once.', calls: [{ name: 'list', arguments: { depth: 1 } }] },
    ]);
    assert.equal(answer?.text, 'All at once.');
    assert.deepEqual(answer.toolCalls, [{ id: 'call_0_0', name: 'list', arguments: '{"depth":1}' }]);
    assert.deepEqual(watched, ['All at once.']);
  });

  it('needs no key where there is a base URL, and then sends none', async () => {
    const { answer, model } = await askScript([{ say: 'Local.' }], { apiKey: null });
    assert.equal(answer?.text, 'Local.');
    assert.equal(model.requests[0]?.headers.authorization, undefined);
  });

  it('says that no model is configured without key and base URL', async () => {
    const client = createOpenAiClient({ baseUrl: null, apiKey: '' });
    await assert.rejects(
      client.answer(
        { model: 'm', messages: [], tools: [], maxOutputTokens: 1_000 },
        { signal: AbortSignal.timeout(1_000), watch() {}, onRetry() {} },
      ),
      (error: unknown) => {
        assertKnown(error, 'modelNotConfigured');
        return true;
      },
    );
  });
});

describe('retries of the model client', () => {
  const passing: readonly { name: string; step: Step; reason: RegExp; waitMs: readonly [number, number] }[] =
    [
      { name: '408', step: { fail: 408 }, reason: /408/, waitMs: [1_000, 2_000] },
      { name: '409', step: { fail: 409 }, reason: /409/, waitMs: [1_000, 2_000] },
      { name: '500', step: { fail: 500 }, reason: /Scripted failure 500/, waitMs: [1_000, 2_000] },
      { name: '503', step: { fail: 503, body: 'busy' }, reason: /503/, waitMs: [1_000, 2_000] },
      {
        name: 'a connection cut before the first byte',
        step: { cut: 'beforeFirstByte' },
        reason: /closed|terminated|ECONNRESET/,
        waitMs: [1_000, 2_000],
      },
      {
        name: 'a stream cut in the middle',
        step: { cut: 'midStream' },
        reason: /cut in the middle/,
        waitMs: [1_000, 2_000],
      },
      {
        name: 'a stream without finish_reason',
        step: { cut: 'beforeFinish' },
        reason: /before the model had finished/,
        waitMs: [1_000, 2_000],
      },
      {
        name: 'a piece that is not JSON',
        step: { malformedJson: true },
        reason: /not JSON/,
        waitMs: [1_000, 2_000],
      },
      { name: 'silence', step: { hang: true }, reason: /nothing for 1 s/, waitMs: [1_000, 2_000] },
      {
        name: 'silence in the middle',
        step: { hang: 'afterFirstPiece' },
        reason: /nothing for 1 s/,
        waitMs: [1_000, 2_000],
      },
    ];

  for (const { name, step, reason, waitMs } of passing) {
    it(`tries again after ${name}, and tells of it`, async () => {
      // Long enough that the answer which works is not taken for silence on a busy machine.
      const silenceTimeoutMs = 'hang' in step ? 1_000 : 60_000;
      const { answer, error, retries, slept } = await askScript([step, { say: 'Now it works.' }], {
        silenceTimeoutMs,
      });
      assert.equal(error, null);
      assert.equal(answer?.text, 'Now it works.');
      assert.equal(retries.length, 1);
      const [retry] = retries;
      assert.equal(retry?.attempt, 1);
      assert.match(retry.reason, reason);
      assert.ok(retry.waitMs >= waitMs[0] && retry.waitMs <= waitMs[1], `waits ${retry.waitMs} ms`);
      assert.deepEqual(slept, [retry.waitMs]);
    });
  }

  const limits: readonly { name: string; step: Step; waitMs: readonly [number, number] }[] = [
    {
      name: '429 with Retry-After',
      step: { fail: 429, headers: { 'retry-after': '7' } },
      waitMs: [7_000, 7_250],
    },
    {
      name: '429 with Retry-After as a date',
      step: { fail: 429, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' } },
      waitMs: [9_000, 9_250],
    },
    {
      name: '429 with retry-after-ms',
      step: { fail: 429, headers: { 'retry-after-ms': '1500', 'retry-after': '2' } },
      waitMs: [1_500, 1_750],
    },
    {
      name: '429 with limits used up',
      step: {
        fail: 429,
        headers: {
          'x-ratelimit-remaining-requests': '0',
          'x-ratelimit-reset-requests': '1m3.5s',
          'x-ratelimit-remaining-tokens': '9000',
          'x-ratelimit-reset-tokens': '4m0s',
        },
      },
      waitMs: [63_500, 63_750],
    },
    {
      name: '429 with a moment of reset',
      step: { fail: 429, headers: { 'x-ratelimit-reset': String(now + 5_000) } },
      waitMs: [5_000, 5_250],
    },
    { name: '429 without a word', step: { fail: 429 }, waitMs: [1_000, 2_000] },
    {
      name: '429 with an hour to wait',
      step: { fail: 429, headers: { 'retry-after': '3600' } },
      waitMs: [300_000, 300_000],
    },
  ];

  for (const { name, step, waitMs } of limits) {
    it(`is left to who asked after ${name}`, async () => {
      const { error, retries, slept, model } = await askScript([step, { say: 'Too early.' }]);
      assert.ok(error instanceof RateLimited);
      assert.ok(error.waitMs >= waitMs[0] && error.waitMs <= waitMs[1], `waits ${error.waitMs} ms`);
      assert.deepEqual([error.refusals, retries.length, slept.length, model.requests.length], [1, 0, 0, 1]);
    });
  }

  it('is given up by an endpoint that refuses too often in a row', async () => {
    for (const [headers, most] of [
      [{}, 6],
      [{ 'retry-after': '1' }, 300],
    ] as const) {
      const script = (): Step => ({ fail: 429, headers });
      const last = await askScript(script, { request: { refusals: most - 1 } });
      assertKnown(last.error, 'modelRefused');
      const before = await askScript(script, { request: { refusals: most - 2 } });
      assert.ok(before.error instanceof RateLimited && before.error.refusals === most - 1);
    }
  });

  it('is not misled by a slow answer that goes on', async () => {
    const step: Step = { say: 'one two three four five six', chunkDelayMs: 60 };
    const { answer, retries } = await askScript([step], { silenceTimeoutMs: 200 });
    assert.equal(answer?.text, step.say);
    assert.deepEqual(retries, []);
  });

  it('waits longer each time and gives up after six attempts', async () => {
    const { error, slept, model } = await askScript(() => ({ fail: 500 }));
    assertKnown(error, 'modelRefused');
    assert.equal(model.requests.length, 6);
    assert.equal(slept.length, 5);
    slept.forEach((ms, place) =>
      assert.ok(ms >= 1_000 * 2 ** place && ms <= 2_000 * 2 ** place, `wait ${place}: ${ms} ms`),
    );
  });

  for (const [name, step, isLost] of [
    ['had begun to answer', { cut: 'midStream' }, true],
    ['had only refused', { fail: 500 }, false],
  ] as const) {
    it(`tells ${isLost ? '' : 'nothing '}of what may be charged for where the last attempt ${name}`, async () => {
      const { error, lost, retries } = await askScript(() => step);
      assert.ok(error instanceof KnownError);
      assert.deepEqual([retries.length, lost], [5, isLost ? 1 : 0]);
    });
  }

  it('says that an endpoint can not be reached after all attempts', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const { error, retries } = await ask(`http://127.0.0.1:${port}/v1`);
    assert.match(assertKnown(error, 'modelUnreachable').message, /ECONNREFUSED/);
    assert.equal(retries.length, 5);
  });
});

describe('refusals of the model client', () => {
  const refusals: readonly { name: string; step: Step; code: ErrorCode; words?: RegExp }[] = [
    {
      name: '401',
      step: { fail: 401, body: { error: { message: `Wrong key ${apiKey}` } } },
      code: 'modelKeyRefused',
    },
    { name: '403', step: { fail: 403 }, code: 'modelKeyRefused' },
    { name: '404', step: { fail: 404 }, code: 'modelUnknown' },
    {
      name: '400 model_not_found',
      step: { fail: 400, body: { error: { code: 'model_not_found' } } },
      code: 'modelUnknown',
    },
    {
      name: '400',
      step: { fail: 400, body: { error: { message: `Bad, ${apiKey}, bad` } } },
      code: 'modelRefused',
      words: /Bad, \[key\], bad/,
    },
    { name: '422', step: { fail: 422 }, code: 'modelRefused', words: /422/ },
    {
      name: 'a used-up account',
      step: {
        fail: 429,
        body: { error: { message: 'You exceeded your quota', code: 'insufficient_quota' } },
      },
      code: 'modelRefused',
      words: /exceeded your quota/,
    },
  ];

  for (const { name, step, code, words } of refusals) {
    it(`${name} is ${code}, without another attempt and without the key`, async () => {
      const { error, model } = await askScript([step, { say: 'Too late.' }]);
      const known = assertKnown(error, code);
      assert.equal(model.requests.length, 1);
      assert.ok(!JSON.stringify(known.toReport()).includes(apiKey));
      assert.match(known.message, new RegExp(new URL(model.url).host));
      if (words !== undefined) assert.match(known.message, words);
    });
  }

  it('a wrong path of the base URL is not taken for an unknown model', async () => {
    await using model = await startScriptedModel({ script: [] });
    const { error } = await ask(model.url.replace('/v1', '/wrong'));
    assertKnown(error, 'modelUnreachable');
  });

  it('bounds the words of the endpoint', async () => {
    const { error } = await askScript([{ fail: 400, body: { error: { message: 'x'.repeat(100_000) } } }]);
    assert.ok(assertKnown(error, 'modelRefused').message.length < 700);
  });
});

describe('stopping the model client', () => {
  const moments: readonly { name: string; script: Script }[] = [
    { name: 'before the first byte', script: [{ hang: true }] },
    { name: 'in the middle of the answer', script: [{ hang: 'afterFirstPiece' }] },
    { name: 'between two attempts', script: [{ fail: 500 }] },
  ];
  for (const { name, script } of moments) {
    it(`ends at once ${name}, with the signal's reason`, async () => {
      await using model = await startScriptedModel({ script });
      const controller = new AbortController();
      const reason = new Error('stopped by the test');
      const client = createOpenAiClient({ baseUrl: model.url, apiKey });
      const answer = client.answer(
        {
          model: scriptedModelName,
          messages: [{ role: 'user', text: 'Hello' }],
          tools: [],
          maxOutputTokens: 1_000,
        },
        { signal: controller.signal, watch() {}, onRetry() {} },
      );
      setTimeout(() => controller.abort(reason), 150);
      const startedAt = performance.now();
      await assert.rejects(answer, (error) => error === reason);
      assert.ok(performance.now() - startedAt < 1_500);
      const [request] = model.requests;
      if (name !== 'between two attempts') {
        await waitUntil(() => request?.isCutByClient === true);
      }
    });
  }
});

async function waitUntil(isTrue: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  while (!isTrue()) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
