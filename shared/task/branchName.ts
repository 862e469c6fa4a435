// The one name that a task's branch bears wherever a person meets it, and that Check Out gives it.
import type { Task } from './task.ts';

/** Characters of a branch's slug. */
const slugLength = 50;

/** `nightjar/<slug of the title>`; a title without a Latin letter or digit gives the task's id. */
export function branchNameFor(task: Pick<Task, 'id' | 'title'>): string {
  const plain = task.title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, slugLength)
    .replace(/^-+|-+$/g, '');
  return `nightjar/${slug === '' ? `task-${task.id.slice(0, 8)}` : slug}`;
}
