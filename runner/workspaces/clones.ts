// Makes the clones in which tasks work and are checked, and knows when one is lost.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkout, TaskPlace, Workspaces } from '../tasks/ports.ts';
import { isOfEarlierBoot, markBoot } from './bootMark.ts';
import type { FoldersInUse } from './foldersInUse.ts';
import { Ground } from './ground.ts';
import type { KnownTrees } from './knownTrees.ts';
import { removeFolder } from './removeFolder.ts';
import { makeSharedClone, type Author, type CloneRequest } from './sharedClone.ts';
import { checkoutsFolder, storeFolder, taskFolder } from './storeFolder.ts';

export interface ClonesOptions {
  /** Absolute. */
  readonly dataFolder: string;
  readonly author: Author;
  /** Changes with every start of the machine; null where it can't be told. */
  readonly boot: string | null;
  readonly inUse: FoldersInUse;
  readonly trees: KnownTrees;
}

/** Whoever has one made keeps the store from being pruned meanwhile. */
export class Clones {
  readonly #options: ClonesOptions;
  readonly #ground: Ground;

  constructor(options: ClonesOptions) {
    this.#options = options;
    this.#ground = new Ground(options.dataFolder);
  }

  /** Absolute object folders that clones of the task borrow. */
  borrowedBy(place: TaskPlace): readonly string[] {
    const { dataFolder } = this.#options;
    const laid = this.#ground.objectsFor(place);
    if (!isOfEarlierVersion(taskFolder(dataFolder, place.taskId))) return laid;
    return [...laid, join(storeFolder(dataFolder, place.repositoryId), 'objects')];
  }

  async whyLost(taskId: string): ReturnType<Workspaces['whyLost']> {
    const folder = taskFolder(this.#options.dataFolder, taskId);
    const isThere = (await stat(join(folder, 'files')).catch(() => undefined)) !== undefined;
    if (!isThere) return 'gone';
    return (await isOfEarlierBoot(folder, this.#options.boot)) ? 'machineRestarted' : null;
  }

  /** Made aside and renamed, so that a workspace that is there is whole. What is left of a lost one goes. */
  async makeWorkspace(place: TaskPlace, commit: string, signal: AbortSignal): Promise<void> {
    if ((await this.whyLost(place.taskId)) === null) return;
    const { dataFolder, inUse, trees, boot } = this.#options;
    const folder = taskFolder(dataFolder, place.taskId);
    await inUse.remove(folder);
    const unfinished = `${folder}.new`;
    await inUse.hold(unfinished, async () => {
      await removeFolder(unfinished);
      try {
        const request = await this.#requestFor(place, commit, unfinished, signal);
        await makeSharedClone(request, signal);
        await writeFile(groundMarkIn(unfinished), '');
        await markBoot(unfinished, boot);
        await rename(unfinished, folder);
        const tree = await trees.ofCommit(request.store, commit, signal);
        await trees.rememberIndex(join(folder, 'index'), tree);
      } finally {
        await removeFolder(unfinished);
      }
    });
  }

  async openCheckout(place: TaskPlace, commit: string, signal: AbortSignal): Promise<Checkout> {
    const { dataFolder, inUse } = this.#options;
    const parentFolder = checkoutsFolder(dataFolder, place.taskId);
    const root = join(parentFolder, `${commit.slice(0, 10)}-${randomUUID().slice(0, 8)}`);
    const release = inUse.take(root);
    const dispose = async (): Promise<void> => {
      await inUse.remove(root);
      release();
      // It stays for as long as it has another one.
      await rmdir(parentFolder).catch(() => undefined);
    };
    try {
      await mkdir(root, { recursive: true });
      const request = await this.#requestFor(place, commit, root, signal);
      await makeSharedClone(request, signal);
      return { folder: request.folder, [Symbol.asyncDispose]: dispose };
    } catch (error) {
      await dispose();
      throw error;
    }
  }

  async #requestFor(
    place: TaskPlace,
    commit: string,
    root: string,
    signal: AbortSignal,
  ): Promise<CloneRequest> {
    const { dataFolder, author } = this.#options;
    return {
      store: storeFolder(dataFolder, place.repositoryId),
      ground: await this.#ground.lay(place, signal),
      snapshot: place.snapshot,
      ...{ commit, author },
      folder: join(root, 'files'),
      indexFile: join(root, 'index'),
    };
  }
}

/** Earlier versions let workspaces borrow from the store itself. One that is there still needs that, until it is made again. */
function isOfEarlierVersion(folder: string): boolean {
  return existsSync(join(folder, 'files')) && !existsSync(groundMarkIn(folder));
}

function groundMarkIn(folder: string): string {
  return join(folder, 'ground');
}
