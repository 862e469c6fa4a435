// Packs a snapshot for shipping: only what the runner lacks, without history where it has none.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { KnownError } from '../errors/errors.ts';
import type { Repository } from './openRepository.ts';
import { planShipment } from './shipment.ts';
import type { Snapshot } from './snapshot.ts';
import { GitFailure, readGit } from './userGit.ts';

/** With bitmaps git would leave out what lies anywhere behind `have`; a runner with a cut history may lack it. */
const noBitmaps = ['-c', 'pack.useBitmaps=false'];

/**
 * For a runner that has nothing: two versions of a file are still packed as one and a difference. Looking among
 * ten files for each other's differences, as git does of itself, takes twice the time for 3 % fewer bytes.
 */
const quickPacking = ['-c', 'pack.window=1'];

export interface BundleRequest {
  readonly snapshot: Snapshot;
  /** Commits that the runner has with all they need; empty for a runner that has none. */
  readonly have: readonly string[];
  /** Absolute path to write to. */
  readonly file: string;
}

export interface Bundle {
  readonly file: string;
  readonly sizeBytes: number;
  /** Of the file, in hex. */
  readonly sha256: string;
  /** Commits that come without their parents: the receiver must add them to its `shallow` file before it fetches. */
  readonly shallow: readonly string[];
  readonly isShallow: boolean;
}

/**
 * Writes a bundle with the one ref of the snapshot. Without common history it holds the snapshot, its base and
 * nothing before; else what `have` lacks. Objects that a partial clone lacks are not fetched.
 * Throws KnownError snapshotFailed with git's words.
 */
export async function createBundle(
  repository: Repository,
  request: BundleRequest,
  signal: AbortSignal,
): Promise<Bundle> {
  const { snapshot, have, file } = request;
  const shallowFile = `${file}.shallow`;
  try {
    const { revisions, env, shallow } = await planShipment(
      repository,
      snapshot,
      { have, shallowFile },
      signal,
    );
    const packing = have.length === 0 ? [...noBitmaps, ...quickPacking] : noBitmaps;
    const args = [...packing, 'bundle', 'create', '--quiet', file, ...revisions];
    await readGit(repository.root, args, { signal, env });
    const { size } = await stat(file);
    return {
      file,
      sizeBytes: size,
      sha256: await hashOf(file, signal),
      shallow,
      isShallow: shallow.length > 0,
    };
  } catch (error) {
    if (error instanceof GitFailure) throw new KnownError('snapshotFailed', { detail: error.message }, error);
    throw error;
  } finally {
    await rm(shallowFile, { force: true });
  }
}

async function hashOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
