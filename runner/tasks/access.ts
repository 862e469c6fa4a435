// Whose a task is and who else may have it: decided from names, scopes and what the task's events say.
import { includesScope, type Scope } from '../../shared/protocol/scopes.ts';
import type { Task } from '../../shared/task/task.ts';

/** Who asks for something: the holder of a token. */
export interface Caller {
  /** The name of the token; null for the runner's own, which lies in its data folder. */
  readonly name: string | null;
  readonly scope: Scope;
}

export type Owned = Pick<Task, 'owner' | 'sharedSince'>;

/** Whether the task was handed off by the caller, or the caller runs the runner. */
export function mayOwn(caller: Caller, { owner }: Pick<Task, 'owner'>): boolean {
  return seesAll(caller) || (owner ?? null) === caller.name;
}

export function maySee(caller: Caller, task: Owned): boolean {
  return task.sharedSince !== undefined || mayOwn(caller, task);
}

/** True for those who run the runner. */
export function seesAll({ scope }: Caller): boolean {
  return includesScope(scope, 'admin');
}

/**
 * Names the store of a repository. Every owner has one of their own: what one has shipped must not show in what the
 * runner says that it has to another, who may call a repository by any id. The runner's own bears the plain id.
 */
export function storeIdOf(repositoryId: string, owner: string | null = null): string {
  return owner === null ? repositoryId : `${repositoryId}-${owner}`;
}
