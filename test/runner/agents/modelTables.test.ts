// Prices and windows: which row stands for which model.
import assert from 'node:assert/strict';
import { costOf } from '../../../runner/tasks/budget.ts';
import { priceOf } from '../../../runner/agents/openai/prices.ts';
import { windowOf } from '../../../runner/agents/openai/windows.ts';
import { createOpenAiClient } from '../../../runner/agents/openai/openAiClient.ts';

const million = { inputTokens: 1_000_000, cachedTokens: 0, outputTokens: 0 };

describe('prices of models', () => {
  const rows: readonly [model: string, usd: number | null][] = [
    ['gpt-4o', 2.5],
    ['gpt-4o-2024-11-20', 2.5],
    ['gpt-4o-mini', 0.15],
    ['openai/gpt-4o-mini-2024-07-18', 0.15],
    ['claude-opus-4-20250514', 15],
    ['claude-opus-4-5-20251101', 5],
    ['nightjar-scripted', 0],
    // Another model that only begins alike.
    ['gpt-4o-audio', null],
    ['gpt-5.9', null],
    ['llama', null],
    ['', null],
  ];
  for (const [model, usd] of rows) {
    it(`${model || 'an empty name'} costs ${usd ?? 'nobody knows what'}`, () => {
      assert.equal(costOf(priceOf(model), million), usd);
    });
  }

  it('cached tokens are part of the input and cheaper', () => {
    const usage = { inputTokens: 1_000_000, cachedTokens: 600_000, outputTokens: 100_000 };
    assert.equal(costOf(priceOf('gpt-4.1'), usage), 1.9);
  });
});

describe('windows of models', () => {
  it('are those of the longest known name, else a cautious default', () => {
    assert.equal(windowOf('gpt-4.1-mini'), 1_047_576);
    assert.equal(windowOf('anthropic/claude-sonnet-4-5'), 200_000);
    assert.equal(windowOf('llama'), 128_000);
  });

  it('give way to the one that was configured', () => {
    const options = { baseUrl: 'http://127.0.0.1:1/v1', apiKey: null };
    assert.equal(createOpenAiClient({ ...options, contextTokens: 4_096 }).contextTokensOf('gpt-4.1'), 4_096);
    assert.equal(createOpenAiClient(options).contextTokensOf('gpt-4.1'), 1_047_576);
  });
});
