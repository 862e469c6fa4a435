// What the front matter of a spec and a project's configuration may say, as a person writes it.
import { z } from 'zod';
import { networkFrom, networkHint } from './network.ts';
import { checkKindSchema, type Budget, type Check } from './spec.ts';

const minuteMs = 60_000;

const command = z.string().trim().min(1).max(4_000);

const writtenCheckSchema = z
  .union([
    command,
    z.strictObject({
      name: z.string().trim().min(1).max(100).optional().describe('What it is called; else the command.'),
      command: command.describe('A line for the shell; it passes with exit code 0.'),
      kind: checkKindSchema.optional().describe('What it proves.'),
      timeoutMinutes: z
        .number()
        .positive()
        .max(24 * 60)
        .optional()
        .describe('After so many minutes it has failed; 10 where nothing is said.'),
    }),
  ])
  .transform((written): Check => {
    if (typeof written === 'string') return checkOf(written);
    const check = checkOf(written.command);
    return {
      ...check,
      name: written.name ?? check.name,
      timeoutMs: written.timeoutMinutes === undefined ? check.timeoutMs : written.timeoutMinutes * minuteMs,
      ...(written.kind === undefined ? {} : { kind: written.kind }),
    };
  });

const writtenBudgetSchema = z
  .strictObject({
    turns: z.int().positive().max(10_000),
    rounds: z.int().positive().max(1_000),
    tokens: z.int().positive().max(1_000_000_000),
    costUsd: z.number().positive().max(100_000),
    minutes: z
      .number()
      .positive()
      .max(7 * 24 * 60),
  })
  .partial()
  .transform(({ minutes, ...rest }): Partial<Budget> => {
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    return minutes === undefined ? given : { ...given, wallTimeMs: Math.round(minutes * minuteMs) };
  });

const writtenNetworkSchema = z
  .union([z.string(), z.array(z.string())], { error: networkHint })
  .transform((written, context) => {
    const network = networkFrom(typeof written === 'string' ? [written] : written);
    if (network === null) context.addIssue({ code: 'custom', message: networkHint });
    return network ?? z.NEVER;
  });

/** The keys that the front matter and the configuration file share. */
export const sharedSettings = {
  model: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .nullable()
    .default(null)
    .describe('The model that works; else the runner’s own choice.'),
  setUp: command
    .nullable()
    .default(null)
    .describe(
      'The command that installs what the project needs, before the agent starts and in each checkout.',
    ),
  checks: z
    .array(writtenCheckSchema)
    .max(50)
    .default([])
    .describe('Commands that prove the work, run by the runner on a clean checkout.'),
  budget: writtenBudgetSchema
    .default({})
    .describe('Hard limits of a task; what is missing keeps its usual limit.'),
  network: writtenNetworkSchema
    .nullable()
    .default(null)
    .describe(`The most that commands may reach: ${networkHint}. The user may always choose less.`),
} as const;

const longestName = 40;

/** A check that is known by its command alone. */
export function checkOf(command: string): Check {
  const name = command.length <= longestName ? command : `${command.slice(0, longestName - 1)}…`;
  return { name, command, timeoutMs: 10 * minuteMs };
}

/** The same checks, each command once for what is expected of it, and each name once: one that is taken gets a number. */
export function distinctChecks(checks: readonly Check[]): Check[] {
  const names = new Set<string>();
  const proofs = new Set<string>();
  const distinct: Check[] = [];
  for (const check of checks) {
    const proof = proofOf(check);
    if (proofs.has(proof)) continue;
    let { name } = check;
    for (let number = 2; names.has(name); number++) name = `${check.name} (${number})`;
    proofs.add(proof);
    names.add(name);
    distinct.push({ ...check, name });
  }
  return distinct;
}

/** By this a criterion finds its check: what is run, and what is expected of it. */
export function proofOf({ command, expect }: Pick<Check, 'command' | 'expect'>): string {
  return JSON.stringify([command, expect ?? null]);
}
