// Reads events of earlier versions as events of this one, so that a task begun by an older runner goes on under a newer.
import { defaultBudget } from '../spec/spec.ts';
import { eventVersion, type TaskEvent } from './events.ts';

/** An event as some version wrote it: the envelope never changes, the data may. */
export interface StoredEvent {
  readonly seq: number;
  readonly taskId: string;
  readonly at: string;
  readonly version: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Data = StoredEvent['data'];

const noReservation = { reservedUsd: 0, reservedTokens: 0, maxOutputTokens: 0 };

/** What version 2 added: hard budgets with reservations, priorities, forks, exit codes of commands. */
const fromVersion1: Readonly<Record<string, (data: Data) => Data>> = {
  taskCreated: (data) => ({
    ...data,
    budget: { ...(data['budget'] as object), tokens: defaultBudget.tokens },
    price: null,
    priority: 'normal',
    fork: null,
  }),
  turnStarted: (data) => ({ ...data, ...noReservation }),
  taskFailed: (data) => ({ ...data, commit: null, ref: null }),
  deleted: (data) => ({ ...data, spentTodayUsd: 0 }),
  modelRetried: (data) => ({ ...data, mayBeBilled: false }),
};

/**
 * The event in this code's version; version 3 only added types, which an older runner could make nothing of.
 * One of a newer version is a bug: its data folder must have been refused before.
 */
export function upcast(stored: StoredEvent): TaskEvent {
  if (stored.version > eventVersion)
    throw new Error(`Event ${stored.seq} is of version ${stored.version}, newer than ${eventVersion}.`);
  const change = stored.version === 1 ? fromVersion1[stored.type] : undefined;
  const data = change === undefined ? stored.data : change(stored.data);
  return { ...stored, version: eventVersion, data } as unknown as TaskEvent;
}
