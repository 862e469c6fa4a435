// How a task shows that it is stuck, and what the runner then does about it.
import { z } from 'zod';

export const stuckSignSchema = z.enum(['sameProblems', 'backAndForth', 'nothingChanged', 'sameCommand']);

/** What the runner changes, in the order in which it tries it. */
export const approachSchema = z.enum(['hypothesis', 'startOver', 'otherModel', 'askUser', 'stop']);

export type StuckSign = z.infer<typeof stuckSignSchema>;
export type Approach = z.infer<typeof approachSchema>;
