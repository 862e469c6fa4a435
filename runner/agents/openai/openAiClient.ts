// The built-in model client: any endpoint that speaks OpenAI's chat completions.
import { KnownError } from '../../../shared/errors/errors.ts';
import type { Price, Usage } from '../../../shared/task/events.ts';
import type { ModelClient } from '../../tasks/ports.ts';
import type { AttemptAnswer, Connection } from './attempt.ts';
import { systemClock, type Clock } from './clock.ts';
import { callModel, type CallPorts } from './modelCall.ts';
import { priceOf } from './prices.ts';
import { RateGate } from './rateGate.ts';
import { windowOf } from './windows.ts';

const vendorUrl = 'https://api.openai.com/v1';
const charactersPerToken = 4;

export interface OpenAiClientOptions {
  /** Address up to and including `/v1`; null for OpenAI's own. */
  readonly baseUrl: string | null;
  /** Null for endpoints without keys; then `baseUrl` is needed. */
  readonly apiKey: string | null;
  /** Tokens of every model's window, where the built-in table doesn't know better. */
  readonly contextTokens?: number;
  /** Prices that come before those of the built-in table, by the model's name. */
  readonly prices?: Readonly<Record<string, Price>>;
  /** Milliseconds without a byte after which an attempt is given up. Default 60,000. */
  readonly silenceTimeoutMs?: number;
  readonly clock?: Clock;
}

/** One client serves all tasks: what it learns of the endpoint's limits counts for every one. */
export function createOpenAiClient(options: OpenAiClientOptions): ModelClient {
  const clock = options.clock ?? systemClock;
  const apiKey = options.apiKey === '' ? null : options.apiKey;
  const baseUrl = options.baseUrl === '' ? null : options.baseUrl;
  const connection: Connection = {
    baseUrl: baseUrl ?? vendorUrl,
    apiKey,
    silenceTimeoutMs: options.silenceTimeoutMs ?? 60_000,
  };
  const ports: CallPorts = {
    connection,
    endpoint: shownAddressOf(connection.baseUrl),
    gate: new RateGate(clock),
    clock,
    outputLimits: new Map(),
  };
  return {
    contextTokensOf: (model) => options.contextTokens ?? windowOf(model),
    priceOf: (model) => options.prices?.[model] ?? priceOf(model),
    answer: async (request, answerOptions) => {
      if (apiKey === null && baseUrl === null) throw new KnownError('modelNotConfigured');
      const answer = await callModel(ports, request, answerOptions);
      return { ...answer, usage: answer.usage ?? estimatedUsageOf(answer) };
    },
  };
}

/** For endpoints that don't count: about four characters make a token. */
function estimatedUsageOf({ text, toolCalls, requestBytes }: AttemptAnswer): Usage {
  const written = toolCalls.reduce(
    (sum, call) => sum + call.name.length + call.arguments.length,
    text.length,
  );
  return {
    inputTokens: Math.ceil(requestBytes / charactersPerToken),
    cachedTokens: 0,
    outputTokens: Math.ceil(written / charactersPerToken),
  };
}

/** The address as it may be shown: some hold a name and password, or a key in the query. */
function shownAddressOf(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const { origin, pathname } = new URL(baseUrl);
  return origin + pathname;
}
