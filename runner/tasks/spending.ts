// What a task has spent of its budget, folded from its events.
import type { TaskEvent } from '../../shared/task/events.ts';

/** What one model call may cost at most. */
export interface Reservation {
  /** US dollars; 0 where the price of the model is not known. */
  readonly reservedUsd: number;
  readonly reservedTokens: number;
  /** The answer is cut off behind so many tokens, thinking included. */
  readonly maxOutputTokens: number;
}

/** What has been spent since work was last asked for. */
export interface Spent {
  readonly turns: number;
  /** Rounds that were over before. */
  readonly roundsBefore: number;
  readonly tokens: number;
  /** US dollars; what was set aside for a call whose end nobody saw counts as spent. */
  readonly costUsd: number;
  /** Milliseconds in steps: neither waiting nor the time in which no runner ran counts. */
  readonly workedMs: number;
}

export const nothingSpent: Spent = { turns: 0, roundsBefore: 0, tokens: 0, costUsd: 0, workedMs: 0 };

/** What is set aside for the model call that `pending` started; null where it is none. */
export function reservationOf(pending: TaskEvent | null): Reservation | null {
  return pending?.type === 'turnStarted' || pending?.type === 'compactionStarted' ? pending.data : null;
}

/** The sum after one more event; `pending` is the step that was going on before it. */
export function spentAfter(spent: Spent, pending: TaskEvent | null, event: TaskEvent): Spent {
  switch (event.type) {
    case 'interrupted':
      return withLoss(spent, reservationOf(pending));
    case 'modelRetried':
    case 'taskFailed':
      return event.data.mayBeBilled === true ? withLoss(spent, reservationOf(pending)) : spent;
    case 'turnAnswered':
    case 'compacted': {
      const { usage, costUsd } = event.data;
      return {
        ...withTime(spent, pending, event),
        turns: spent.turns + (event.type === 'turnAnswered' ? 1 : 0),
        tokens: spent.tokens + usage.inputTokens + usage.outputTokens,
        costUsd: spent.costUsd + (costUsd ?? 0),
      };
    }
    case 'prepared':
    case 'setUpEnded':
    case 'checkEnded':
    case 'crossRunEnded':
    case 'integrityInspected':
    case 'toolEnded':
    case 'committed':
    case 'delivered':
      return withTime(spent, pending, event);
    default:
      return spent;
  }
}

function withLoss(spent: Spent, reservation: Reservation | null): Spent {
  if (reservation === null) return spent;
  return {
    ...spent,
    tokens: spent.tokens + reservation.reservedTokens,
    costUsd: spent.costUsd + reservation.reservedUsd,
  };
}

function withTime(spent: Spent, pending: TaskEvent | null, event: TaskEvent): Spent {
  if (pending === null) return spent;
  const stepMs = Date.parse(event.at) - Date.parse(pending.at);
  return { ...spent, workedMs: spent.workedMs + Math.max(0, stepMs) };
}
