// The length of an answer in the words that each endpoint knows: what is mended, how often, and what is remembered.
import assert from 'node:assert/strict';
import { createOpenAiClient } from '../../../runner/agents/openai/openAiClient.ts';
import { firstOutputLimit, mend, type OutputLimit } from '../../../runner/agents/openai/outputLimit.ts';
import type { ModelClient } from '../../../runner/tasks/ports.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import {
  startScriptedModel,
  type Conversation,
  type ScriptedModel,
  type Step,
} from '../../support/scriptedModel.ts';

const otherName: OutputLimit = { parameter: 'max_tokens', most: Infinity };
const atMost = (most: number): OutputLimit => ({ parameter: 'max_completion_tokens', most });

describe('a refusal of the length of an answer', () => {
  const table: readonly (readonly [
    endpoint: string,
    message: string,
    mended: OutputLimit | null,
    lasts?: boolean,
  ])[] = [
    [
      'OpenAI, a large number',
      '400 max_tokens is too large: 32000. This model supports at most 16384 completion tokens, whereas you provided 32000.',
      atMost(16_384),
    ],
    ['an older API', '400 Unrecognized request argument supplied: max_completion_tokens', otherName],
    [
      'a strict validation',
      '422 {"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted","input":32000}]}',
      otherName,
    ],
    [
      'an unknown parameter with the id of a request',
      '400 Unsupported parameter: max_completion_tokens (request 8192)',
      otherName,
    ],
    [
      'Anthropic',
      '400 max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet-20241022',
      atMost(8_192),
    ],
    ['DeepSeek', '400 Invalid max_tokens value, the valid range of max_tokens is [1, 8192]', atMost(8_192)],
    [
      'Groq',
      '400 `max_completion_tokens` must be less than or equal to `8192`, the maximum value for this model',
      atMost(8_192),
    ],
    [
      'Gemini',
      '400 Unable to submit request because it has a maxOutputTokens value of 32000 but the supported range is from 1 (inclusive) to 8193 (exclusive).',
      atMost(8_192),
    ],
    [
      'Bedrock',
      '400 The maximum tokens you requested exceeds the model limit of 10,000. Try again with a maximum tokens value that is lower than 10,000.',
      atMost(9_999),
    ],
    [
      'vLLM, where the conversation leaves less room',
      "400 'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 8192 tokens and your request has 2000 input tokens (32000 > 8192 - 2000).",
      atMost(6_192),
      false,
    ],
    ['no number and no reason', '400 Invalid value for max_completion_tokens', otherName],
    ['something else', '400 Invalid value for temperature: 3', null],
    ['a message that is too long', '400 This model supports at most 8192 messages', null],
  ];
  for (const [endpoint, message, mended, lasts = true] of table) {
    it(`is understood: ${endpoint}`, () => {
      const refusal = { status: Number(message.slice(0, 3)), parameter: null, message };
      assert.deepEqual(
        mend(firstOutputLimit, 32_000, refusal),
        mended === null ? null : { limit: mended, lasts },
      );
    });
  }

  it('is known by the parameter that it names, and only as a refusal of the request', () => {
    const message = 'This model supports at most 16384 tokens';
    const refusal = { status: 400, parameter: 'max_completion_tokens', message };
    assert.deepEqual(mend(firstOutputLimit, 32_000, refusal)?.limit, atMost(16_384));
    assert.equal(mend(firstOutputLimit, 32_000, { ...refusal, parameter: 'messages' }), null);
    assert.equal(mend(firstOutputLimit, 32_000, { ...refusal, status: 429 }), null);
  });

  it('that asks for no smaller number can not be mended twice', () => {
    const message = 'max_tokens is not supported';
    assert.equal(mend(otherName, 32_000, { status: 400, parameter: 'max_tokens', message }), null);
    const low = { status: 400, parameter: 'max_tokens', message: 'at most 100 tokens, or 64000' };
    assert.equal(mend(otherName, 32_000, low), null);
  });
});

type Limits = Conversation & { readonly max_tokens?: number; readonly max_completion_tokens?: number };

describe('the model client', () => {
  const refuse = (message: string): Step => ({ fail: 400, body: { error: { message } } });
  /** Knows `max_tokens` only, and no more than 8192 of them. */
  const oldFashioned = (conversation: Conversation): Step => {
    const { max_tokens: tokens, max_completion_tokens: unknown } = conversation as Limits;
    if (unknown !== undefined) return refuse('Unrecognized request argument supplied: max_completion_tokens');
    if ((tokens ?? 0) > 8_192)
      return refuse(`max_tokens is too large: ${tokens}. At most 8192 are supported.`);
    return { say: 'Yes.' };
  };
  const ask = async (client: ModelClient, maxOutputTokens: number, model = 'old'): Promise<string> => {
    const request = {
      model,
      messages: [{ role: 'user', text: 'Hello' } as const],
      tools: [],
      maxOutputTokens,
    };
    const signal = AbortSignal.timeout(60_000);
    const onRetry = (): never => assert.fail('what is mended needs no word');
    return (await client.answer(request, { signal, watch() {}, onRetry })).text;
  };
  const sentTo = ({ requests }: ScriptedModel): unknown[] =>
    requests.map(({ body }) => {
      const { max_tokens, max_completion_tokens } = body as Limits;
      return { max_tokens, max_completion_tokens };
    });

  it('mends name and number once, and remembers both for the model', async () => {
    await using model = await startScriptedModel({ script: oldFashioned });
    const client = createOpenAiClient({ baseUrl: model.url, apiKey: 'key' });
    assert.equal(await ask(client, 16_000), 'Yes.');
    assert.equal(await ask(client, 16_000), 'Yes.');
    assert.equal(await ask(client, 2_000), 'Yes.');
    const [old, named] = ['max_completion_tokens', 'max_tokens'] as const;
    const none = { [old]: undefined, [named]: undefined };
    assert.deepEqual(sentTo(model), [
      { ...none, [old]: 16_000 },
      { ...none, [named]: 16_000 },
      { ...none, [named]: 8_192 },
      { ...none, [named]: 8_192 },
      { ...none, [named]: 2_000 },
    ]);
    await ask(client, 16_000, 'another');
    assert.deepEqual(sentTo(model)[5], { ...none, [old]: 16_000 });
  });

  it('asks for less only once where the conversation leaves less room', async () => {
    const script = (conversation: Conversation): Step =>
      ((conversation as Limits).max_completion_tokens ?? 0) > 6_192
        ? refuse('max_completion_tokens is too large (16000 > 8192 - 2000)')
        : { say: 'Yes.' };
    await using model = await startScriptedModel({ script });
    const client = createOpenAiClient({ baseUrl: model.url, apiKey: 'key' });
    await ask(client, 16_000);
    await ask(client, 16_000);
    const numbers = model.requests.map(({ body }) => (body as Limits).max_completion_tokens);
    assert.deepEqual(numbers, [16_000, 6_192, 16_000, 6_192]);
  });

  it('gives up where the endpoint minds whatever it is sent', async () => {
    await using model = await startScriptedModel({ script: () => refuse('Invalid max_tokens') });
    const client = createOpenAiClient({ baseUrl: model.url, apiKey: 'key' });
    await assert.rejects(ask(client, 16_000), (error) => {
      assert.ok(error instanceof KnownError);
      assert.match(error.message, /Invalid max_tokens/);
      return error.code === 'modelRefused';
    });
    assert.equal(model.requests.length, 2);
  });

  it('passes on why a request was refused, in whatever form it is explained', async () => {
    const body = { detail: [{ loc: ['body', 'tools'], msg: 'Tools are not supported' }] };
    await using model = await startScriptedModel({ script: () => ({ fail: 422, body }) });
    const client = createOpenAiClient({ baseUrl: model.url, apiKey: 'key' });
    await assert.rejects(ask(client, 16_000), /Tools are not supported/);
  });
});
