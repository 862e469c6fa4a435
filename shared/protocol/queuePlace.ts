// Where a task stands in the queue, in words; without the schemas, which an extension that starts shall not pay for.
import type { TaskQueue } from './queue.ts';

export const emptyQueue: TaskQueue = { waiting: [], total: 0 };

/** Where a task stands in the queue. */
export interface QueuePlace {
  /** As in `2nd of 5`. */
  readonly place: string;
  readonly reason: string;
}

/** The place of a task; null where it does not wait for one. */
export function placeInQueue({ waiting, total }: TaskQueue, taskId: string): QueuePlace | null {
  const entry = waiting.find((one) => one.taskId === taskId);
  return entry === undefined
    ? null
    : { place: `${ordinal(entry.position)} of ${total}`, reason: entry.reason };
}

const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

function ordinal(number: number): string {
  return `${number}${endings[ordinals.select(number)] ?? 'th'}`;
}
