// What is said on a bundle's socket besides its bytes, as text frames.
import { z } from 'zod';
import { errorReportSchema } from '../task/events.ts';

/** The last frame of a sender: so that the receiver can tell a short file from a slow one. */
export const transferEnd = JSON.stringify({ end: true });

/** The runner's last frame. `error` is null where the runner itself failed in a way that nobody foresaw. */
export const transferAnswerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: errorReportSchema.nullable() }),
]);

export type TransferAnswer = z.infer<typeof transferAnswerSchema>;
