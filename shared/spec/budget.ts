// Arithmetic on budgets. Apart from the schemas, so that the editor need not load those when it starts.

/** The most that a budget may hold. */
export const largestBudget = {
  turns: 10_000,
  rounds: 1_000,
  tokens: 1_000_000_000,
  costUsd: 100_000,
  wallTimeMs: 7 * 24 * 3_600_000,
} as const;

type Limits = Record<keyof typeof largestBudget, number>;

/** Twice of everything, as far as a budget may go. */
export function doubled({ turns, rounds, tokens, costUsd, wallTimeMs }: Limits): Limits {
  return {
    turns: Math.min(2 * turns, largestBudget.turns),
    rounds: Math.min(2 * rounds, largestBudget.rounds),
    tokens: Math.min(2 * tokens, largestBudget.tokens),
    costUsd: Math.min(2 * costUsd, largestBudget.costUsd),
    wallTimeMs: Math.min(2 * wallTimeMs, largestBudget.wallTimeMs),
  };
}
