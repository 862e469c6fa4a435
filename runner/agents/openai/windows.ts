// How many tokens the window of a model holds.
import { findByPrefix } from './modelNames.ts';

const defaultTokens = 128_000;

const windows: Readonly<Record<string, number>> = {
  claude: 200_000,
  'deepseek-': 128_000,
  'gemini-2.5': 1_048_576,
  'gpt-4.1': 1_047_576,
  'gpt-4o': 128_000,
  // Input and output share 400,000; input alone may take this much.
  'gpt-5': 272_000,
  o3: 200_000,
  'o4-mini': 200_000,
};

/** Tokens of the model's window; a cautious 128,000 for a model that isn't known. */
export function windowOf(model: string): number {
  return findByPrefix(windows, model) ?? defaultTokens;
}
