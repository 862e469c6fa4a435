// The hard budget of a task: what is set aside before a model call, so that no call can end past a limit.
import type { Message, Price, Usage } from '../../shared/task/events.ts';
import { modelTermsOf } from './modelTerms.ts';
import type { Run } from './run.ts';
import type { Reservation } from './spending.ts';

/** What keeps a call from being made: the task's own budget, or the runner's ceiling for the day. */
export type Shortage = 'budget' | 'day';

/** What an answer may take; more is set aside for nothing. */
const mostOutputTokens = 16_000;

/** With less than this an answer is hardly of use: it would be cut off in the middle of an edit. */
const leastOutputTokens = 1_000;

/** An endpoint's own words around a message, and the tools that the model is told of, are never more tokens than this. */
const frameTokens = 16;
const toolTokens = 16_000;

/** US dollars for what the endpoint counted; null where the price of the model is not known. */
export function costOf(price: Price | null, usage: Usage): number | null {
  if (price === null) return null;
  const freshTokens = Math.max(0, usage.inputTokens - usage.cachedTokens);
  return (
    (freshTokens * price.input + usage.cachedTokens * price.cached + usage.outputTokens * price.output) /
    1_000_000
  );
}

/**
 * Sets aside what a call with `further` messages behind the conversation can cost at the very most, with a shorter answer where
 * the budget is nearly used up, or says what is missing. `dayLeftUsd`: what the runner may still spend today.
 */
export function reserve(run: Run, further: readonly Message[], dayLeftUsd: number): Reservation | Shortage {
  const inputTokens = mostInputTokens(run, further);
  const tokensLeft = run.budget.tokens - run.spent.tokens - inputTokens;
  const ownLeftUsd = run.budget.costUsd - run.spent.costUsd;
  const { price } = modelTermsOf(run);
  const ownOutput = Math.min(tokensLeft, affordableOutput(price, inputTokens, ownLeftUsd));
  if (ownOutput < leastOutputTokens) return 'budget';
  const dayOutput = affordableOutput(price, inputTokens, dayLeftUsd);
  if (dayOutput < leastOutputTokens) return 'day';
  const maxOutputTokens = Math.floor(Math.min(mostOutputTokens, ownOutput, dayOutput));
  const usage = { inputTokens, cachedTokens: 0, outputTokens: maxOutputTokens };
  return {
    reservedUsd: costOf(dearest(price), usage) ?? 0,
    reservedTokens: inputTokens + maxOutputTokens,
    maxOutputTokens,
  };
}

/** Some endpoints charge more for what they put into their cache than for what they don't. */
function dearest(price: Price | null): Price | null {
  return price === null ? null : { ...price, input: Math.max(price.input, price.cached) };
}

/** Whether the same call may be made once more although what was set aside for it may be lost. */
export function allowsAnotherTry(run: Run, reservation: Reservation, dayLeftUsd: number): boolean {
  const { budget, spent } = run;
  return (
    budget.costUsd - spent.costUsd >= 2 * reservation.reservedUsd &&
    budget.tokens - spent.tokens >= 2 * reservation.reservedTokens &&
    dayLeftUsd >= 2 * reservation.reservedUsd
  );
}

function affordableOutput(price: Price | null, inputTokens: number, leftUsd: number): number {
  const known = dearest(price);
  if (known === null || known.input + known.output === 0) return Infinity;
  const leftForOutput = leftUsd * 1_000_000 - inputTokens * known.input;
  if (leftForOutput < 0) return 0;
  return known.output === 0 ? Infinity : leftForOutput / known.output;
}

/**
 * A bound that no tokenizer exceeds: what the endpoint counted for the conversation so far, and for
 * what came after it a token for every byte.
 */
function mostInputTokens({ transcript, measured }: Run, further: readonly Message[]): number {
  const known = measured.messages === 0 ? toolTokens : measured.tokens;
  const unmeasured = [...transcript.slice(measured.messages), ...further];
  return unmeasured.reduce((sum, message) => sum + bytesOf(message) + frameTokens, known);
}

const encoder = new TextEncoder();

function bytesOf(message: Message): number {
  const calls = message.role === 'assistant' ? JSON.stringify(message.toolCalls) : '';
  return encoder.encode(message.text + calls).length;
}
