// What the log tells of the queue, so that a restart changes nobody's turn: who waits since when, who was passed over, which repository had a place last.
import type { TaskEvent } from '../../shared/task/events.ts';
import { hasEnded } from '../../shared/task/hasEnded.ts';
import type { Task } from '../../shared/task/task.ts';
import { join, leave, letIn, newQueue, type Queue, type QueuedTask, type QueueLimits } from './queue.ts';

type EventTypes = ReadonlySet<TaskEvent['type']>;

/** After one of these a task waits for a place, unless it holds one. */
const beginnings: EventTypes = new Set([
  ...(['taskCreated', 'questionAnswered', 'messageReceived', 'budgetExtended'] as const),
]);

/** Only a task that holds a place does this. */
const deeds: EventTypes = new Set([
  ...(['prepareStarted', 'setUpStarted', 'checkStarted', 'turnStarted', 'compactionStarted'] as const),
  ...(['toolStarted', 'commitStarted', 'deliverStarted', 'checkpointed'] as const),
]);

/** With these a task gives its place back, or waits for none any more. */
const endings: EventTypes = new Set([
  ...(['questionAsked', 'heldBack', 'rateLimited', 'delivered', 'stopped'] as const),
  ...(['taskFailed', 'markedDone', 'deleted'] as const),
]);

/** The task as the queue knows it. */
export function queuedTaskOf(task: Task, isSuspect: boolean): QueuedTask {
  const { id, title, repository, priority, status, turns } = task;
  return { id, title, repository, priority, hasBegun: status !== 'queued' || turns > 0, isSuspect };
}

/** Fed with all events since a moment in order; `tasks` are those of today. */
export class QueueHistory {
  readonly #tasks: ReadonlyMap<string, Task>;
  #queue: Queue;

  constructor(limits: QueueLimits, tasks: readonly Task[], since: Date) {
    this.#tasks = new Map(tasks.map((task) => [task.id, task]));
    // Whoever has waited for longer than the events tell of comes first.
    const waiting = tasks.filter(
      ({ status, updatedAt }) => status === 'queued' && new Date(updatedAt) < since,
    );
    this.#queue = waiting.reduce((queue, task) => join(queue, queuedTaskOf(task, false)), newQueue(limits));
  }

  add({ taskId, type }: TaskEvent): void {
    const task = this.#tasks.get(taskId);
    if (endings.has(type)) this.#queue = leave(this.#queue, taskId);
    else if (deeds.has(type)) this.#queue = letIn(this.#queue, taskId);
    else if (beginnings.has(type) && task !== undefined && !this.#isActing(taskId))
      this.#queue = join(this.#queue, queuedTaskOf(task, false));
  }

  /** The queue for a runner that begins: nobody holds a place yet. */
  queue(): Queue {
    const mayWait = ({ id }: QueuedTask): boolean => {
      const task = this.#tasks.get(id);
      return task !== undefined && !hasEnded(task) && task.status !== 'needsInput';
    };
    return { ...this.#queue, waiting: this.#queue.waiting.filter(mayWait), acting: [] };
  }

  #isActing(taskId: string): boolean {
    return this.#queue.acting.some(({ id }) => id === taskId);
  }
}
