// The course that the work on a task has taken, folded from its events: its runs of checks.
import type { TaskEvent } from '../../shared/task/events.ts';

export interface Course {
  /** The logs of all runs of checks, in their order; round 0 is the baseline. */
  readonly logs: readonly { readonly name: string; readonly round: number; readonly log: string }[];
}

export const newCourse: Course = { logs: [] };

/** The course after one more event. */
export function courseAfter(course: Course, event: TaskEvent): Course {
  if (event.type !== 'checkEnded' || event.data.log === null) return course;
  const { name, round, log } = event.data;
  return { ...course, logs: [...course.logs, { name, round, log }] };
}
