// What a task does right now as a person reads it, with the time at which it goes on where that is known.
import type { Task } from './task.ts';

/** The activity; the time is this machine's, as in `14:05`. */
export function activityText({ activity, waitsUntil }: Pick<Task, 'activity' | 'waitsUntil'>): string {
  return waitsUntil === undefined ? activity : `${activity}, until ${clockTime(waitsUntil)}`;
}

/** The task, of which is not said any more that it waits. */
export function withoutWait(task: Task): Task {
  const copy: { -readonly [Key in keyof Task]: Task[Key] } = { ...task };
  delete copy.waitsUntil;
  return copy;
}

/** An ISO time as `14:05`, on this machine's clock. */
export function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString('sv', { timeStyle: 'short' });
}
