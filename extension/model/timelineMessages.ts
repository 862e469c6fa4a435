// The contract between the task panel's page and the extension: everything that either of them may post.
import { z } from 'zod';
import type { Output } from '../../shared/protocol/requests.ts';
import { imageNameSchema } from '../../shared/task/checkRun.ts';
import type { ItemDetail, TimelineItem, TimelineRound } from './timelineItems.ts';
import { pageCommands } from './timelineHeader.ts';
import type { Sections } from './timelineSections.ts';

/** What the panel can't show the task for; the page says it above everything else. */
export type Availability =
  | { readonly state: 'loading' | 'ready' }
  /** `reason` is a sentence for the user. What is known stays visible, but nothing can be sent. */
  | { readonly state: 'offline'; readonly reason: string }
  /** The task is not, or no longer, known to the runner. */
  | { readonly state: 'missing' };

/** From the extension to the page. */
export type PanelMessage =
  /** First of all: the page keeps the id for its return after a reload of the window. */
  | { readonly type: 'task'; readonly taskId: string }
  | { readonly type: 'availability'; readonly availability: Availability }
  /** Only the sections that changed. */
  | { readonly type: 'sections'; readonly sections: Partial<Sections> }
  | TimelineMessage
  | {
      readonly type: 'output';
      readonly itemId: string;
      readonly source: Output['source'];
      readonly text: string;
    }
  | { readonly type: 'detail'; readonly itemId: string; readonly detail: ItemDetail }
  /** Answers a `reply`; `error` is null once the runner has it. */
  | { readonly type: 'replied'; readonly error: string | null };

export interface TimelineMessage {
  readonly type: 'timeline';
  /** New rows, and known ones that changed. */
  readonly items: readonly TimelineItem[];
  readonly rounds: readonly TimelineRound[];
  /** The page drops rows of a lower order. */
  readonly fromOrder: number;
  /** Turns that are not on the page. */
  readonly earlierTurns: number;
  readonly elapsed: { readonly beforeMs: number; readonly since: string | null };
}

const path = z.string().min(1).max(4_096);
const itemId = z.string().max(500);

/** From the page to the extension. The page is checked like any other sender. */
export const pageMessageSchema = z.discriminatedUnion('type', [
  /** First of all, whenever the page is loaded (again). */
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('retry') }),
  z.strictObject({ type: z.literal('showEarlier') }),
  z.strictObject({ type: z.literal('command'), command: z.enum(pageCommands) }),
  z.strictObject({ type: z.literal('openDiff'), path }),
  z.strictObject({
    type: z.literal('openProblem'),
    path,
    line: z.int().positive().nullable(),
    column: z.int().positive().nullable(),
  }),
  z.strictObject({
    type: z.literal('openFinding'),
    path,
    line: z.int().positive().nullable(),
    side: z.enum(['before', 'after']),
  }),
  z.strictObject({ type: z.literal('openEvidence') }),
  z.strictObject({ type: z.literal('copyVerifyCommand') }),
  z.strictObject({ type: z.literal('runAgainFrom'), turn: z.int().positive() }),
  z.strictObject({ type: z.literal('allowHost'), host: z.string().min(1).max(300) }),
  z.strictObject({ type: z.literal('openDetail'), itemId }),
  z.strictObject({ type: z.literal('readLog'), log: z.string().regex(/^[a-z0-9.-]{1,80}$/) }),
  z.strictObject({ type: z.literal('openImage'), image: imageNameSchema }),
  z.strictObject({ type: z.literal('reply'), text: z.string().min(1).max(100_000) }),
]);

export type PageMessage = z.infer<typeof pageMessageSchema>;
