// What the log tells of a check's run beside its outcome: whose it is, how often it ran, what it measured and made.
import { z } from 'zod';

/** The criterion that the agent proposed the check for; missing for the user's own checks. It is none of the round's. */
export const proposal = { proposedFor: z.int().nonnegative().optional() };

/** An image that a check made, kept beside the logs; no other name is ever looked for. */
export const imageNameSchema = z.string().regex(/^[a-z0-9-]{1,70}\.(?:png|jpe?g|webp|gif)$/);

/** Bytes of the largest image that is kept. */
export const mostImageBytes = 20 * 1024 * 1024;

/** Logs of earlier versions have nothing of it. */
export const checkRun = {
  ...proposal,
  /** Runs that were made on the same commit, where they did not agree: `passed` is what most of them say. */
  flakyRuns: z.int().min(2).max(3).optional(),
  /** Per cent, where the check is about it. */
  coverage: z.number().min(0).max(100).optional(),
  /** The image that the check made, kept beside the logs under this name. */
  image: z.string().max(80).optional(),
};
