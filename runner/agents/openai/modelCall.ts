// One answer of a model, from the first attempt to the last: at the gate, over what may pass, around what can be mended.
import { APIError } from 'openai';
import type { ModelClient, ModelRequest } from '../../tasks/ports.ts';
import { RateLimited } from '../../tasks/rateLimited.ts';
import { attemptAnswer, type AttemptAnswer, type Connection } from './attempt.ts';
import type { Clock } from './clock.ts';
import { failureOf, type Failure } from './failures.ts';
import { firstOutputLimit, mend, type OutputLimit } from './outputLimit.ts';
import { toldMs, type Caller, type RateGate } from './rateGate.ts';
import { longestWaitMs } from './rateLimits.ts';
import { maxAttempts, maxTotalWaitMs, mostRefusals, waitAfter } from './retries.ts';
import { wireRequestOf } from './wireRequest.ts';

/** The name of the parameter and a lower number: more can't be mended. */
const maxMendings = 2;
const charactersPerToken = 4;

export type AnswerOptions = Parameters<ModelClient['answer']>[1];

/** What all calls through one client share. */
export interface CallPorts {
  readonly connection: Connection;
  /** The endpoint's address as it may be shown. */
  readonly endpoint: string;
  readonly gate: RateGate;
  readonly clock: Clock;
  /** By model, what its endpoint has taught of the length of answers. */
  readonly outputLimits: Map<string, OutputLimit>;
}

/** Asks until there is an answer. Rejects with RateLimited, with a KnownError, with the signal's reason, or with what `onRetry` throws. */
export async function callModel(
  ports: CallPorts,
  request: ModelRequest,
  options: AnswerOptions,
): Promise<AttemptAnswer> {
  return new ModelCall(ports, request, options).answer();
}

class ModelCall {
  readonly #ports: CallPorts;
  readonly #request: ModelRequest;
  readonly #options: AnswerOptions;
  readonly #caller: Caller;
  #limit: OutputLimit;
  #mendings = 0;
  #attempt = 1;
  #waitedMs = 0;
  /** Those in a row before this call included. */
  #refusals: number;

  constructor(ports: CallPorts, request: ModelRequest, options: AnswerOptions) {
    this.#ports = ports;
    this.#request = request;
    this.#options = options;
    this.#refusals = request.refusals ?? 0;
    this.#caller = ports.gate.enter(request.model);
    this.#limit = ports.outputLimits.get(request.model) ?? firstOutputLimit;
  }

  async answer(): Promise<AttemptAnswer> {
    for (;;) {
      const answer = await this.#tryOnce();
      if (typeof answer === 'object') return answer;
      if (answer > 0) await this.#ports.clock.sleep(answer, this.#options.signal);
    }
  }

  /** The answer, or the milliseconds after which to try again. */
  async #tryOnce(): Promise<AttemptAnswer | number> {
    const { signal, watch } = this.#options;
    const wireRequest = wireRequestOf(this.#request, this.#limit);
    const inputTokens = Math.ceil(JSON.stringify(wireRequest).length / charactersPerToken);
    // What OpenAI counts against the limit before the answer is there is the larger of the two.
    const tokens = Math.max(inputTokens, this.#sentTokens);
    await this.#caller.pass(tokens, signal, ({ waitMs }) => {
      throw this.#limited(waitMs, this.#refusals);
    });
    try {
      const onAnswer = (headers: Headers): void => this.#caller.answered(headers);
      return await attemptAnswer(this.#ports.connection, wireRequest, { signal, watch, onAnswer });
    } catch (caught) {
      if (signal.aborted) throw caught;
      return this.#mend(caught) ? 0 : this.#waitAfter(caught);
    } finally {
      this.#caller.end();
    }
  }

  get #sentTokens(): number {
    return Math.min(this.#request.maxOutputTokens, this.#limit.most);
  }

  /** True where the refusal was about the length of the answer, and the next attempt goes around it. */
  #mend(caught: unknown): boolean {
    if (!(caught instanceof APIError) || this.#mendings === maxMendings) return false;
    const { status, param, message } = caught as APIError;
    const mending = mend(this.#limit, this.#sentTokens, { status, parameter: param ?? null, message });
    if (mending === null) return false;
    this.#mendings += 1;
    this.#limit = mending.limit;
    if (mending.lasts) this.#ports.outputLimits.set(this.#request.model, mending.limit);
    return true;
  }

  /** Milliseconds to wait before the next attempt, told to who asked. Throws the KnownError where there is none. */
  #waitAfter(caught: unknown): number {
    const { connection, endpoint, clock } = this.#ports;
    const { model } = this.#request;
    const place = { endpoint, model, apiKey: connection.apiKey, nowMs: clock.now() };
    const failure = failureOf(caught, place);
    if (failure.limits !== null) return this.#waitForLimit(failure, failure.limits);
    const attempt = this.#attempt;
    const waitMs = waitAfter(attempt, failure.askedWaitMs, Math.random());
    this.#waitedMs += waitMs;
    this.#attempt += 1;
    if (!failure.mayPass || attempt === maxAttempts || this.#waitedMs > maxTotalWaitMs) this.#fail(failure);
    this.#options.onRetry({ attempt, reason: failure.reason, waitMs, mayBeBilled: failure.mayBeBilled });
    return waitMs;
  }

  /** Milliseconds to wait where they are few; for longer the task does not keep its place. */
  #waitForLimit({ askedWaitMs, reason, error }: Failure, headers: Headers): number {
    this.#refusals += 1;
    const refusals = this.#refusals;
    const waitMs = Math.min(waitAfter(refusals, askedWaitMs, Math.random()), longestWaitMs);
    this.#caller.refused(headers, waitMs);
    if (refusals >= (askedWaitMs === null ? maxAttempts : mostRefusals)) throw error;
    if (waitMs >= toldMs) throw this.#limited(waitMs, refusals);
    this.#options.onRetry({ attempt: refusals, reason, waitMs, mayBeBilled: false });
    return waitMs;
  }

  #fail({ mayBeBilled, error }: Failure): never {
    if (mayBeBilled) this.#options.onLost?.();
    throw error;
  }

  #limited(waitMs: number, refusals: number): RateLimited {
    return new RateLimited({ endpoint: this.#ports.endpoint, waitMs, refusals });
  }
}
