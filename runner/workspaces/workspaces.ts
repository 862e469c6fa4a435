// Each task's isolated clone, and the record of its work in the store.
import { mkdir, mkdtemp, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { namingDiskFull } from '../host/diskFull.ts';
import { readGit, runGit } from '../host/git.ts';
import type { TaskPlace, Workspaces } from '../tasks/ports.ts';
import { changedFiles } from './changedFiles.ts';
import { recordFiles, type Recording } from './recordFiles.ts';
import { removeFolder } from './removeFolder.ts';
import { makeSharedClone, type Author } from './sharedClone.ts';
import { storeFolder, taskRef, turnRef } from './storeFolder.ts';

export interface WorkspacesOptions {
  /** Absolute; the same as the stores'. */
  readonly dataFolder: string;
  /** Author and committer of every commit that is made for an agent. */
  readonly author: Author;
}

/**
 * The workspaces beneath `dataFolder`: `workspaces/<task>/files` is what the agent sees, its index for the store lies beside.
 * All but `folderOf` and `remove` throw KnownError `diskFull`, and GitError where git fails.
 */
export function createWorkspaces({ dataFolder, author }: WorkspacesOptions): Workspaces {
  const taskFolder = (taskId: string): string => join(dataFolder, 'workspaces', taskId);
  const checkoutsFolder = (taskId: string): string => join(dataFolder, 'checkouts', taskId);
  const storeOf = (place: TaskPlace): string => storeFolder(dataFolder, place.repositoryId);

  return {
    folderOf: (taskId) => join(taskFolder(taskId), 'files'),
    isThere: (taskId) => isThere(join(taskFolder(taskId), 'files')),
    prepare: (place, commit, signal) =>
      namingDiskFull(dataFolder, () =>
        makeWorkspace({ store: storeOf(place), commit, folder: taskFolder(place.taskId), author }, signal),
      ),
    checkpoint: (place, { turn, parent, at }, signal) =>
      namingDiskFull(dataFolder, async () => {
        const store = storeOf(place);
        const tree = await recordFiles(recordingIn(store, taskFolder(place.taskId), parent), signal);
        const message = `Turn ${turn}`;
        const commit = await commitTree(store, { tree, parent, message, at, author }, signal);
        await runGit(['update-ref', turnRef(place.taskId, turn), commit], { gitDir: store, signal });
        return { commit };
      }),
    commit: (place, commit, signal) =>
      namingDiskFull(dataFolder, async () => {
        const store = storeOf(place);
        const tree = await recordFiles(recordingIn(store, taskFolder(place.taskId), commit.parent), signal);
        const id = await commitTree(store, { ...commit, tree, author }, signal);
        await pointTaskRef(store, place.taskId, id, signal);
        const files = await changedFiles(store, { from: place.snapshot, to: id }, signal);
        return { commit: id, files };
      }),
    openCheckout: (place, commit, signal) =>
      namingDiskFull(dataFolder, () =>
        openCheckout(
          { store: storeOf(place), commit, parentFolder: checkoutsFolder(place.taskId), author },
          signal,
        ),
      ),
    deliver: (place, commit, signal) =>
      namingDiskFull(dataFolder, async () => ({
        ref: await pointTaskRef(storeOf(place), place.taskId, commit, signal),
      })),
    async remove(taskId) {
      await removeFolder(taskFolder(taskId));
      await removeFolder(checkoutsFolder(taskId));
    },
  };
}

function recordingIn(store: string, folder: string, parent: string): Recording {
  return { store, workTree: join(folder, 'files'), indexFile: join(folder, 'index'), parent };
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

interface WorkspaceRequest {
  readonly store: string;
  readonly commit: string;
  readonly folder: string;
  readonly author: Author;
}

/** Made aside and renamed, so that a workspace that is there is whole. What is left of a lost one goes. */
async function makeWorkspace(
  { store, commit, folder, author }: WorkspaceRequest,
  signal: AbortSignal,
): Promise<void> {
  if (await isThere(join(folder, 'files'))) return;
  await removeFolder(folder);
  const unfinished = `${folder}.new`;
  await removeFolder(unfinished);
  try {
    await makeSharedClone(
      {
        store,
        commit,
        folder: join(unfinished, 'files'),
        indexFile: join(unfinished, 'index'),
        author,
      },
      signal,
    );
    await rename(unfinished, folder);
  } finally {
    await removeFolder(unfinished);
  }
}

async function openCheckout(
  request: {
    readonly store: string;
    readonly commit: string;
    readonly parentFolder: string;
    readonly author: Author;
  },
  signal: AbortSignal,
): Promise<{ folder: string } & AsyncDisposable> {
  await mkdir(request.parentFolder, { recursive: true });
  const root = await mkdtemp(join(request.parentFolder, `${request.commit.slice(0, 10)}-`));
  const folder = join(root, 'files');
  const dispose = (): Promise<void> => removeFolder(root);
  try {
    await makeSharedClone({ ...request, folder, indexFile: join(root, 'index') }, signal);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { folder, [Symbol.asyncDispose]: dispose };
}

/** The same inputs make the same id: done again after a crash it finds the commit that it made before. */
async function commitTree(
  store: string,
  commit: {
    readonly tree: string;
    readonly parent: string;
    readonly message: string;
    readonly at: Date;
    readonly author: Author;
  },
  signal: AbortSignal,
): Promise<string> {
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

async function pointTaskRef(
  store: string,
  taskId: string,
  commit: string,
  signal: AbortSignal,
): Promise<string> {
  const ref = taskRef(taskId);
  await runGit(['update-ref', ref, commit], { gitDir: store, signal });
  return ref;
}
