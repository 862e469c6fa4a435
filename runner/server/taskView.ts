// What one caller sees of the tasks: all of them, or its own and those that others share.
import type { TaskQueue } from '../../shared/protocol/queue.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { maySee, seesAll, type Caller } from '../tasks/access.ts';
import type { EventLog, QueueSource } from './ports.ts';

/**
 * What becomes of an event on its way to the caller: it goes, it does not concern them, or it changes which tasks they
 * see, and all of those take its place.
 */
export type Passage = 'send' | 'skip' | 'allAnew';

export class TaskView {
  readonly #log: EventLog;
  readonly #caller: Caller;
  readonly #seesAll: boolean;

  constructor(log: EventLog, caller: Caller) {
    this.#log = log;
    this.#caller = caller;
    this.#seesAll = seesAll(caller);
  }

  snapshot(): { readonly seq: number; readonly tasks: readonly Task[] } {
    const { seq, tasks } = this.#log.snapshot();
    return { seq, tasks: this.#seesAll ? tasks : tasks.filter((task) => maySee(this.#caller, task)) };
  }

  /** The task, if the caller may know that it is there. */
  task(taskId: string): Task | undefined {
    const task = this.#log.task(taskId);
    return task !== undefined && maySee(this.#caller, task) ? task : undefined;
  }

  sees(taskId: string): boolean {
    return this.task(taskId) !== undefined;
  }

  passageOf(event: TaskEvent): Passage {
    if (this.#seesAll) return 'send';
    // It is all that is left of its task.
    if (event.type === 'deleted') {
      const { owner = null, wasShared = false } = event.data;
      return wasShared || owner === this.#caller.name ? 'send' : 'skip';
    }
    const task = this.#log.task(event.taskId);
    // Deleted by now, which is told where it comes in the order of events.
    if (task === undefined) return 'skip';
    if ((task.owner ?? null) === this.#caller.name) return 'send';
    if (event.type === 'sharingChanged') return 'allAnew';
    // What came before is in what the caller got anew when the task was shared.
    return event.seq > (task.sharedSince ?? Infinity) ? 'send' : 'skip';
  }

  queue(source: QueueSource): TaskQueue {
    return this.#seesAll ? source.current() : source.current((taskId) => this.sees(taskId));
  }
}
