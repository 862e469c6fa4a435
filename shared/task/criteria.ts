// What became of a spec's acceptance criteria: met or not as the runner saw it, or left to a person.
import { z } from 'zod';
import { imageNameSchema } from './checkRun.ts';

/** `toJudge`: nothing that the runner can run decides it. `notRun`: what decides it did not come to its end. */
export const criterionStateSchema = z.enum(['met', 'notMet', 'toJudge', 'notRun']);

/** A command that the agent proposed for a criterion that no check was bound to. */
export const proposedCheckSchema = z.strictObject({
  criterion: z.int().nonnegative(),
  command: z.string().min(1).max(4_000),
});

/** Of the criterion at `criterion` in the spec's list, on the commit of a round. */
export const criterionResultSchema = z.strictObject({
  criterion: z.int().nonnegative(),
  state: criterionStateSchema,
  /** Who bound the check that decided it; null where none did. */
  boundBy: z.enum(['spec', 'agent']).nullable(),
  /** The command that decided it, null where something else or nothing did. */
  command: z.string().max(4_000).nullable(),
  /** Why, in a sentence: "exit code 1, expected 0". */
  detail: z.string().max(1_000),
  /** The image that its check made of the commit, for a person to look at. */
  image: imageNameSchema.optional(),
  /** The one that it had made at the baseline, where it made one. */
  imageBefore: imageNameSchema.optional(),
});

export type CriterionState = z.infer<typeof criterionStateSchema>;
export type CriterionResult = z.infer<typeof criterionResultSchema>;
export type ProposedCheck = z.infer<typeof proposedCheckSchema>;
