// What a task must achieve, as data: the parsed form of a spec.
import { z } from 'zod';
import { largestBudget } from './budget.ts';
import { commandExpectationSchema, expectationSchema } from './expectation.ts';
import { hostPattern, mostHosts, networkModes } from './network.ts';

/** What a check proves, as the project says. */
export const checkKindSchema = z.enum(['test', 'lint', 'types', 'security', 'build']);

/** A command with an expected result within the time-out, on a clean checkout. */
export const checkSchema = z.strictObject({
  name: z.string().min(1).max(100),
  command: z.string().min(1).max(4_000),
  timeoutMs: z
    .int()
    .positive()
    .max(24 * 3_600_000)
    .default(10 * 60_000),
  kind: checkKindSchema.optional(),
  /** Missing where it is exit code 0 and nothing else. */
  expect: commandExpectationSchema.optional(),
});

/**
 * One acceptance criterion; `check` is the command bound to it. Null where a person must judge, and where
 * `expect`, which is missing for exit code 0 alone, needs no command.
 */
export const criterionSchema = z.strictObject({
  text: z.string().max(4_000),
  check: z.string().max(4_000).nullable(),
  expect: expectationSchema.optional(),
});

/** Hard limits of one task: no model call starts that could go past them. */
export const budgetSchema = z.strictObject({
  turns: z.int().positive().max(largestBudget.turns),
  rounds: z.int().positive().max(largestBudget.rounds),
  /** Of all model calls together, input and output. */
  tokens: z.int().positive().max(largestBudget.tokens),
  costUsd: z.number().positive().max(largestBudget.costUsd),
  /** Milliseconds of work; waiting for a person, a place or the next day does not count. */
  wallTimeMs: z.int().positive().max(largestBudget.wallTimeMs),
});

export const defaultBudget: Budget = {
  turns: 80,
  rounds: 6,
  tokens: 10_000_000,
  costUsd: 5,
  wallTimeMs: 2 * 3_600_000,
};

export const hostSchema = z
  .string()
  .max(260)
  .regex(hostPattern, 'a host is a name such as api.example.com, with a port up to 65535 or without');

/** See `Network`. */
export const networkSchema = z.strictObject({
  mode: z.enum(networkModes),
  hosts: z.array(hostSchema).max(mostHosts),
});

export const specSchema = z.strictObject({
  title: z.string().min(1).max(200),
  /** What must be achieved, Markdown. */
  goal: z.string().min(1).max(100_000),
  context: z.string().max(100_000),
  criteria: z.array(criterionSchema).max(200),
  constraints: z.string().max(100_000),
});

export type Check = z.infer<typeof checkSchema>;
export type CheckKind = z.infer<typeof checkKindSchema>;
export type Criterion = z.infer<typeof criterionSchema>;
export type Budget = z.infer<typeof budgetSchema>;
export type Spec = z.infer<typeof specSchema>;
