// Each task's isolated clone, and the record of its work in the store.
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { namingDiskFull } from '../host/diskFull.ts';
import { readGit } from '../host/git.ts';
import type { TaskPlace, Workspaces } from '../tasks/ports.ts';
import { isOfEarlierBoot, markBoot } from './bootMark.ts';
import { changedFiles } from './changedFiles.ts';
import { FoldersInUse } from './foldersInUse.ts';
import { recordFiles, type Recording } from './recordFiles.ts';
import { removeFolder } from './removeFolder.ts';
import { copyKeepingTime, makeSharedClone, type Author } from './sharedClone.ts';
import { checkoutsFolder, storeFolder, taskFolder, taskRef, turnRef } from './storeFolder.ts';
import type { StoreRefs } from './storeRefs.ts';

export interface WorkspacesOptions {
  /** Absolute; the same as the stores'. */
  readonly dataFolder: string;
  readonly refs: StoreRefs;
  /** Author and committer of every commit that is made for an agent. */
  readonly author: Author;
  /** Changes with every start of the machine; null where it can't be told. */
  readonly boot: string | null;
}

/** The workspaces with what their housekeeping needs. */
export interface KeptWorkspaces extends Workspaces {
  readonly inUse: FoldersInUse;
  /**
   * The commit that `checkpoint` would make, or `parent` itself where nothing changed; on no ref, and with an index of
   * its own, so that the task may be woken meanwhile.
   */
  readonly record: (
    place: TaskPlace,
    turn: { readonly turn: number; readonly parent: string; readonly at: Date },
    signal: AbortSignal,
  ) => Promise<string>;
  /** Keeps the commit as that of the turn. */
  readonly keep: (place: TaskPlace, turn: number, commit: string, signal: AbortSignal) => Promise<void>;
}

/**
 * The workspaces beneath `dataFolder`: `workspaces/<task>/files` is what the agent sees, its index for the store lies beside.
 * All but `folderOf` and `remove` throw KnownError `diskFull`, and GitError where git fails.
 */
export function createWorkspaces({ dataFolder, refs, author, boot }: WorkspacesOptions): KeptWorkspaces {
  const inUse = new FoldersInUse();
  const folderOf = (taskId: string): string => taskFolder(dataFolder, taskId);
  const storeOf = (place: TaskPlace): string => storeFolder(dataFolder, place.repositoryId);
  const keep: KeptWorkspaces['keep'] = (place, turn, commit, signal) =>
    refs.point(storeOf(place), turnRef(place.taskId, turn), commit, signal);
  const deliver: KeptWorkspaces['deliver'] = async (place, commit, signal) => {
    const ref = taskRef(place.taskId);
    await refs.point(storeOf(place), ref, commit, signal);
    return { ref };
  };

  return {
    inUse,
    keep,
    folderOf: (taskId) => join(folderOf(taskId), 'files'),
    whyLost: (taskId) => whyLost(folderOf(taskId), boot),
    prepare: (place, commit, signal) =>
      namingDiskFull(dataFolder, () => {
        const folder = folderOf(place.taskId);
        return makeWorkspace({ store: storeOf(place), commit, folder, author, boot }, inUse, signal);
      }),
    checkpoint: (place, turn, signal) =>
      namingDiskFull(dataFolder, async () => {
        const recording = recordingIn(storeOf(place), folderOf(place.taskId), turn.parent);
        const commit = await commitTurn(recording, { ...turn, author }, signal);
        await keep(place, turn.turn, commit, signal);
        return { commit };
      }),
    record: (place, turn, signal) =>
      namingDiskFull(dataFolder, async () => {
        const recording = recordingIn(storeOf(place), folderOf(place.taskId), turn.parent);
        const indexFile = `${recording.indexFile}.copy`;
        try {
          await copyKeepingTime(recording.indexFile, indexFile);
          return await commitTurn({ ...recording, indexFile }, { ...turn, author }, signal);
        } finally {
          await rm(indexFile, { force: true });
        }
      }),
    commit: (place, commit, signal) =>
      namingDiskFull(dataFolder, async () => {
        const store = storeOf(place);
        const tree = await recordFiles(recordingIn(store, folderOf(place.taskId), commit.parent), signal);
        const id = await commitTree(store, { ...commit, tree, author }, signal);
        await deliver(place, id, signal);
        const files = await changedFiles(store, { from: place.snapshot, to: id }, signal);
        return { commit: id, files };
      }),
    openCheckout: (place, commit, signal) =>
      namingDiskFull(dataFolder, () => {
        const parentFolder = checkoutsFolder(dataFolder, place.taskId);
        return openCheckout({ store: storeOf(place), commit, parentFolder, author }, inUse, signal);
      }),
    deliver: (place, commit, signal) => namingDiskFull(dataFolder, () => deliver(place, commit, signal)),
    async remove(taskId) {
      await inUse.remove(folderOf(taskId));
      await inUse.remove(checkoutsFolder(dataFolder, taskId));
    },
  };
}

function recordingIn(store: string, folder: string, parent: string): Recording & { parent: string } {
  return { store, workTree: join(folder, 'files'), indexFile: join(folder, 'index'), parent };
}

async function whyLost(folder: string, boot: string | null): ReturnType<Workspaces['whyLost']> {
  const isThere = (await stat(join(folder, 'files')).catch(() => undefined)) !== undefined;
  if (!isThere) return 'gone';
  return (await isOfEarlierBoot(folder, boot)) ? 'machineRestarted' : null;
}

interface WorkspaceRequest {
  readonly store: string;
  readonly commit: string;
  readonly folder: string;
  readonly author: Author;
}

/** Made aside and renamed, so that a workspace that is there is whole. What is left of a lost one goes. */
async function makeWorkspace(
  { store, commit, folder, author, boot }: WorkspaceRequest & Pick<WorkspacesOptions, 'boot'>,
  inUse: FoldersInUse,
  signal: AbortSignal,
): Promise<void> {
  if ((await whyLost(folder, boot)) === null) return;
  await inUse.remove(folder);
  const unfinished = `${folder}.new`;
  const clone = { store, commit, folder: join(unfinished, 'files'), indexFile: join(unfinished, 'index') };
  await inUse.hold(unfinished, async () => {
    await removeFolder(unfinished);
    try {
      await makeSharedClone({ ...clone, author }, signal);
      await markBoot(unfinished, boot);
      await rename(unfinished, folder);
    } finally {
      await removeFolder(unfinished);
    }
  });
}

async function openCheckout(
  request: {
    readonly store: string;
    readonly commit: string;
    readonly parentFolder: string;
    readonly author: Author;
  },
  inUse: FoldersInUse,
  signal: AbortSignal,
): Promise<{ folder: string } & AsyncDisposable> {
  const root = join(request.parentFolder, `${request.commit.slice(0, 10)}-${randomUUID().slice(0, 8)}`);
  const release = inUse.take(root);
  const folder = join(root, 'files');
  const dispose = async (): Promise<void> => {
    await inUse.remove(root);
    release();
    // It stays for as long as it has another one.
    await rmdir(request.parentFolder).catch(() => undefined);
  };
  try {
    await mkdir(root, { recursive: true });
    await makeSharedClone({ ...request, folder, indexFile: join(root, 'index') }, signal);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { folder, [Symbol.asyncDispose]: dispose };
}

async function commitTurn(
  recording: Recording & { readonly parent: string },
  { turn, parent, at, author }: Pick<TreeCommit, 'parent' | 'at' | 'author'> & { readonly turn: number },
  signal: AbortSignal,
): Promise<string> {
  const tree = await recordFiles(recording, signal);
  return commitTree(recording.store, { tree, parent, message: `Turn ${turn}`, at, author }, signal);
}

interface TreeCommit {
  readonly tree: string;
  readonly parent: string;
  readonly message: string;
  readonly at: Date;
  readonly author: Author;
}

/** The same inputs make the same id: done again after a crash it finds the commit that it made before. */
async function commitTree(store: string, commit: TreeCommit, signal: AbortSignal): Promise<string> {
  const { tree, parent, message, at, author } = commit;
  const parentTree = await readGit(['rev-parse', '--verify', `${parent}^{tree}`], { gitDir: store, signal });
  if (parentTree === tree) return parent;
  const date = `@${Math.floor(at.getTime() / 1_000)} +0000`;
  return readGit(['commit-tree', tree, '-p', parent, '-F', '-'], {
    gitDir: store,
    signal,
    input: message.replaceAll('\0', '').trimEnd() + '\n',
    env: {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
      GIT_COMMITTER_DATE: date,
    },
  });
}
