// Takes a shipped bundle into a store: checked in quarantine first, then all of it or nothing.
import { createReadStream } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError } from '../../shared/errors/errors.ts';
import { refusalOf } from '../../shared/repository/objectFlaws.ts';
import { GitError, runGit } from '../host/git.ts';
import { readBundleHeader, type BundleHeader } from './bundleHeader.ts';
import { snapshotRef } from './storeFolder.ts';
import type { StoreRefs } from './storeRefs.ts';

export interface Shipment {
  readonly repositoryId: string;
  /** Commit id that the bundle must hold. */
  readonly snapshot: string;
  /** The bundle's name for it. */
  readonly ref: string;
  /** Commits that come without their parents. */
  readonly shallow: readonly string[];
  /** Absolute path of the bundle. */
  readonly file: string;
}

/** Flaws that old clients wrote into the history of well-known repositories, harmless to us. */
const forgivenFlaws = ['zeroPaddedFilemode', 'missingSpaceBeforeDate', 'badTimezone'];

/**
 * Imports the bundle and keeps its snapshot under `snapshotRef`. The caller holds the store's lock.
 * `git fetch` would do, but before git 2.46 it does not fsck what comes out of a bundle.
 * Throws KnownError `bundleCorrupted`, `objectsRefused`, `diskFull`; the store is then as it was.
 */
export async function receiveBundle(
  store: string,
  shipment: Shipment,
  refs: StoreRefs,
  signal: AbortSignal,
): Promise<void> {
  const quarantine = join(store, 'incoming');
  await rm(quarantine, { recursive: true, force: true });
  await mkdir(join(quarantine, 'pack'), { recursive: true });
  try {
    const header = await readBundleHeader(shipment.file);
    if (header.refs.get(shipment.ref) !== shipment.snapshot)
      throw new KnownError('bundleCorrupted', {
        detail: `it does not hold ${shipment.snapshot} as ${shipment.ref}`,
      });
    const shallowFile = await writeShallow(store, quarantine, shipment.shallow, signal);
    await unpack(store, quarantine, { shipment, header, shallowFile }, signal);
    await rename(shallowFile, join(store, 'shallow'));
    await movePacks(join(quarantine, 'pack'), join(store, 'objects', 'pack'));
    await refs.point(store, snapshotRef(shipment.snapshot), shipment.snapshot, signal);
  } catch (error) {
    throw error instanceof GitError
      ? (refusalOf(error.message) ?? new KnownError('bundleCorrupted', { detail: error.message }, error))
      : error;
  } finally {
    await rm(quarantine, { recursive: true, force: true });
  }
}

/** Which of the commits the store has. What is in a store is there with all its history, down to the shallow commits. */
export async function commitsIn(
  store: string,
  candidates: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  if (candidates.length === 0) return [];
  const { stdout } = await runGit(['cat-file', '--batch-check'], {
    gitDir: store,
    signal,
    input: `${candidates.join('\n')}\n`,
  });
  const present = stdout.toString('utf8').matchAll(/^([0-9a-f]+) commit \d+$/gm);
  return [...present].map((match) => match[1] ?? '');
}

/** Writes what the store's `shallow` shall become; a commit whose history is there already must not be cut off from it. */
async function writeShallow(
  store: string,
  quarantine: string,
  shallow: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const present = new Set(await commitsIn(store, shallow, signal));
  const before = await readFile(join(store, 'shallow'), 'utf8').catch(emptyIfMissing);
  const file = join(quarantine, 'shallow');
  const added = shallow.filter((commit) => !present.has(commit) && !before.includes(commit));
  await writeFile(file, before + added.map((commit) => `${commit}\n`).join(''));
  return file;
}

/** Unpacks into quarantine with every object checked, then makes sure that nothing the snapshot needs is missing. */
async function unpack(
  store: string,
  quarantine: string,
  {
    shipment,
    header,
    shallowFile,
  }: { readonly shipment: Shipment; readonly header: BundleHeader; readonly shallowFile: string },
  signal: AbortSignal,
): Promise<void> {
  const options = {
    gitDir: store,
    signal,
    env: {
      GIT_OBJECT_DIRECTORY: quarantine,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: join(store, 'objects'),
      GIT_SHALLOW_FILE: shallowFile,
    },
  };
  const pack = createReadStream(shipment.file, { start: header.packOffset });
  const strictness = forgivenFlaws.map((flaw) => `${flaw}=ignore`).join(',');
  await runGit(['index-pack', '--stdin', '--fix-thin', `--strict=${strictness}`], {
    ...options,
    input: pack,
  });
  await runGit(['rev-list', '--objects', '--quiet', shipment.snapshot, '--not', '--all'], options);
}

/** A pack counts from the moment its index is there, so that goes last. */
async function movePacks(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const names = await readdir(from);
  const isIndex = (name: string): number => Number(name.endsWith('.idx'));
  for (const name of names.sort((a, b) => isIndex(a) - isIndex(b)))
    await rename(join(from, name), join(to, name));
}

function emptyIfMissing(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
  throw error;
}
