// The built-in model client: any endpoint that speaks OpenAI's chat completions.
import { setTimeout as delay } from 'node:timers/promises';
import { KnownError } from '../../../shared/errors/errors.ts';
import type { Price, Usage } from '../../../shared/task/events.ts';
import type { ModelClient, ModelRequest } from '../../tasks/ports.ts';
import { attemptAnswer, type AttemptAnswer, type Connection } from './attempt.ts';
import { failureOf } from './failures.ts';
import { priceOf } from './prices.ts';
import { maxAttempts, maxTotalWaitMs, waitAfter } from './retries.ts';
import { windowOf } from './windows.ts';
import { wireRequestOf } from './wireRequest.ts';

const vendorUrl = 'https://api.openai.com/v1';
const charactersPerToken = 4;

/** Time as the client needs it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

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

type AnswerOptions = Parameters<ModelClient['answer']>[1];

/** A client that keeps nothing between two answers; one serves all tasks. */
export function createOpenAiClient(options: OpenAiClientOptions): ModelClient {
  const clock = options.clock ?? systemClock;
  const apiKey = options.apiKey === '' ? null : options.apiKey;
  const baseUrl = options.baseUrl === '' ? null : options.baseUrl;
  const connection: Connection = {
    baseUrl: baseUrl ?? vendorUrl,
    apiKey,
    silenceTimeoutMs: options.silenceTimeoutMs ?? 60_000,
  };
  return {
    contextTokensOf: (model) => options.contextTokens ?? windowOf(model),
    priceOf: (model) => options.prices?.[model] ?? priceOf(model),
    answer: async (request, answerOptions) => {
      if (apiKey === null && baseUrl === null) throw new KnownError('modelNotConfigured');
      const answer = await attemptUntilAnswered(connection, request, answerOptions, clock);
      return { ...answer, usage: answer.usage ?? estimatedUsageOf(answer) };
    },
  };
}

async function attemptUntilAnswered(
  connection: Connection,
  request: ModelRequest,
  options: AnswerOptions,
  clock: Clock,
): Promise<AttemptAnswer> {
  const wireRequest = wireRequestOf(request);
  let waitedMs = 0;
  for (let attempt = 1; ; attempt += 1) {
    options.signal.throwIfAborted();
    try {
      return await attemptAnswer(connection, wireRequest, options);
    } catch (caught) {
      if (options.signal.aborted) throw caught;
      const failure = failureOf(caught, {
        endpoint: shownAddressOf(connection.baseUrl),
        model: request.model,
        apiKey: connection.apiKey,
        nowMs: clock.now(),
      });
      const waitMs = waitAfter(attempt, failure.askedWaitMs, Math.random());
      waitedMs += waitMs;
      if (!failure.mayPass || attempt === maxAttempts || waitedMs > maxTotalWaitMs) throw failure.error;
      options.onRetry({ attempt, reason: failure.reason, waitMs, mayBeBilled: failure.mayBeBilled });
      await clock.sleep(waitMs, options.signal);
    }
  }
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

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal });
    } catch (caught) {
      signal.throwIfAborted();
      throw caught;
    }
  },
};
