// What a runner has on disk, as its doctor tells it.
import { z } from 'zod';
import { statusSchema } from '../task/task.ts';
import { taskIdSchema } from '../task/events.ts';

const bytes = z.number().nonnegative();

export const diskSchema = z.strictObject({
  /** What the runner keeps itself to: `diskGiB` of its configuration. */
  budgetBytes: bytes,
  usedBytes: bytes,
  tasks: z.array(
    z.strictObject({
      taskId: taskIdSchema,
      status: statusSchema,
      /** With the home and the temporary folder of its commands; null before it was measured. */
      workspaceBytes: bytes.nullable(),
      logBytes: bytes.nullable(),
      /** When something last happened to it. */
      updatedAt: z.iso.datetime(),
    }),
  ),
  stores: z.strictObject({ count: z.int().nonnegative(), bytes }),
  /** What set-ups have made that is kept for other tasks; runners of earlier versions keep nothing. */
  setUps: z.strictObject({ count: z.int().nonnegative(), bytes }).optional(),
});

export type DiskReport = z.infer<typeof diskSchema>;
