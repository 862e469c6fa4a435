// Each task's isolated clone, and the record of its work in the store.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { namingDiskFull } from '../host/diskFull.ts';
import { readGit } from '../host/git.ts';
import type { TaskPlace, Workspaces } from '../tasks/ports.ts';
import { changedFiles } from './changedFiles.ts';
import { changedTexts, findTexts } from './changedTexts.ts';
import { Clones } from './clones.ts';
import { FoldersInUse } from './foldersInUse.ts';
import { keepOut } from './keepOut.ts';
import { KnownTrees } from './knownTrees.ts';
import { recordFiles, type Recording } from './recordFiles.ts';
import { copyKeepingTime, type Author } from './sharedClone.ts';
import { checkoutsFolder, storeFolder, taskFolder, taskRef, turnRef } from './storeFolder.ts';
import type { StoreRefs } from './storeRefs.ts';
import { TaskRefs } from './taskRefs.ts';

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
  const trees = new KnownTrees();
  const clones = new Clones({ dataFolder, author, boot, inUse, trees });
  const taskRefs = new TaskRefs(dataFolder, refs);
  const folderOf = (taskId: string): string => taskFolder(dataFolder, taskId);
  const storeOf = (place: TaskPlace): string => storeFolder(dataFolder, place.repositoryId);
  const recordingOf = (place: TaskPlace, parent: string) =>
    recordingIn(storeOf(place), folderOf(place.taskId), parent, trees);
  /** What the work writes into the store, or borrows from it, stays there meanwhile. */
  const inStore = async <Result>(place: TaskPlace, signal: AbortSignal, work: () => Promise<Result>) =>
    refs.borrowers.share(storeOf(place), signal, () => namingDiskFull(dataFolder, work));
  const keep: KeptWorkspaces['keep'] = (place, turn, commit, signal) =>
    taskRefs.point(place, turnRef(place.taskId, turn), commit, signal);
  const deliver: KeptWorkspaces['deliver'] = async (place, commit, signal) => {
    const ref = taskRef(place.taskId);
    await taskRefs.point(place, ref, commit, signal);
    return { ref };
  };

  return {
    inUse,
    keep,
    folderOf: (taskId) => join(folderOf(taskId), 'files'),
    borrowedBy: (place) => clones.borrowedBy(place),
    whyLost: (taskId) => clones.whyLost(taskId),
    prepare: (place, commit, signal) =>
      inStore(place, signal, () => clones.makeWorkspace(place, commit, signal)),
    checkpoint: (place, turn, signal) =>
      inStore(place, signal, async () => {
        const recording = recordingOf(place, turn.parent);
        const commit = await commitTurn(recording, { ...turn, author }, signal);
        // Where nothing changed an earlier turn's ref keeps the commit already.
        if (!taskRefs.keeps(place.taskId, commit)) await keep(place, turn.turn, commit, signal);
        return { commit, tree: await trees.ofCommit(recording.store, commit, signal) };
      }),
    record: (place, turn, signal) =>
      inStore(place, signal, () => recordAside(recordingOf(place, turn.parent), { ...turn, author }, signal)),
    commit: (place, commit, signal) =>
      inStore(place, signal, async () => {
        const recording = recordingOf(place, commit.parent);
        const { id, tree, keptOut } = await commitWork(recording, { ...commit, author }, signal);
        await deliver(place, id, signal);
        const range = { from: place.snapshot, to: id };
        return { commit: id, tree, files: await changedFiles(recording.store, range, signal), keptOut };
      }),
    openCheckout: (place, commit, signal) =>
      inStore(place, signal, () => clones.openCheckout(place, commit, signal)),
    ...textsIn(storeOf),
    deliver: (place, commit, signal) => namingDiskFull(dataFolder, () => deliver(place, commit, signal)),
    async remove(taskId) {
      taskRefs.forget(taskId);
      await inUse.remove(folderOf(taskId));
      await inUse.remove(checkoutsFolder(dataFolder, taskId));
    },
  };
}

/** Read from the store, by the names of commits. */
function textsIn(storeOf: (place: TaskPlace) => string): Pick<Workspaces, 'changedTexts' | 'findTexts'> {
  return {
    changedTexts: (place, commit, signal) =>
      changedTexts(storeOf(place), { from: place.snapshot, to: commit }, signal),
    findTexts: (place, commit, words, signal) => findTexts(storeOf(place), commit, words, signal),
  };
}

type KnownRecording = Required<Recording>;

function recordingIn(store: string, folder: string, parent: string, trees: KnownTrees): KnownRecording {
  return { store, workTree: join(folder, 'files'), indexFile: join(folder, 'index'), parent, trees };
}

interface TurnCommit extends Pick<TreeCommit, 'parent' | 'at' | 'author'> {
  readonly turn: number;
}

/** With an index of its own. */
async function recordAside(
  recording: KnownRecording,
  turn: TurnCommit,
  signal: AbortSignal,
): Promise<string> {
  const indexFile = `${recording.indexFile}.copy`;
  try {
    await copyKeepingTime(recording.indexFile, indexFile);
    return await commitTurn({ ...recording, indexFile }, turn, signal);
  } finally {
    await rm(indexFile, { force: true });
  }
}

async function commitTurn(
  recording: KnownRecording,
  { turn, parent, at, author }: TurnCommit,
  signal: AbortSignal,
): Promise<string> {
  const tree = await recordFiles(recording, signal);
  return commitTree(recording, { tree, parent, message: `Turn ${turn}`, at, author }, signal);
}

/** A commit of the files as they are, but for what is protected. */
async function commitWork(
  recording: KnownRecording,
  commit: Parameters<Workspaces['commit']>[1] & { readonly author: Author },
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly tree: string; readonly keptOut: readonly string[] }> {
  const { parent, protectedPaths = [] } = commit;
  const recorded = await recordFiles(recording, signal);
  const indexFile = `${recording.indexFile}.allowed`;
  const allowed = { store: recording.store, tree: recorded, parent, indexFile, protectedPaths };
  const { tree, keptOut } = await keepOut(allowed, signal);
  return { id: await commitTree(recording, { ...commit, tree }, signal), tree, keptOut };
}

interface TreeCommit {
  readonly tree: string;
  readonly parent: string;
  readonly message: string;
  readonly at: Date;
  readonly author: Author;
}

/** The same inputs make the same id: done again after a crash it finds the commit that it made before. */
async function commitTree(
  { store, trees }: Pick<KnownRecording, 'store' | 'trees'>,
  commit: TreeCommit,
  signal: AbortSignal,
): Promise<string> {
  const { tree, parent, message, at, author } = commit;
  if ((await trees.ofCommit(store, parent, signal)) === tree) return parent;
  const date = `@${Math.floor(at.getTime() / 1_000)} +0000`;
  const id = await readGit(['commit-tree', tree, '-p', parent, '-F', '-'], {
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
  trees.rememberCommit(id, tree);
  return id;
}
