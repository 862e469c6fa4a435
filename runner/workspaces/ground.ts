// The ground that clones stand on: copies of what they may borrow of a store, so that none can read another task's work.
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readGit, runGit } from '../host/git.ts';
import { KeyedLock } from '../host/keyedLock.ts';
import { commitsIn } from './receiveBundle.ts';
import { removeFolder } from './removeFolder.ts';
import { groundFolder, storeFolder } from './storeFolder.ts';

/** Which snapshot of which store a clone starts from. */
export interface GroundPlace {
  /** As the stores know the repository: by `storeIdOf`. */
  readonly repositoryId: string;
  /** Commit id. */
  readonly snapshot: string;
}

export interface LaidGround {
  /** Absolute object folders: all that is beneath the snapshot, and nothing else that was not in a commit of the user's. */
  readonly objects: readonly string[];
  /** Whether the snapshot names an earlier one as a parent, whose files are none of the clone's: its history ends there. */
  readonly isCut: boolean;
}

/**
 * A store holds the work of all tasks and every snapshot; git can't show a part of an object folder. So clones borrow from
 * two others: the history of the commits that snapshots were taken on, shared by all tasks of the store, and what one
 * snapshot has beyond. All of it can be made again from the store, by which no command ever comes.
 */
export class Ground {
  readonly #dataFolder: string;
  readonly #locks = new KeyedLock();

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /** Absolute object folders, laid or not. */
  objectsFor({ repositoryId, snapshot }: GroundPlace): readonly string[] {
    const folder = groundFolder(this.#dataFolder, repositoryId);
    return [historyIn(folder), snapshotIn(folder, snapshot)];
  }

  /** The caller keeps the store from being pruned meanwhile. */
  async lay(place: GroundPlace, signal: AbortSignal): Promise<LaidGround> {
    const folder = groundFolder(this.#dataFolder, place.repositoryId);
    const own = snapshotIn(folder, place.snapshot);
    if (!(await isThere(own)))
      await this.#locks.hold(folder, signal, async () => {
        if (await isThere(own)) return;
        await laySnapshot(storeFolder(this.#dataFolder, place.repositoryId), folder, place.snapshot, signal);
      });
    return { objects: this.objectsFor(place), isCut: await isThere(cutMarkIn(own)) };
  }
}

export function historyIn(ground: string): string {
  return join(ground, 'history');
}

/** The folder of what all snapshots have beyond the history, one folder each by its commit id. */
export function snapshotsIn(ground: string): string {
  return join(ground, 'snapshots');
}

function snapshotIn(ground: string, snapshot: string): string {
  return join(snapshotsIn(ground), snapshot);
}

function cutMarkIn(own: string): string {
  return join(own, 'info', 'cut');
}

/** Made aside and renamed: where a snapshot is there, the history that it rests on is, too. */
async function laySnapshot(
  store: string,
  ground: string,
  snapshot: string,
  signal: AbortSignal,
): Promise<void> {
  const line = await readGit(['rev-list', '--parents', '--max-count=1', snapshot], { gitDir: store, signal });
  const [, base, ...others] = line.split(' ');
  if (base !== undefined) await layHistory(store, ground, base, signal);
  const unfinished = `${snapshotIn(ground, snapshot)}.new`;
  await removeFolder(unfinished);
  await mkdir(join(unfinished, 'info'), { recursive: true });
  const packing = { store, objects: unfinished };
  if (base === undefined) await packRevisions(packing, [snapshot], signal);
  else await packObjects(packing, [], await ownObjects(store, { base, snapshot }, signal), signal);
  if (others.length > 0) await writeFile(cutMarkIn(unfinished), '');
  await rename(unfinished, snapshotIn(ground, snapshot));
}

/** Adds what the user's commit brings along, beyond the commits that are known to be there with all that is theirs. */
async function layHistory(store: string, ground: string, base: string, signal: AbortSignal): Promise<void> {
  const marks = join(ground, 'bases');
  const known = await readdir(marks).catch((): string[] => []);
  if (known.includes(base)) return;
  const present = await commitsIn(store, known, signal);
  const revisions = [base, ...present.map((id) => `^${id}`)];
  await packRevisions({ store, objects: historyIn(ground) }, revisions, signal);
  await mkdir(marks, { recursive: true });
  await writeFile(join(marks, base), '');
}

/** The snapshot, and all of its trees and files that its base has not in the same place. */
async function ownObjects(
  store: string,
  { base, snapshot }: { readonly base: string; readonly snapshot: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const flags = ['-r', '-t', '-z', '--raw', '--no-abbrev', '--no-renames', '--ignore-submodules=none'];
  const { stdout } = await runGit(['diff-tree', ...flags, '--end-of-options', base, snapshot], {
    gitDir: store,
    signal,
  });
  const changed = stdout.toString('latin1').matchAll(/:\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*\0[^\0]+\0/g);
  const submodule = '160000';
  const gone = '000000';
  const ids = [...changed].flatMap(([, mode, id = '']) => (mode === submodule || mode === gone ? [] : [id]));
  const tree = await readGit(['rev-parse', '--verify', `${snapshot}^{tree}`], { gitDir: store, signal });
  return [snapshot, tree, ...ids];
}

interface Packing {
  readonly store: string;
  /** Absolute object folder that gets the pack. */
  readonly objects: string;
  /** Settings of git for this pack alone. */
  readonly settings?: readonly string[];
}

/** Copies what the revisions reach out of the store, into a pack that needs nothing but what `^` excludes. */
export async function packRevisions(
  packing: Packing,
  revisions: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await packObjects(packing, ['--revs'], revisions, signal);
}

async function packObjects(
  { store, objects, settings = [] }: Packing,
  flags: readonly string[],
  lines: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const target = join(objects, 'pack');
  await mkdir(target, { recursive: true });
  // Differences that the store's packs hold are taken as they are; to look for more takes longer than it saves.
  const quick = [...settings, '-c', 'pack.window=0', '-c', 'pack.threads=1', '-c', 'pack.useBitmaps=false'];
  const args = ['pack-objects', ...flags, '--quiet', '--non-empty', '--delta-base-offset'];
  await runGit([...quick, ...args, join(target, 'pack')], {
    gitDir: store,
    signal,
    input: lines.map((line) => `${line}\n`).join(''),
    // What is unfinished lies where it will be, whatever disk that is.
    env: { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(store, 'objects') },
  });
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
