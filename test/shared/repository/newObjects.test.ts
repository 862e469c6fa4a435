// What a snapshot has beyond an earlier one of the same commit arrives whole, and nothing else is sent.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { createBundle, type Bundle } from '../../../shared/repository/bundle.ts';
import { newObjects } from '../../../shared/repository/newObjects.ts';
import { takeSnapshot, type Snapshot } from '../../../shared/repository/snapshot.ts';
import { bareStore, type BareStore } from './bareStore.ts';
import {
  calm,
  filesOfFolder,
  filesOfTree,
  git,
  runGitAnyway,
  ScratchRepository,
} from './scratchRepository.ts';

let count = 0;

async function snapshotOf(scratch: ScratchRepository): Promise<Snapshot> {
  count += 1;
  const now = new Date(1_800_000_000_000 + count * 1000);
  return takeSnapshot(await scratch.open(), { id: `s${count}`, skip: [], now }, calm);
}

async function ship(
  scratch: ScratchRepository,
  store: BareStore,
  snapshot: Snapshot,
  have: readonly string[],
): Promise<Bundle> {
  const file = join(scratch.folder, `${snapshot.commit}.bundle`);
  const bundle = await createBundle(await scratch.open(), { snapshot, have, file }, calm);
  await store.receive(bundle, snapshot.ref);
  return bundle;
}

/** Ships a first snapshot to a store that has nothing. */
async function shipFirst(scratch: ScratchRepository) {
  await scratch.write('changed.txt', 'work');
  const store = await bareStore(scratch, 'store');
  const first = await snapshotOf(scratch);
  await ship(scratch, store, first, []);
  return { store, first };
}

describe('what is new in a snapshot', () => {
  it('arrives whole, whatever was done since', async () => {
    const edit = fc.record({
      path: fc.constantFrom('a', 'a/b', 'd/e', 'd/f/g', 'new\nline', '"q"', 'ö/ü', `long/${'x'.repeat(200)}`),
      content: fc.option(fc.constantFrom('', 'a', 'x', 'one\ntwo\n', '\0binary')),
    });
    const rounds = fc.array(fc.array(edit, { maxLength: 4 }), { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(rounds, async (all) => {
      await using scratch = await ScratchRepository.with({ a: 'a', 'd/e': 'e', 'd/f/g': 'g' });
      const { store, first } = await shipFirst(scratch);
      const have = [first.commit, first.base];
      for (const edits of all) {
        for (const { path, content } of edits) {
          await rm(join(scratch.root, path), { recursive: true, force: true }).catch(() => undefined);
          // A file may stand where a folder would be needed.
          if (content !== null) await scratch.write(path, content).catch(() => undefined);
        }
        const snapshot = await snapshotOf(scratch);
        assert.notEqual(await newObjects(scratch, snapshot, have, calm), null);
        await ship(scratch, store, snapshot, have);
        assert.deepEqual(await filesOfTree(store.folder, snapshot.commit), await filesOfFolder(scratch.root));
        have.unshift(snapshot.commit);
      }
    });
    await fc.assert(property, { numRuns: 8 });
  }).timeout(120_000);

  it('is next to nothing where a large file became again what it is in the base', async () => {
    const large = randomBytes(100_000).toString('hex');
    await using scratch = await ScratchRepository.with({ 'large.txt': large });
    const store = await bareStore(scratch, 'store');
    await scratch.write('large.txt', 'emptied');
    const first = await snapshotOf(scratch);
    await ship(scratch, store, first, []);
    await scratch.write('large.txt', large);
    const { sizeBytes } = await ship(scratch, store, await snapshotOf(scratch), [first.commit, first.base]);
    assert.ok(sizeBytes < 1024, `${sizeBytes} bytes`);
  });

  it('is a difference where a large file was changed', async () => {
    const large = randomBytes(100_000).toString('hex');
    await using scratch = await ScratchRepository.with({ 'large.txt': large });
    const { store, first } = await shipFirst(scratch);
    await scratch.write('large.txt', `${large}changed`);
    const { sizeBytes } = await ship(scratch, store, await snapshotOf(scratch), [first.commit, first.base]);
    assert.ok(sizeBytes < 1024, `${sizeBytes} bytes`);
  });

  it('leaves commits of submodules to their own repositories', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a' });
    const { store, first } = await shipFirst(scratch);
    await using library = await ScratchRepository.with({ 'lib.txt': 'x' });
    await mkdir(join(scratch.root, 'library'));
    await git(scratch.root, 'clone', '--quiet', library.root, 'library');
    await scratch.git('update-index', '--add', '--cacheinfo', `160000,${await headOf(library)},library`);
    const snapshot = await snapshotOf(scratch);
    await ship(scratch, store, snapshot, [first.commit, first.base]);
    assert.match(await git(store.folder, 'ls-tree', snapshot.commit, 'library'), /^160000 commit/);
  });

  it('is told only of snapshots of a commit that the runner has', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a' });
    const { store, first } = await shipFirst(scratch);
    await scratch.commit('further');
    await scratch.write('a.txt', 'b');
    const second = await snapshotOf(scratch);
    const have = [first.commit, first.base];
    assert.equal(await newObjects(scratch, second, have, calm), null);
    assert.equal(await newObjects(scratch, second, [...have, second.base], calm), null, 'of another commit');
    await ship(scratch, store, second, have);
    assert.match(await git(store.folder, 'log', '--format=%s', second.commit), /further/);
  });

  it('would not arrive where the runner had not what it says', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a' });
    const { first } = await shipFirst(scratch);
    await scratch.write('a.txt', 'b');
    const second = await snapshotOf(scratch);
    const other = await bareStore(scratch, 'other');
    await git(other.folder, 'fetch', '--quiet', scratch.root, 'main:refs/heads/main');
    await assert.rejects(ship(scratch, other, second, [first.commit, first.base]));
    assert.notEqual((await runGitAnyway(other.folder, 'cat-file', '-e', second.ref)).exitCode, 0);
    await ship(scratch, other, second, [first.base]);
  });
});

async function headOf(scratch: ScratchRepository): Promise<string> {
  return (await scratch.git('rev-parse', 'HEAD')).trim();
}
