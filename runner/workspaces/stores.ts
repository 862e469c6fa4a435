// The stores: takes shipped snapshots in, says what is there, and gives results and diffs out.
import { utimesSync } from 'node:fs';
import { mkdir, rename, stat, rm } from 'node:fs/promises';
import { KnownError } from '../../shared/errors/errors.ts';
import { namingDiskFull } from '../host/diskFull.ts';
import { readGit, runGit } from '../host/git.ts';
import { KeyedLock } from '../host/keyedLock.ts';
import { markPruned } from './pruneStore.ts';
import { commitsIn, receiveBundle, type Shipment } from './receiveBundle.ts';
import { evidenceRef, storeFolder, taskRef } from './storeFolder.ts';
import type { StoreRefs } from './storeRefs.ts';

const maxPatchBytes = 4 * 1024 * 1024;

export interface Stores {
  /** Which of the candidates (commit ids) the store has with their history; none where there is no store yet. */
  negotiate(repositoryId: string, candidates: readonly string[], signal: AbortSignal): Promise<string[]>;
  /** Throws KnownError `bundleCorrupted`, `objectsRefused`, `diskFull`; the store is then as it was. */
  receiveBundle(shipment: Shipment, signal: AbortSignal): Promise<void>;
  /**
   * Writes the task's newest commit as a bundle to `file`, without what the commits of `have` bring along; the signed
   * evidence of its last delivery goes along under a ref of its own.
   * Throws KnownError `resultMissing`, `diskFull`.
   */
  makeResultBundle(
    result: {
      readonly repositoryId: string;
      readonly taskId: string;
      readonly have: readonly string[];
      readonly file: string;
    },
    signal: AbortSignal,
  ): Promise<{ readonly ref: string; readonly commit: string }>;
  /** The change between two commits as a patch, cut at a line within 4 MiB. */
  diff(
    range: { readonly repositoryId: string; readonly from: string; readonly to: string },
    signal: AbortSignal,
  ): Promise<{ readonly patch: string; readonly isCut: boolean }>;
}

/** The stores beneath `dataFolder` (absolute, made where missing). */
export function createStores({
  dataFolder,
  refs,
}: {
  readonly dataFolder: string;
  readonly refs: StoreRefs;
}): Stores {
  const locks = new KeyedLock();
  return {
    async negotiate(repositoryId, candidates, signal) {
      const store = storeFolder(dataFolder, repositoryId);
      return touch(store) ? commitsIn(store, candidates, signal) : [];
    },
    async receiveBundle(shipment, signal) {
      const store = storeFolder(dataFolder, shipment.repositoryId);
      await locks.hold(store, signal, () =>
        refs.borrowers.share(store, signal, () =>
          namingDiskFull(dataFolder, async () => {
            await makeStore(store, shipment.snapshot, signal);
            await receiveBundle(store, shipment, refs, signal);
          }),
        ),
      );
    },
    async makeResultBundle({ repositoryId, taskId, have, file }, signal) {
      const store = storeFolder(dataFolder, repositoryId);
      const ref = taskRef(taskId);
      const commit = await commitOf(store, ref, signal);
      if (commit === null) throw new KnownError('resultMissing', { task: taskId });
      const excluded = await exclusions(store, commit, have, signal);
      const evidence = (await hasRef(store, evidenceRef(taskId), signal)) ? [evidenceRef(taskId)] : [];
      const input = [ref, ...evidence, ...excluded.map((id) => `^${id}`), ''].join('\n');
      await runGit(['bundle', 'create', '--quiet', file, '--stdin'], { gitDir: store, signal, input });
      return { ref, commit };
    },
    async diff({ repositoryId, from, to }, signal) {
      const flags = [
        '-r',
        '-p',
        '-M',
        '--no-ext-diff',
        '--no-textconv',
        '--no-color',
        '--ignore-submodules=none',
      ];
      const { stdout } = await runGit(['diff-tree', ...flags, '--end-of-options', from, to], {
        gitDir: storeFolder(dataFolder, repositoryId),
        signal,
        collectBytes: maxPatchBytes + 1,
      });
      const isCut = stdout.length > maxPatchBytes;
      const end = isCut ? stdout.lastIndexOf('\n', maxPatchBytes - 1) + 1 : stdout.length;
      return { patch: stdout.toString('utf8', 0, end), isCut };
    },
  };
}

/** Made aside and renamed, so that a store that is there is whole. */
async function makeStore(store: string, snapshot: string, signal: AbortSignal): Promise<void> {
  if (await isThere(store)) return;
  const unfinished = `${store}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const format = snapshot.length === 64 ? 'sha256' : 'sha1';
  await runGit(['init', '--bare', '--quiet', '--template=', `--object-format=${format}`], {
    gitDir: unfinished,
    signal,
  });
  // Tasks borrow objects from here: nothing may ever be collected behind their back.
  await runGit(['config', 'gc.auto', '0'], { gitDir: unfinished, signal });
  await markPruned(unfinished);
  await rename(unfinished, store);
}

/** What the bundle may leave out: git refuses to make an empty one, so the tip always travels. */
async function exclusions(
  store: string,
  commit: string,
  have: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const present = await commitsIn(store, have, signal);
  const input = [commit, ...present.map((id) => `^${id}`), ''].join('\n');
  const count = await readGit(['rev-list', '--count', '--stdin'], { gitDir: store, signal, input });
  if (count !== '0') return present;
  const parents = await readGit(['rev-parse', `${commit}^@`], { gitDir: store, signal });
  return parents.split('\n').filter((id) => id !== '');
}

async function commitOf(store: string, ref: string, signal: AbortSignal): Promise<string | null> {
  if (!(await isThere(store))) return null;
  const options = { gitDir: store, signal, acceptedExitCodes: [0, 1] };
  return (await readGit(['rev-parse', '--quiet', '--verify', `${ref}^{commit}`], options)) || null;
}

async function hasRef(store: string, ref: string, signal: AbortSignal): Promise<boolean> {
  const options = { gitDir: store, signal, acceptedExitCodes: [0, 1] };
  return (await readGit(['rev-parse', '--quiet', '--verify', ref], options)) !== '';
}

/** Tells that the store is in use, before anything else happens; false where there is none. */
function touch(store: string): boolean {
  const now = new Date();
  try {
    utimesSync(store, now, now);
    return true;
  } catch {
    return false;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
