// The schema of a recorded event, for whoever takes events from outside.
import { z } from 'zod';
import { eventData, taskIdSchema, type TaskEvent } from './events.ts';

const envelope = {
  seq: z.int().positive(),
  taskId: taskIdSchema,
  at: z.iso.datetime(),
  version: z.int().positive(),
};
const variants = Object.entries(eventData).map(([type, data]) =>
  z.strictObject({ ...envelope, type: z.literal(type), data }),
);

export const taskEventSchema = z.discriminatedUnion(
  'type',
  variants as unknown as [(typeof variants)[number]],
) as unknown as z.ZodType<TaskEvent>;
