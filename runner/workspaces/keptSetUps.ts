// What set-ups have made, on disk: one folder each, whole or not there, with when it was last used.
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { blockedHostSchema } from '../../shared/task/events.ts';
import { isOfEarlierBoot, markBoot } from './bootMark.ts';
import { isAside, type FoldersInUse } from './foldersInUse.ts';
import { removeFolder } from './removeFolder.ts';
import { setUpsFolder } from './storeFolder.ts';

const factsSchema = z.object({
  /** Bytes on disk. */
  bytes: z.number(),
  /** Where in a workspace it lies: relative paths of the topmost files and folders that it made. */
  made: z.array(z.string()),
  /** What it was kept from. */
  blocked: z.array(blockedHostSchema),
});

/** What is known of a kept set-up. */
export type SetUpFacts = z.infer<typeof factsSchema>;

export interface KeptSetUp {
  /** Absolute; holds `workspace` and `home`. */
  readonly folder: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly usedAtMs: number;
}

const unfinishedName = '.new-';

/** Whether the folder is one that was not finished, or was being removed. */
export function isUnfinished(folder: string): boolean {
  return folder.includes(unfinishedName) || isAside(folder);
}

export class KeptSetUps {
  readonly #dataFolder: string;
  readonly #inUse: FoldersInUse;
  readonly #boot: string | null;

  constructor(dataFolder: string, inUse: FoldersInUse, boot: string | null) {
    this.#dataFolder = dataFolder;
    this.#inUse = inUse;
    this.#boot = boot;
  }

  folderOf(repositoryId: string, key: string): string {
    return join(setUpsFolder(this.#dataFolder, repositoryId), key);
  }

  /** Does the work with the kept set-up, which stays meanwhile; null where there is none. */
  async use<Result>(folder: string, work: (facts: SetUpFacts) => Promise<Result>): Promise<Result | null> {
    return this.#inUse.hold(folder, async () => {
      const facts = await readFacts(folder);
      if (facts === null) return null;
      // Nobody has flushed its files: a power cut may have taken their end.
      if (await isOfEarlierBoot(folder, this.#boot)) {
        await this.#inUse.remove(folder);
        return null;
      }
      const now = new Date();
      await utimes(factsIn(folder), now, now);
      return work(facts);
    });
  }

  /** Fills a folder aside, which takes its place once it is whole; `fill` returns null to leave it. */
  async add(folder: string, fill: (unfinished: string) => Promise<SetUpFacts | null>): Promise<boolean> {
    const unfinished = `${folder}${unfinishedName}${randomUUID().slice(0, 8)}`;
    return this.#inUse.hold(unfinished, async () => {
      try {
        const facts = await fill(unfinished);
        if (facts === null) return false;
        await writeFile(factsIn(unfinished), JSON.stringify(facts));
        await markBoot(unfinished, this.#boot);
        await rename(unfinished, folder);
        return true;
      } finally {
        await removeFolder(unfinished);
      }
    });
  }
}

/** All that are kept in the data folder (absolute). */
export async function keptIn(dataFolder: string): Promise<readonly KeptSetUp[]> {
  const folders = (await setUpFolders(dataFolder)).filter((folder) => !isUnfinished(folder));
  const kept = await Promise.all(
    folders.map(async (folder) => {
      const facts = await readFacts(folder);
      const found = await stat(factsIn(folder)).catch(() => undefined);
      return { folder, bytes: facts?.bytes ?? 0, usedAtMs: found?.mtimeMs ?? 0 };
    }),
  );
  return kept;
}

/** Absolute folders, one for each set-up, whole or not. */
export async function setUpFolders(dataFolder: string): Promise<readonly string[]> {
  const root = join(dataFolder, 'setUps');
  const stores = await readdir(root).catch(() => []);
  const ofStores = await Promise.all(
    stores.map(async (store) =>
      (await readdir(join(root, store)).catch(() => [])).map((name) => join(root, store, name)),
    ),
  );
  return ofStores.flat();
}

async function readFacts(folder: string): Promise<SetUpFacts | null> {
  try {
    return factsSchema.parse(JSON.parse(await readFile(factsIn(folder), 'utf8')));
  } catch {
    return null;
  }
}

function factsIn(folder: string): string {
  return join(folder, 'facts.json');
}
