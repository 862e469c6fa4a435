// What a task must achieve, as data: the parsed form of a spec.
import { z } from 'zod';

/** A command with an expected result: exit code 0 within the time-out, on a clean checkout. */
export const checkSchema = z.strictObject({
  name: z.string().min(1).max(100),
  command: z.string().min(1).max(4_000),
  timeoutMs: z
    .int()
    .positive()
    .max(24 * 3_600_000)
    .default(10 * 60_000),
});

/** One acceptance criterion; `check` is the command bound to it, null where a person must judge. */
export const criterionSchema = z.strictObject({
  text: z.string().max(4_000),
  check: z.string().max(4_000).nullable(),
});

/** The most that a budget may hold. */
const most = {
  turns: 10_000,
  rounds: 1_000,
  tokens: 1_000_000_000,
  costUsd: 100_000,
  wallTimeMs: 7 * 24 * 3_600_000,
} as const;

/** Hard limits of one task: no model call starts that could go past them. */
export const budgetSchema = z.strictObject({
  turns: z.int().positive().max(most.turns),
  rounds: z.int().positive().max(most.rounds),
  /** Of all model calls together, input and output. */
  tokens: z.int().positive().max(most.tokens),
  costUsd: z.number().positive().max(most.costUsd),
  /** Milliseconds of work; waiting for a person, a place or the next day does not count. */
  wallTimeMs: z.int().positive().max(most.wallTimeMs),
});

export const defaultBudget: Budget = {
  turns: 80,
  rounds: 6,
  tokens: 10_000_000,
  costUsd: 5,
  wallTimeMs: 2 * 3_600_000,
};

/** Twice of everything, as far as a budget may go. */
export function doubled({ turns, rounds, tokens, costUsd, wallTimeMs }: Budget): Budget {
  return {
    turns: Math.min(2 * turns, most.turns),
    rounds: Math.min(2 * rounds, most.rounds),
    tokens: Math.min(2 * tokens, most.tokens),
    costUsd: Math.min(2 * costUsd, most.costUsd),
    wallTimeMs: Math.min(2 * wallTimeMs, most.wallTimeMs),
  };
}

export const specSchema = z.strictObject({
  title: z.string().min(1).max(200),
  /** What must be achieved, Markdown. */
  goal: z.string().min(1).max(100_000),
  context: z.string().max(100_000),
  criteria: z.array(criterionSchema).max(200),
  constraints: z.string().max(100_000),
});

export type Check = z.infer<typeof checkSchema>;
export type Criterion = z.infer<typeof criterionSchema>;
export type Budget = z.infer<typeof budgetSchema>;
export type Spec = z.infer<typeof specSchema>;
