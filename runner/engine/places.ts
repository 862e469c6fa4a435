// The places of a runner: who holds one, who waits for one, and what clients are told of it. In memory, begun from what the log tells.
import type { TaskQueue } from '../../shared/protocol/queue.ts';
import type { Task } from '../../shared/task/task.ts';
import { explain, givesWay, join, leave, letIn, nextTask, update, type Queue } from '../tasks/queue.ts';
import { queuedTaskOf } from '../tasks/queueHistory.ts';

export class Places {
  readonly #listeners = new Set<() => void>();
  #queue: Queue;
  /** What clients are told; null where it has to be worked out anew. */
  #told: TaskQueue | null = null;

  /** `history`: what the log tells of who waits. */
  constructor(history: Queue) {
    this.#queue = history;
  }

  /** Whether any task waits for a place. */
  get hasWaiting(): boolean {
    return this.#queue.waiting.length > 0;
  }

  isWaiting(taskId: string): boolean {
    return this.#queue.waiting.some(({ id }) => id === taskId);
  }

  /** Lets a task wait for a place; for one that waits already, what has changed about it counts from now on. */
  join(task: Task, isSuspect: boolean): void {
    this.#change(join(this.#queue, queuedTaskOf(task, isSuspect)));
  }

  /** Whether the acting task has to give its place back before its next step; `isSuspect`: what is known of it now. */
  givesWay(taskId: string, isSuspect: boolean): boolean {
    const known = this.#queue.acting.find(({ id }) => id === taskId);
    if (known !== undefined && known.isSuspect !== isSuspect)
      this.#change(update(this.#queue, taskId, isSuspect));
    return givesWay(this.#queue, taskId);
  }

  /** Gives the next free place away; null where none is free or nobody may take it. */
  next(): string | null {
    const taskId = nextTask(this.#queue);
    if (taskId !== null) this.#change(letIn(this.#queue, taskId));
    return taskId;
  }

  /** Frees the place of a task, or ends its waiting. */
  leave(taskId: string): void {
    const { waiting, acting } = this.#queue;
    if ([...waiting, ...acting].some(({ id }) => id === taskId)) this.#change(leave(this.#queue, taskId));
  }

  /** The waiting list, as clients are told of it; with `sees` one that sees some of the tasks only. */
  current(sees?: (taskId: string) => boolean): TaskQueue {
    if (sees !== undefined) return explain(this.#queue, sees);
    this.#told ??= explain(this.#queue);
    return this.#told;
  }

  /** Calls `listener` after each change. Returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #change(queue: Queue): void {
    this.#queue = queue;
    this.#told = null;
    for (const listener of this.#listeners) listener();
  }
}
