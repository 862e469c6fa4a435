// Where the trusted bare repositories lie: one per repository, without a work tree, out of every agent's reach.
import { join } from 'node:path';

/** Absolute folder of a repository's store, there or not. */
export function storeFolder(dataFolder: string, repositoryId: string): string {
  return join(dataFolder, 'stores', `${repositoryId}.git`);
}

/** The ref that keeps a task's newest commit, and with it all its work, from being pruned. */
export function taskRef(taskId: string): string {
  return `refs/nightjar/tasks/${taskId}`;
}

/** The ref that keeps a snapshot. */
export function snapshotRef(commit: string): string {
  return `refs/nightjar/snapshots/${commit}`;
}

/** The files as they were after a turn; beside the tasks' refs, since git allows no ref inside another one's name. */
export function turnRef(taskId: string, turn: number): string {
  return `refs/nightjar/turns/${taskId}/${turn}`;
}
