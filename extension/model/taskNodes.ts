// The rows of the task view as identities, and which rows lie beneath which.
import type { Task } from '../../shared/task/task.ts';
import { groupRows, type GroupId } from './taskRows.ts';

export type TaskNode =
  | { readonly kind: 'group'; readonly groupId: GroupId }
  | { readonly kind: 'task'; readonly taskId: string }
  | { readonly kind: 'file'; readonly taskId: string; readonly path: string }
  | { readonly kind: 'check'; readonly taskId: string; readonly name: string };

/** Stays the same while the row means the same, so that the view keeps selection and expansion. */
export function nodeId(node: TaskNode): string {
  switch (node.kind) {
    case 'group':
      return `group:${node.groupId}`;
    case 'task':
      return `task:${node.taskId}`;
    case 'file':
      return `file:${node.taskId}:${node.path}`;
    case 'check':
      return `check:${node.taskId}:${node.name}`;
  }
}

/** The row that `node` lies beneath; undefined at the top, and for a task that is gone. */
export function parentNode(tasks: readonly Task[], node: TaskNode): TaskNode | undefined {
  if (node.kind === 'group') return undefined;
  if (node.kind !== 'task') return { kind: 'task', taskId: node.taskId };
  const group = groupRows(tasks).find((row) => row.tasks.some(({ id }) => id === node.taskId));
  return group === undefined ? undefined : { kind: 'group', groupId: group.id };
}

/** The rows beneath `parent`, those of the top without one: groups, their tasks, a task's files and then its checks. */
export function childNodes(tasks: readonly Task[], parent?: TaskNode): readonly TaskNode[] {
  if (parent === undefined) return groupRows(tasks).map(({ id }) => ({ kind: 'group', groupId: id }));
  if (parent.kind === 'group') {
    const group = groupRows(tasks).find(({ id }) => id === parent.groupId);
    return (group?.tasks ?? []).map(({ id }) => ({ kind: 'task', taskId: id }));
  }
  const task = parent.kind === 'task' ? tasks.find(({ id }) => id === parent.taskId) : undefined;
  if (task === undefined) return [];
  return [
    ...task.files.map(({ path }): TaskNode => ({ kind: 'file', taskId: task.id, path })),
    ...task.checks.map(({ name }): TaskNode => ({ kind: 'check', taskId: task.id, name })),
  ];
}
