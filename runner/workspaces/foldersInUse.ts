// Which folders this runner makes, uses or removes right now: any other that belongs to no task is left over.
import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { sep } from 'node:path';
import { removeFolder } from './removeFolder.ts';

export class FoldersInUse {
  readonly #folders = new Set<string>();

  /** Whether the folder (absolute) or one beneath it is in use. */
  has(folder: string): boolean {
    return [...this.#folders].some((used) => used === folder || used.startsWith(folder + sep));
  }

  /** Holds the folder (absolute) while the work goes on. */
  async hold<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
    const release = this.take(folder);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** Holds the folder until the returned function is called. */
  take(folder: string): () => void {
    this.#folders.add(folder);
    return () => {
      this.#folders.delete(folder);
    };
  }

  /** Removes the folder. It leaves its place at once and as a whole, so that nobody ever finds half of it there. */
  async remove(folder: string): Promise<void> {
    const aside = setAside(folder);
    await this.hold(aside, () => removeFolder(aside));
  }
}

/** What a folder is called while it is removed; no task's name has a dot. */
const asideName = '.gone-';

/** Whether the folder was on its way to be removed. */
export function isAside(folder: string): boolean {
  return folder.includes(asideName);
}

function setAside(folder: string): string {
  if (isAside(folder)) return folder;
  const aside = `${folder}${asideName}${randomUUID().slice(0, 8)}`;
  try {
    renameSync(folder, aside);
    return aside;
  } catch {
    // It is not there; or a program holds it open, on Windows, and it goes as far as it can.
    return folder;
  }
}
