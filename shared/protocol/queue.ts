// The queue as clients see it: which tasks wait for a place on the runner, in which order and why.
import { z } from 'zod';
import { taskIdSchema } from '../task/events.ts';

/** At most so many are told of; those behind them only count. */
export const mostToldWaiting = 1_000;

/** A task that waits for a place. `position` counts from 1; `reason` says in one line what it waits for. */
const waitingTaskSchema = z.strictObject({
  taskId: taskIdSchema,
  position: z.int().positive(),
  reason: z.string(),
});

export const queueSchema = z.strictObject({
  /** In the order of their positions. */
  waiting: z.array(waitingTaskSchema).max(mostToldWaiting),
  /** All that wait, also those beyond the list. */
  total: z.int().nonnegative(),
});

export type TaskQueue = z.infer<typeof queueSchema>;
