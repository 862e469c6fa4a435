// The tasks as this window knows them: one snapshot of the runner, then its events folded in order.
import { applyEvent } from '../../shared/task/applyEvent.ts';
import type { TaskQueue } from '../../shared/protocol/queue.ts';
import { emptyQueue, placeInQueue, type QueuePlace } from '../../shared/protocol/queuePlace.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';

/** Told after each change; the set holds the ids of new, changed and removed tasks and is never empty. */
export type TaskListener = (changedIds: ReadonlySet<string>) => void;

/** What views need of the store: to read tasks and to hear of changes. */
export interface TaskSource {
  get(id: string): Task | undefined;
  /** Where a task stands that waits for a place on the runner; null for any other. */
  placeOf(id: string): QueuePlace | null;
  /** All tasks, the newest hand-off first. */
  all(): readonly Task[];
  /** Returns the function that ends the listening. */
  onChange(listener: TaskListener): () => void;
}

export class TaskStore implements TaskSource {
  readonly #tasks = new Map<string, Task>();
  #queue = emptyQueue;
  readonly #listeners = new Set<TaskListener>();

  /** Replaces everything by what the runner has now. */
  snapshot(tasks: readonly Task[]): void {
    const changedIds = new Set<string>(this.#tasks.keys());
    this.#tasks.clear();
    for (const task of tasks) {
      this.#tasks.set(task.id, task);
      changedIds.add(task.id);
    }
    this.#announce(changedIds);
  }

  /** Folds one event in. An event that the store already contains changes nothing. */
  apply(event: TaskEvent): void {
    const known = this.#tasks.get(event.taskId);
    // The last events of a task may still arrive after its deletion.
    if (known === undefined && event.type !== 'taskCreated') return;
    if (event.type === 'deleted') {
      this.#tasks.delete(event.taskId);
    } else {
      const task = applyEvent(known ?? null, event);
      if (task === known) return;
      this.#tasks.set(task.id, task);
    }
    this.#announce(new Set([event.taskId]));
  }

  /** Replaces what is known of the runner's queue. */
  setQueue(queue: TaskQueue): void {
    const known = this.#queue;
    this.#queue = queue;
    const ids = [...known.waiting, ...queue.waiting].map(({ taskId }) => taskId);
    this.#announce(new Set(ids.filter((id) => this.#tasks.has(id))));
  }

  placeOf(id: string): QueuePlace | null {
    return placeInQueue(this.#queue, id);
  }

  get(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  all(): readonly Task[] {
    return [...this.#tasks.values()].sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
  }

  onChange(listener: TaskListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #announce(changedIds: ReadonlySet<string>): void {
    if (changedIds.size === 0) return;
    for (const listener of [...this.#listeners]) listener(changedIds);
  }
}
