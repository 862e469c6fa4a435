// Which statuses are ends. Apart from the schemas, so that whoever folds events need not load those.
import type { Status } from './task.ts';

const endedStatuses: ReadonlySet<Status> = new Set(['readyForReview', 'done', 'failed', 'stopped']);

/** True when nothing more happens to the task by itself. */
export function hasEnded(task: { readonly status: Status }): boolean {
  return endedStatuses.has(task.status);
}
