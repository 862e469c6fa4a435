// Where things lie in the data folder, and under which refs.
import { join } from 'node:path';

/**
 * Absolute folder of a repository's store, there or not: bare, trusted, out of every agent's reach. `repositoryId` is
 * that of `storeIdOf`: an owner's store of it.
 */
export function storeFolder(dataFolder: string, repositoryId: string): string {
  return join(dataFolder, 'stores', `${repositoryId}.git`);
}

/** Absolute folder of a task's workspace and of what belongs to it, there or not. */
export function taskFolder(dataFolder: string, taskId: string): string {
  return join(dataFolder, 'workspaces', taskId);
}

/** Absolute folder of a task's clean checkouts, there or not. */
export function checkoutsFolder(dataFolder: string, taskId: string): string {
  return join(dataFolder, 'checkouts', taskId);
}

/** Absolute folder of what the clones of a store's tasks may borrow, there or not; goes with the store. */
export function groundFolder(dataFolder: string, repositoryId: string): string {
  return join(dataFolder, 'grounds', repositoryId);
}

/** Absolute folder of what the set-ups of a store's tasks have made, there or not; goes with the store. */
export function setUpsFolder(dataFolder: string, repositoryId: string): string {
  return join(dataFolder, 'setUps', repositoryId);
}

/** The ref that keeps a task's newest commit, and with it all its work, from being pruned. */
export function taskRef(taskId: string): string {
  return `refs/nightjar/tasks/${taskId}`;
}

/** The ref that keeps the blob with a task's signed evidence. */
export function evidenceRef(taskId: string): string {
  return `refs/nightjar/evidence/${taskId}`;
}

/** The ref that keeps a snapshot. */
export function snapshotRef(commit: string): string {
  return `refs/nightjar/snapshots/${commit}`;
}

/** The files as they were after a turn; beside the tasks' refs, since git allows no ref inside another one's name. */
export function turnRef(taskId: string, turn: number): string {
  return `refs/nightjar/turns/${taskId}/${turn}`;
}
