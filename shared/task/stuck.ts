// How a task shows that it is stuck, what the runner then does about it, and which of its rounds is delivered in the end.
import { z } from 'zod';
import { criterionResultSchema } from './criteria.ts';
import { crossRunKindSchema, integrityFindingSchema } from './integrity.ts';

export const stuckSignSchema = z.enum(['sameProblems', 'backAndForth', 'nothingChanged', 'sameCommand']);

/** What the runner changes, in the order in which it tries it. */
export const approachSchema = z.enum(['hypothesis', 'startOver', 'otherModel', 'askUser', 'stop']);

/** What ends the work although checks fail. */
export const limitReasonSchema = z.enum(['roundsUsedUp', 'budgetUsedUp', 'stuck']);

/** A model that may take over, with what the runner knew of it at hand-off. */
export function otherModelSchema<Price extends z.ZodType>(price: Price) {
  return z.strictObject({
    model: z.string().min(1).max(200),
    /** Tokens that its window holds. */
    contextTokens: z.int().positive(),
    price: price.nullable(),
    /** Those of the commits on which it has worked. */
    trailers: z.array(z.string().max(500)).max(20),
  });
}

/** What a round came to: all that a task shows of its newest one. */
export function bestRoundSchema<Commit extends z.ZodType, File extends z.ZodType>(
  commit: Commit,
  file: File,
) {
  return z.strictObject({
    round: z.int().nonnegative(),
    commit,
    /** Why the work ended with it. Logs of earlier versions lack it. */
    reason: limitReasonSchema.optional(),
    files: z.array(file),
    checks: z
      .array(
        z.strictObject({
          name: z.string(),
          passed: z.boolean(),
          exitCode: z.int(),
          durationMs: z.number().nonnegative(),
          problemCount: z.int().nonnegative(),
          isFlaky: z.literal(true).optional(),
        }),
      )
      .max(50),
    criteria: z.array(criterionResultSchema).max(200).optional(),
    integrity: z
      .strictObject({
        isInspected: z.literal(true).optional(),
        findings: z.array(integrityFindingSchema),
        findingsLeftOut: z.int().nonnegative(),
        crossRuns: z.array(z.strictObject({ kind: crossRunKindSchema, ran: z.boolean(), note: z.string() })),
      })
      .optional(),
  });
}

export type StuckSign = z.infer<typeof stuckSignSchema>;
export type LimitReason = z.infer<typeof limitReasonSchema>;
export type Approach = z.infer<typeof approachSchema>;
