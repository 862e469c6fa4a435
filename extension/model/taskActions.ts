// What a person can do with a task in its present state: menus, pickers and the panel ask here.
import { hasEnded, isAtLimit } from '../../shared/task/hasEnded.ts';
import { allowableHosts } from './taskAccess.ts';
import type { Task } from '../../shared/task/task.ts';

export type TaskAction =
  | 'open'
  | 'reply'
  | 'stop'
  | 'review'
  | 'checkOut'
  | 'runAgain'
  | 'extendBudget'
  | 'prioritize'
  | 'allowHosts'
  | 'showProblems'
  | 'markDone'
  | 'delete'
  | 'showLog';

/** True while the runner works on the task, or will without anybody's doing. */
export function isRunning(task: Pick<Task, 'status'>): boolean {
  return !hasEnded(task) && task.status !== 'needsInput';
}

/** Every action that makes sense now, in the order in which menus show them. */
export function actionsOf(task: Task): readonly TaskAction[] {
  const isActive = !hasEnded(task);
  const hasBranch = task.ref !== null && task.commit !== null;
  const possible: Readonly<Record<TaskAction, boolean>> = {
    open: true,
    reply: true,
    stop: isActive,
    review: hasBranch,
    checkOut: hasBranch,
    runAgain: !isActive,
    extendBudget: isActive || isAtLimit(task),
    allowHosts: allowableHosts(task).length > 0,
    showProblems: task.checks.some(({ problemCount }) => problemCount > 0),
    prioritize: task.status === 'queued',
    markDone: !isActive && task.status !== 'done',
    delete: !isActive,
    showLog: true,
  };
  return (Object.keys(possible) as TaskAction[]).filter((action) => possible[action]);
}

/**
 * The flags by which the manifest's menus choose: the status and one `can…` for each action,
 * separated by blanks (`viewItem =~ /\bcanStop\b/`).
 */
export function contextValueOf(task: Task): string {
  const flags = actionsOf(task).map((action) => `can${action.charAt(0).toUpperCase()}${action.slice(1)}`);
  return ['task', task.status, ...flags].join(' ');
}
