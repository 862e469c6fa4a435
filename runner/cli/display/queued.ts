// A task as it is shown while it waits for a place on the runner.
import type { TaskQueue } from '../../../shared/protocol/queue.ts';
import { placeInQueue } from '../../../shared/protocol/queuePlace.ts';
import { withoutWait } from '../../../shared/task/activityText.ts';
import type { Task } from '../../../shared/task/task.ts';

/** The task, queued with its place and the reason where it waits for a place, whatever it did before. */
export function shownInQueue(task: Task, queue: TaskQueue): Task {
  const queued = placeInQueue(queue, task.id);
  if (queued === null) return task;
  return { ...withoutWait(task), status: 'queued', activity: `${queued.place}: ${queued.reason}` };
}
