// Points the refs of tasks at their commits, and says nothing twice: each time is a git of its own.
import type { TaskPlace } from '../tasks/ports.ts';
import { storeFolder } from './storeFolder.ts';
import type { StoreRefs } from './storeRefs.ts';

export class TaskRefs {
  readonly #dataFolder: string;
  readonly #refs: StoreRefs;
  /** The ref of each task that was pointed somewhere last. */
  readonly #newest = new Map<string, { readonly ref: string; readonly commit: string }>();

  constructor(dataFolder: string, refs: StoreRefs) {
    this.#dataFolder = dataFolder;
    this.#refs = refs;
  }

  async point(place: TaskPlace, ref: string, commit: string, signal: AbortSignal): Promise<void> {
    const { taskId, repositoryId } = place;
    const newest = this.#newest.get(taskId);
    if (newest?.ref === ref && newest.commit === commit) return;
    await this.#refs.point(storeFolder(this.#dataFolder, repositoryId), ref, commit, signal);
    this.#newest.set(taskId, { ref, commit });
  }

  /** Whether a ref of the task is known to keep the commit. */
  keeps(taskId: string, commit: string): boolean {
    return this.#newest.get(taskId)?.commit === commit;
  }

  forget(taskId: string): void {
    this.#newest.delete(taskId);
  }
}
