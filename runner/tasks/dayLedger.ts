// What the runner's tasks spend on one day together, against the ceiling that its owner set.
import type { TaskEvent } from '../../shared/task/events.ts';
import { nothingSpent, reservationOf, spentAfter } from './spending.ts';

/** After one of these no model call of the task goes on. */
const callEnds: ReadonlySet<TaskEvent['type']> = new Set([
  'turnAnswered',
  'compacted',
  'rateLimited',
  'interrupted',
  'taskFailed',
  'deleted',
]);

/** Fed with every event of the day in order; days are those of UTC. */
export class DayLedger {
  readonly #ceilingUsd: number | null;
  readonly #calls = new Map<string, TaskEvent>();
  readonly #ofTasks = new Map<string, number>();
  #day = '';

  /** `ceilingUsd` null where the owner set none. */
  constructor(ceilingUsd: number | null) {
    this.#ceilingUsd = ceilingUsd;
  }

  add(event: TaskEvent): void {
    this.#turnTo(event.at.slice(0, 10));
    const { taskId } = event;
    const call = this.#calls.get(taskId) ?? null;
    const spent = spentAfter(nothingSpent, call, event).costUsd;
    const earlier = event.type === 'deleted' ? event.data.spentTodayUsd : this.spentTodayUsd(taskId);
    if (spent + earlier > 0) this.#ofTasks.set(taskId, earlier + spent);
    if (reservationOf(event) !== null) this.#calls.set(taskId, event);
    else if (callEnds.has(event.type)) this.#calls.delete(taskId);
  }

  /** US dollars that one task has spent on the day of the newest event. */
  spentTodayUsd(taskId: string): number {
    return this.#ofTasks.get(taskId) ?? 0;
  }

  /** The same with what is set aside for the call that goes on: whoever cuts it off does not learn what it cost. */
  shareOf(taskId: string): number {
    const call = this.#calls.get(taskId);
    return this.spentTodayUsd(taskId) + (call === undefined ? 0 : (reservationOf(call)?.reservedUsd ?? 0));
  }

  /** US dollars that are neither spent nor set aside; Infinity without a ceiling. */
  leftUsd(now: Date): number {
    if (this.#ceilingUsd === null) return Infinity;
    this.#turnTo(now.toISOString().slice(0, 10));
    const spent = sum(this.#ofTasks.values());
    const reserved = sum([...this.#calls.values()].map((call) => reservationOf(call)?.reservedUsd ?? 0));
    return this.#ceilingUsd - spent - reserved;
  }

  /** A new day begins with nothing spent; what is set aside for calls that go on stays so. */
  #turnTo(day: string): void {
    if (day <= this.#day) return;
    this.#day = day;
    this.#ofTasks.clear();
  }
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}
