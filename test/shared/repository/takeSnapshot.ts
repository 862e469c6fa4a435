// Takes snapshots for tests, and holds the user's things against what they were before.
import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Repository } from '../../../shared/repository/openRepository.ts';
import { takeSnapshot, type Snapshot } from '../../../shared/repository/snapshot.ts';
import { calm, userState, withVariable } from './scratchRepository.ts';

/** When the snapshots of tests are taken. */
export const now = new Date('2026-03-01T12:00:00Z');

export async function snapshotOf(
  repository: Repository,
  id = 'one',
  skip: readonly string[] = [],
): Promise<Snapshot> {
  return takeSnapshot(repository, { id, skip, now }, calm);
}

/** Takes a snapshot; the user's things must be as before and no temporary file left. */
export async function quietSnapshotOf(
  repository: Repository,
  skip: readonly string[] = [],
): Promise<Snapshot> {
  const before = await userState(repository);
  const temporary = join(dirname(repository.root), 'temporary');
  await mkdir(temporary, { recursive: true });
  const snapshot = await withVariable('TMPDIR', temporary, async () => snapshotOf(repository, 'one', skip));
  assert.deepEqual(await readdir(temporary), []);
  assert.deepEqual(await userState(repository), before);
  return snapshot;
}
