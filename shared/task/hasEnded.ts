// Which statuses are ends. Apart from the schemas, so that whoever folds events need not load those.
import type { Status, Task } from './task.ts';

const endedStatuses: ReadonlySet<Status> = new Set(['readyForReview', 'done', 'failed', 'stopped']);

/** True when nothing more happens to the task by itself. */
export function hasEnded(task: { readonly status: Status }): boolean {
  return endedStatuses.has(task.status);
}

/** True where a limit ended the work: it goes on by itself once the limit is raised. */
export function isAtLimit({
  status,
  endReason,
  error,
}: Pick<Task, 'status' | 'endReason' | 'error'>): boolean {
  const isOpen = status === 'failed' || status === 'readyForReview';
  return isOpen && (endReason === 'budgetUsedUp' || endReason === 'roundsUsedUp') && error === null;
}
