// Bundles arrive right in a bare store that knows nothing, something, or only an earlier snapshot.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBundle, type Bundle } from '../../../shared/repository/bundle.ts';
import { haveCandidates } from '../../../shared/repository/candidates.ts';
import { openRepository, type Repository } from '../../../shared/repository/openRepository.ts';
import { takeSnapshot, type Snapshot } from '../../../shared/repository/snapshot.ts';
import { bareStore, type BareStore } from './bareStore.ts';
import {
  calm,
  filesOfFolder,
  filesOfTree,
  git,
  runGitAnyway,
  ScratchRepository,
  userState,
} from './scratchRepository.ts';

/** Five commits, each with a kilobyte that doesn't compress, and some work on top. */
async function project(): Promise<ScratchRepository> {
  const scratch = await ScratchRepository.with({ 'file.txt': '0' });
  for (let number = 1; number < 5; number += 1) {
    await scratch.write('file.txt', String(number));
    await scratch.write('large.bin', randomBytes(1024));
    await scratch.commit(`commit ${number}`);
  }
  await scratch.write('file.txt', 'work');
  await scratch.write('untracked.bin', randomBytes(5000));
  return scratch;
}

let count = 0;

async function snapshotOf(repository: Repository): Promise<Snapshot> {
  count += 1;
  return takeSnapshot(
    repository,
    { id: `s${count}`, skip: [], now: new Date(1_800_000_000_000 + count * 1000) },
    calm,
  );
}

/** Asks the store what it has, ships the rest, and holds what arrived against the working tree. */
async function ship(repository: Repository, store: BareStore, snapshot: Snapshot): Promise<Bundle> {
  const have = await store.known(await haveCandidates(repository, snapshot.base, calm));
  const before = await userState(repository);
  const file = `${store.folder}-${snapshot.commit}.bundle`;
  const bundle = await createBundle(repository, { snapshot, have, file }, calm);
  assert.deepEqual(await userState(repository), before);
  const content = await readFile(file);
  assert.equal(bundle.sizeBytes, content.length);
  assert.equal(bundle.sha256, createHash('sha256').update(content).digest('hex'));
  await store.receive(bundle, snapshot.ref);
  assert.deepEqual(await filesOfTree(store.folder, snapshot.commit), await filesOfFolder(repository.root));
  const parent = (await git(store.folder, 'log', '-1', '--format=%P', snapshot.commit)).trim().split(' ')[0];
  assert.equal(parent, snapshot.base, 'the snapshot has its base');
  const changed = await git(repository.root, 'diff', '--name-status', snapshot.base, snapshot.commit);
  assert.equal(await git(store.folder, 'diff', '--name-status', snapshot.base, snapshot.commit), changed);
  return bundle;
}

async function commitsIn(store: BareStore): Promise<number> {
  return Number(await git(store.folder, 'rev-list', '--count', '--all'));
}

describe('createBundle', () => {
  it('ships snapshot and base without history to a store that has nothing', async () => {
    await using scratch = await project();
    const repository = await scratch.open();
    const store = await bareStore(scratch, 'store');
    const snapshot = await snapshotOf(repository);
    const bundle = await ship(repository, store, snapshot);
    assert.deepEqual([bundle.shallow, bundle.isShallow], [[snapshot.base], true]);
    assert.equal(await commitsIn(store), 2);
    assert.deepEqual(
      (await readdir(scratch.folder)).filter((name) => name.endsWith('.shallow')),
      [],
    );
  });

  it('ships the two versions of a large file as one and a difference', async () => {
    await using scratch = await project();
    const content = randomBytes(500_000);
    await scratch.write('large.bin', content);
    await scratch.commit('large');
    await scratch.write('large.bin', Buffer.concat([Buffer.from('changed'), content]));
    const repository = await scratch.open();
    const store = await bareStore(scratch, 'store');
    const bundle = await ship(repository, store, await snapshotOf(repository));
    assert.ok(bundle.sizeBytes < 600_000, `${bundle.sizeBytes} bytes`);
  });

  it('ships less than 2 KB where the store has the snapshot before', async () => {
    await using scratch = await project();
    const repository = await scratch.open();
    const store = await bareStore(scratch, 'store');
    await ship(repository, store, await snapshotOf(repository));
    await scratch.write('file.txt', 'more work');
    const second = await ship(repository, store, await snapshotOf(repository));
    assert.equal(second.isShallow, false);
    assert.ok(second.sizeBytes < 2048, String(second.sizeBytes));
  });

  it('ships new commits to a store that has only an earlier snapshot', async () => {
    await using scratch = await project();
    const repository = await scratch.open();
    const store = await bareStore(scratch, 'store');
    await ship(repository, store, await snapshotOf(repository));
    await scratch.commit('work');
    await scratch.write('file.txt', 'further');
    await scratch.commit('further');
    await scratch.write('file.txt', 'uncommitted');
    const bundle = await ship(repository, store, await snapshotOf(repository));
    assert.deepEqual([bundle.isShallow, await commitsIn(store)], [false, 5]);
    assert.ok(bundle.sizeBytes < 2048, String(bundle.sizeBytes));
  });

  /** What a user does between two hand-offs that leads behind what the store, cut at the first base, has. */
  const detours: Record<string, (scratch: ScratchRepository) => Promise<void>> = {
    'the last commit was amended': async (scratch) => {
      await scratch.git('commit', '--quiet', '--amend', '-m', 'amended', '--all');
    },
    'HEAD went back': async (scratch) => {
      await scratch.git('reset', '--quiet', '--hard', 'HEAD~2');
    },
    'an old branch was merged': async (scratch) => {
      await scratch.git('stash', '--quiet');
      await scratch.git('checkout', '--quiet', '-b', 'old', 'HEAD~3');
      await scratch.write('old.txt', 'x');
      await scratch.commit('old');
      await scratch.git('checkout', '--quiet', 'main');
      await scratch.git('merge', '--quiet', '--no-edit', 'old');
    },
    'a file became again what it was long ago': async (scratch) => {
      await scratch.git('checkout', 'HEAD~3', '--', 'large.bin');
      await scratch.git('repack', '-adq', '--write-bitmap-index');
    },
    'another root was checked out': async (scratch) => {
      await scratch.git('checkout', '--quiet', '--orphan', 'fresh');
      await scratch.commit('fresh');
    },
  };
  for (const [name, makeDetour] of Object.entries(detours)) {
    it(`ships to a store with a cut history after ${name}`, async () => {
      await using scratch = await project();
      const repository = await scratch.open();
      const store = await bareStore(scratch, 'store');
      await ship(repository, store, await snapshotOf(repository));
      await makeDetour(scratch);
      await ship(repository, store, await snapshotOf(repository));
      await scratch.write('file.txt', 'and on');
      await scratch.commit('and on');
      await ship(repository, store, await snapshotOf(repository));
    });
  }

  it('ships nothing of earlier snapshots to a second store, or to one that has only the history', async () => {
    await using scratch = await project();
    const repository = await scratch.open();
    const [first, second, third] = [
      await bareStore(scratch, 'first'),
      await bareStore(scratch, 'second'),
      await bareStore(scratch, 'third'),
    ];
    const earlier = await snapshotOf(repository);
    await ship(repository, first, earlier);
    await rm(join(scratch.root, 'untracked.bin'));
    const snapshot = await snapshotOf(repository);
    await git(third.folder, 'fetch', '--quiet', scratch.root, 'main:refs/heads/main');
    for (const store of [second, third]) {
      await ship(repository, store, snapshot);
      const all = await git(store.folder, 'cat-file', '--batch-all-objects', '--batch-check');
      assert.ok(!all.includes(earlier.commit));
      assert.ok(!all.includes((await scratch.git('rev-parse', `${earlier.commit}:untracked.bin`)).trim()));
    }
    assert.deepEqual([await commitsIn(second), await commitsIn(third)], [2, 6]);
  });

  it('ships next to nothing of the very snapshot that the store has', async () => {
    await using scratch = await project();
    const repository = await scratch.open();
    const store = await bareStore(scratch, 'store');
    const snapshot = await snapshotOf(repository);
    await ship(repository, store, snapshot);
    const again = await ship(repository, store, snapshot);
    assert.ok(again.sizeBytes < 512, String(again.sizeBytes));
  });

  it('needs no cut for a repository of one commit', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const repository = await scratch.open();
    const bundle = await ship(repository, await bareStore(scratch, 'store'), await snapshotOf(repository));
    assert.deepEqual([bundle.shallow, bundle.isShallow], [[], false]);
  });

  it('ships from the user’s own shallow clone, first and again', async () => {
    await using scratch = await project();
    await scratch.git('clone', '--quiet', '--depth=2', `file://${scratch.root}`, '../shallow');
    const repository = await openRepository(join(scratch.folder, 'shallow'), calm);
    await writeFile(join(repository.root, 'file.txt'), 'in the shallow clone');
    const store = await bareStore(scratch, 'store');
    const first = await ship(repository, store, await snapshotOf(repository));
    assert.equal(first.isShallow, true);
    await writeFile(join(repository.root, 'file.txt'), 'again');
    assert.equal((await ship(repository, store, await snapshotOf(repository))).isShallow, false);
  });

  it('passes on the edge of a shallow clone that the store’s commits lie behind', async () => {
    await using scratch = await project();
    await scratch.git('clone', '--quiet', '--depth=2', `file://${scratch.root}`, '../shallow');
    const repository = await openRepository(join(scratch.folder, 'shallow'), calm);
    const unrelated = (await scratch.git('commit-tree', '-m', 'unrelated', 'HEAD^{tree}')).trim();
    await scratch.git('update-ref', 'refs/heads/unrelated', unrelated);
    await git(repository.root, 'fetch', '--quiet', scratch.root, 'unrelated');
    const store = await bareStore(scratch, 'store');
    await git(store.folder, 'fetch', '--quiet', scratch.root, 'unrelated:refs/heads/unrelated');
    const snapshot = await snapshotOf(repository);
    const file = join(scratch.folder, 'edge.bundle');
    const bundle = await createBundle(repository, { snapshot, have: [unrelated], file }, calm);
    const edge = (await readFile(join(repository.gitDir, 'shallow'), 'utf8')).trim();
    assert.deepEqual(bundle.shallow, [edge]);
    await store.receive(bundle, snapshot.ref);
  });

  it('ships from a linked worktree', async () => {
    await using scratch = await project();
    await scratch.git('worktree', 'add', '--quiet', '-b', 'side', '../linked');
    const linked = await openRepository(join(scratch.folder, 'linked'), calm);
    const store = await bareStore(scratch, 'store');
    await ship(await scratch.open(), store, await snapshotOf(await scratch.open()));
    await writeFile(join(linked.root, 'file.txt'), 'in the linked one');
    const bundle = await ship(linked, store, await snapshotOf(linked));
    assert.ok(bundle.sizeBytes < 2048, String(bundle.sizeBytes));
  });

  it('ships from a partial clone without fetching what it lacks', async () => {
    await using scratch = await project();
    await scratch.git('config', 'uploadpack.allowFilter', 'true');
    await scratch.git('clone', '--quiet', '--filter=blob:none', `file://${scratch.root}`, '../partial');
    const repository = await openRepository(join(scratch.folder, 'partial'), calm);
    await writeFile(join(repository.root, 'file.txt'), 'in the partial clone');
    const objects = await git(repository.root, 'rev-list', '--all', '--objects', '--missing=print');
    const store = await bareStore(scratch, 'store');
    await ship(repository, store, await snapshotOf(repository));
    const missing = objects.split('\n').filter((line) => line.startsWith('?'));
    const after = await git(repository.root, 'rev-list', '--all', '--objects', '--missing=print');
    assert.ok(missing.length > 0);
    assert.deepEqual(
      after.split('\n').filter((line) => line.startsWith('?')),
      missing,
    );
  });

  it('ignores what the store claims to have and the user does not', async () => {
    await using scratch = await project();
    const repository = await scratch.open();
    const snapshot = await snapshotOf(repository);
    const file = join(scratch.folder, 'x.bundle');
    const have = ['0'.repeat(39) + '1', snapshot.commit];
    assert.equal((await createBundle(repository, { snapshot, have, file }, calm)).isShallow, true);
    await assert.rejects(
      createBundle(repository, { snapshot, have: ['--all'], file }, calm),
      /not an object id/,
    );
  });

  it('says why a bundle could not be written', async () => {
    await using scratch = await project();
    const repository = await scratch.open();
    const snapshot = await snapshotOf(repository);
    const attempt = createBundle(
      repository,
      { snapshot, have: [snapshot.base], file: '/nonexistent/x.bundle' },
      calm,
    );
    await assert.rejects(attempt, { code: 'snapshotFailed', message: /nonexistent/ });
  });
});

describe('GIT_SHALLOW_FILE, internal to git', () => {
  const gone =
    'this git no longer heeds GIT_SHALLOW_FILE, on which shipments without history rest (shipment.ts, receiveBundle.ts)';

  it('still has the sender’s git end the history where it says', async () => {
    await using scratch = await project();
    const shallowFile = join(scratch.folder, 'shallow');
    await writeFile(shallowFile, await scratch.git('rev-parse', 'HEAD'));
    assert.equal((await scratch.git('rev-list', '--count', 'HEAD')).trim(), '5');
    const shallow = ['-c', 'alias.cut=!GIT_SHALLOW_FILE=../shallow git', 'cut'];
    assert.equal((await scratch.git(...shallow, 'rev-list', '--count', 'HEAD')).trim(), '1', gone);
    await scratch.git(...shallow, 'bundle', 'create', '--quiet', '../cut.bundle', 'main');
    const pack = await readFile(join(scratch.folder, 'cut.bundle'));
    const count = pack.readUInt32BE(pack.indexOf('PACK') + 8);
    assert.equal(count, 4, `${gone}: a commit, its tree and two files, but ${count} objects`);
  });

  it('still has the receiver’s git miss nothing beyond', async () => {
    await using scratch = await project();
    const shallowFile = join(scratch.folder, 'shallow');
    await writeFile(shallowFile, await scratch.git('rev-parse', 'HEAD'));
    await scratch.git(
      ...['-c', 'alias.cut=!GIT_SHALLOW_FILE=../shallow git', 'cut'],
      ...['bundle', 'create', '--quiet', '../cut.bundle', 'main'],
    );
    const bundle = await readFile(join(scratch.folder, 'cut.bundle'));
    await writeFile(join(scratch.folder, 'pack'), bundle.subarray(bundle.indexOf('PACK')));
    await scratch.git('init', '--quiet', '--bare', '../bare');
    const bare = join(scratch.folder, 'bare');
    const head = (await readFile(shallowFile, 'utf8')).trim();
    const takeAndCheck = `index-pack --stdin --strict < ../pack && git rev-list --objects --quiet ${head}`;
    const plainly = await runGitAnyway(bare, '-c', `alias.take=!git ${takeAndCheck}`, 'take');
    assert.notEqual(plainly.exitCode, 0, 'without it the parents are missed');
    const cut = `export GIT_SHALLOW_FILE=../shallow; git ${takeAndCheck}`;
    const { exitCode, stderr } = await runGitAnyway(bare, '-c', `alias.take=!${cut}`, 'take');
    assert.equal(exitCode, 0, `${gone}: ${stderr.toString()}`);
  });
});

describe('haveCandidates', () => {
  it('names earlier snapshots, HEAD and ancestors at growing distances, at most 200', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const stream = Array.from(
      { length: 3000 },
      (_, number) =>
        `commit refs/heads/main\ncommitter A <a@b> ${1_700_000_000 + number} +0000\ndata 1\nx\n${number === 0 ? 'from refs/heads/main^0\n' : ''}`,
    );
    await writeFile(join(scratch.folder, 'stream'), stream.join(''));
    await scratch.git('-c', `alias.load=!git fast-import --quiet < ../stream`, 'load');
    const repository = await scratch.open();
    const earlier = await snapshotOf(repository);
    const line = (await scratch.git('rev-list', '--first-parent', 'HEAD')).trim().split('\n');
    const candidates = await haveCandidates(repository, earlier.base, calm);
    assert.deepEqual(candidates.slice(0, 3), [earlier.commit, line[0], line[1]]);
    const distances = candidates.slice(1).map((id) => line.indexOf(id));
    assert.ok(distances.every((distance, index) => index === 0 || distance > distances[index - 1]!));
    assert.ok(
      candidates.length <= 200 && distances.at(-1)! > 2600,
      `${candidates.length} to ${String(distances.at(-1))}`,
    );
  });

  it('names the commit shared with the upstream', async () => {
    await using scratch = await project();
    await scratch.git('clone', '--quiet', '.', '../clone');
    const repository = await openRepository(join(scratch.folder, 'clone'), calm);
    const shared = (await git(repository.root, 'rev-parse', 'HEAD')).trim();
    await git(
      repository.root,
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@b',
      'merge',
      '--quiet',
      '--no-ff',
      '-m',
      'm',
      'HEAD~3',
    );
    assert.ok((await haveCandidates(repository, (await snapshotOf(repository)).base, calm)).includes(shared));
  });
});
