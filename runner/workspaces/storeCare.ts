// Keeps the stores fast, and never loses an object: workspaces borrow them without any ref that says so.
import { statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '../host/git.ts';
import type { FoldersInUse } from './foldersInUse.ts';

/** Packs above which each look-up gets noticeably slower. */
const manyPacks = 20;
/** Objects in files of their own, of one in 256: some 2 000 in all, which take 8 MB for what a pack holds in 200 KB. */
const manyLooseSampled = 8;
const sample = '17';

/** Milliseconds after which no git can own a lock or an unfinished file: each is ended after ten minutes. */
const staleMs = 15 * 60_000;

/** Milliseconds that the store of a repository without a task waits for the next hand-off, which it makes quick. */
const unusedMs = 30 * 24 * 3_600_000;

/** Absolute folders of all stores. */
export async function storesIn(dataFolder: string): Promise<readonly string[]> {
  const folder = join(dataFolder, 'stores');
  return (await namesIn(folder))
    .filter((name) => /^[0-9a-f]{32}(-[a-z0-9-]{1,32})?\.git$/.test(name))
    .map((name) => join(folder, name));
}

/**
 * Puts what lies scattered into few packs; true if it did. All objects are kept, reachable or not. `objects`: absolute, the
 * store's own where nothing is said.
 * Git before 2.32 does not know how and leaves the store as it is.
 */
export async function repackMany(
  store: string,
  signal: AbortSignal,
  objects = join(store, 'objects'),
): Promise<boolean> {
  const packs = (await namesIn(join(objects, 'pack'))).filter((name) => name.endsWith('.pack'));
  const loose = await namesIn(join(objects, sample));
  if (packs.length < manyPacks && loose.length < manyLooseSampled) return false;
  const repack = ['-c', 'pack.threads=1', 'repack', '-d', '-q', '--geometric=2'];
  const usageError = 129;
  const env = { GIT_OBJECT_DIRECTORY: objects };
  const options = { gitDir: store, signal, env, acceptedExitCodes: [0, usageError] };
  const { exitCode } = await runGit(repack, options);
  return exitCode === 0;
}

/** Locks, and a shipment in quarantine: of a git that runs, or of one that was killed. */
export async function unfinishedIn(store: string): Promise<readonly string[]> {
  const isUnfinished = (name: string): boolean => name.endsWith('.lock') || name === 'incoming';
  const refs = await readdir(join(store, 'refs'), { recursive: true }).catch(() => []);
  const found = await Promise.all(
    ['', 'objects', 'objects/info', 'objects/pack'].map(async (folder) =>
      (await namesIn(join(store, folder))).filter(isUnfinished).map((name) => join(store, folder, name)),
    ),
  );
  return [...found.flat(), ...refs.filter(isUnfinished).map((name) => join(store, 'refs', name))];
}

/** Locks and files that were never finished, so old that no git can own them any more. */
export async function staleIn(store: string, now: Date): Promise<readonly string[]> {
  const folders = (await namesIn(join(store, 'objects'))).filter((name) => /^([0-9a-f]{2}|pack)$/.test(name));
  const isTemporary = (name: string): boolean => name.startsWith('tmp_') || name.startsWith('.tmp-');
  const found = (await unfinishedIn(store)).filter((path) => path.endsWith('.lock'));
  for (const folder of folders.map((name) => join(store, 'objects', name)))
    found.push(...(await namesIn(folder)).filter(isTemporary).map((name) => join(folder, name)));
  const times = await Promise.all(
    found.map((file) =>
      stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => Infinity,
      ),
    ),
  );
  return found.filter((_, index) => (times[index] ?? Infinity) < now.getTime() - staleMs);
}

/** Removes the store if nothing was shipped to it and nobody asked for it for a month; true if so. Decides at once. */
export function removeIfUnused(store: string, inUse: FoldersInUse, now: Date): Promise<void> | null {
  const { mtimeMs } = statSync(store, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
  return mtimeMs < now.getTime() - unusedMs ? inUse.remove(store) : null;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
