// What a model call costs, for models whose public list price is known.
import type { Price } from '../../../shared/task/events.ts';
import { findByPrefix } from './modelNames.ts';

/** USD per million tokens: fresh input, input found in the endpoint's cache, output. */
type Row = readonly [input: number, cached: number, output: number];

const prices: Readonly<Record<string, Row>> = {
  'claude-haiku-4-5': [1, 0.1, 5],
  'claude-opus-4': [15, 1.5, 75],
  'claude-opus-4-1': [15, 1.5, 75],
  'claude-opus-4-5': [5, 0.5, 25],
  'claude-sonnet-4': [3, 0.3, 15],
  'claude-sonnet-4-5': [3, 0.3, 15],
  'gemini-2.5-flash': [0.3, 0.03, 2.5],
  'gpt-4.1': [2, 0.5, 8],
  'gpt-4.1-mini': [0.4, 0.1, 1.6],
  'gpt-4.1-nano': [0.1, 0.025, 0.4],
  'gpt-4o': [2.5, 1.25, 10],
  'gpt-4o-mini': [0.15, 0.075, 0.6],
  'gpt-5': [1.25, 0.125, 10],
  'gpt-5-codex': [1.25, 0.125, 10],
  'gpt-5-mini': [0.25, 0.025, 2],
  'gpt-5-nano': [0.05, 0.005, 0.4],
  'gpt-5.1': [1.25, 0.125, 10],
  'gpt-5.1-codex': [1.25, 0.125, 10],
  'gpt-5.2': [1.75, 0.175, 14],
  'nightjar-scripted': [0, 0, 0],
  o3: [2, 0.5, 8],
  'o4-mini': [1.1, 0.275, 4.4],
};

/** A date or a channel leaves the price as it is; any other ending makes another model of it. */
const sameModel = /^([-@:](\d[\d-]*|latest|preview))?$/;

/** US dollars per million tokens; null for a model without a known price. */
export function priceOf(model: string): Price | null {
  const row = findByPrefix(prices, model, (rest) => sameModel.test(rest));
  if (row === null) return null;
  const [input, cached, output] = row;
  return { input, cached, output };
}
