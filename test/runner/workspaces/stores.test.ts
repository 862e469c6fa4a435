// Stores against real bundles: whole, thin, shallow, damaged, hostile, and on a full disk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStores } from '../../../runner/workspaces/stores.ts';
import { createWorkspaces } from '../../../runner/workspaces/workspaces.ts';
import { commitEvil, evilTrees, zeroPadded } from '../../support/evilObjects.ts';
import { gitIn, repositoryId, signal, snapshotRef, UserRepository } from './userRepository.ts';

const author = { name: 'Nightjar', email: 'nightjar@localhost' };
const storeOf = (user: UserRepository): string => join(user.dataFolder, 'stores', `${repositoryId}.git`);
const hasCode = (code: string) => (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === code;

describe('stores', () => {
  it('take a whole bundle, then thin ones, and know what they have', async () => {
    using user = new UserRepository();
    const stores = createStores(user);
    assert.deepEqual(await stores.negotiate(repositoryId, [user.head()], signal), []);
    await stores.receiveBundle(user.bundle(), signal);
    const first = user.head();
    const second = user.commit({ 'src/b.js': 'b\n' });
    assert.deepEqual(await stores.negotiate(repositoryId, [second, first, 'f'.repeat(40)], signal), [first]);
    await stores.receiveBundle(user.bundle({ have: [first] }), signal);
    assert.deepEqual(await stores.negotiate(repositoryId, [second, first], signal), [second, first]);
    assert.equal(gitIn(storeOf(user), ['rev-parse', `refs/nightjar/snapshots/${second}`]), second);
    assert.equal(gitIn(storeOf(user), ['fsck', '--strict']), '');
  });

  it('take a shallow bundle first, a thin one second, and give back what the full repository can read', async () => {
    using user = new UserRepository();
    for (const text of ['1', '2', '3']) user.commit({ 'readme.md': text });
    const boundary = user.head();
    const stores = createStores(user);
    await stores.receiveBundle(user.bundle({ shallow: [boundary] }), signal);
    assert.equal(gitIn(storeOf(user), ['rev-list', '--count', boundary]), '1');
    const snapshot = user.commit({ 'readme.md': '4' });
    await stores.receiveBundle(user.bundle({ have: [boundary] }), signal);
    assert.equal(readFileSync(join(storeOf(user), 'shallow'), 'utf8'), `${boundary}\n`);

    const workspaces = createWorkspaces({ dataFolder: user.dataFolder, refs: user.refs, author, boot: null });
    const place = { taskId: 't1', repositoryId, snapshot };
    await workspaces.prepare(place, place.snapshot, signal);
    writeFileSync(join(workspaces.folderOf('t1'), 'new.txt'), 'new\n');
    const { commit } = await workspaces.commit(
      place,
      { parent: snapshot, message: 'work', at: new Date(0) },
      signal,
    );
    const file = join(user.root, 'result.bundle');
    const result = { repositoryId, taskId: 't1', have: [snapshot, boundary, 'e'.repeat(40)], file };
    const { ref } = await stores.makeResultBundle(result, signal);
    user.git('fetch', '--quiet', file, `${ref}:refs/heads/result`);
    assert.equal(user.git('rev-parse', 'result'), commit);
    assert.equal(user.git('show', 'result:new.txt'), 'new');
    assert.ok(readFileSync(file).length < 1_000, 'only the new commit travels');
  });

  it('do not cut off history that is there when a shallow bundle names its commit', async () => {
    using user = new UserRepository();
    user.commit({ 'readme.md': '2' });
    const stores = createStores(user);
    await stores.receiveBundle(user.bundle(), signal);
    await stores.receiveBundle(user.bundle({ shallow: [user.head()] }), signal);
    assert.equal(gitIn(storeOf(user), ['rev-list', '--count', user.head()]), '2');
  });

  it('give back a result that changed nothing', async () => {
    using user = new UserRepository();
    const stores = createStores(user);
    await stores.receiveBundle(user.bundle(), signal);
    const place = { taskId: 't1', repositoryId, snapshot: user.head() };
    const request = {
      repositoryId,
      taskId: 't1',
      have: [user.head()],
      file: join(user.root, 'result.bundle'),
    };
    await assert.rejects(stores.makeResultBundle(request, signal), hasCode('resultMissing'));
    await createWorkspaces({ dataFolder: user.dataFolder, refs: user.refs, author, boot: null }).deliver(
      place,
      user.head(),
      signal,
    );
    const { ref, commit } = await stores.makeResultBundle(request, signal);
    assert.equal(commit, user.head());
    user.git('fetch', '--quiet', request.file, `${ref}:refs/heads/result`);
  });

  it('take a repository with SHA-256 ids', async () => {
    using user = new UserRepository();
    execFileSync('rm', ['-rf', join(user.folder, '.git')]);
    user.git('init', '--quiet', '--object-format=sha256');
    const snapshot = user.commit({});
    await createStores(user).receiveBundle(user.bundle(), signal);
    const workspaces = createWorkspaces({ dataFolder: user.dataFolder, refs: user.refs, author, boot: null });
    await workspaces.prepare({ taskId: 't1', repositoryId, snapshot }, snapshot, signal);
    assert.equal(gitIn(workspaces.folderOf('t1'), ['status', '--porcelain']), '');
  });

  it('show a change as a patch, and cut a huge one at a line', async () => {
    using user = new UserRepository();
    const from = user.head();
    const to = user.commit({ 'readme.md': 'two\n', 'é.bin': '\0binary' });
    const huge = user.commit({ 'huge.txt': 'line of text\n'.repeat(400_000) });
    const stores = createStores(user);
    await stores.receiveBundle(user.bundle(), signal);
    const { patch, isCut } = await stores.diff({ repositoryId, from, to }, signal);
    assert.equal(isCut, false);
    assert.match(patch, /^-one\n\+two$/m);
    assert.match(patch, /^Binary files \/dev\/null and b\/é\.bin differ$/m);
    const cut = await stores.diff({ repositoryId, from, to: huge }, signal);
    assert.equal(cut.isCut, true);
    assert.ok(cut.patch.length <= 4 * 1024 * 1024 && cut.patch.endsWith('\n'));
  });
});

describe('stores refuse', () => {
  const damages: Record<string, (file: string) => void> = {
    'a bundle cut short': (file) => truncateSync(file, readFileSync(file).length - 40),
    'a bundle cut within its header': (file) => truncateSync(file, 30),
    'an empty file': (file) => truncateSync(file, 0),
    'a file that is something else': (file) => writeFileSync(file, randomBytes(2_000)),
    'a bundle with a flipped bit': (file) => {
      const bytes = readFileSync(file);
      bytes[bytes.length - 60]! ^= 1;
      writeFileSync(file, bytes);
    },
  };
  for (const [name, damage] of Object.entries(damages)) {
    it(`${name}, and stay as they were`, async () => {
      using user = new UserRepository();
      const stores = createStores(user);
      await stores.receiveBundle(user.bundle(), signal);
      const before = contentsOf(storeOf(user));
      user.commit({ 'src/b.js': randomBytes(3_000).toString('hex') });
      const shipment = user.bundle({ shallow: [user.head()] });
      damage(shipment.file);
      await assert.rejects(stores.receiveBundle(shipment, signal), hasCode('bundleCorrupted'));
      assert.deepEqual(contentsOf(storeOf(user)), before);
      await stores.receiveBundle(user.bundle(), signal);
    });
  }

  it('a bundle of another snapshot or another ref', async () => {
    using user = new UserRepository();
    const stores = createStores(user);
    const shipment = user.bundle();
    const wrong = { ...shipment, snapshot: user.commit({ b: 'b' }) };
    await assert.rejects(stores.receiveBundle(wrong, signal), hasCode('bundleCorrupted'));
    await assert.rejects(
      stores.receiveBundle({ ...shipment, ref: 'refs/x' }, signal),
      hasCode('bundleCorrupted'),
    );
  });

  it('a bundle that builds on commits which are not there', async () => {
    using user = new UserRepository();
    const missing = user.head();
    user.commit({ b: 'b' });
    const shipment = user.bundle({ have: [missing] });
    await assert.rejects(createStores(user).receiveBundle(shipment, signal), hasCode('bundleCorrupted'));
  });

  for (const evil of evilTrees)
    it(`${evil.name}, which plain git takes from a bundle`, async () => {
      using user = new UserRepository();
      user.git('update-ref', 'HEAD', commitEvil(join(user.folder, '.git'), evil, [user.head()]));
      const shipment = user.bundle();
      const plain = join(user.root, 'plain.git');
      gitIn(user.root, ['init', '--quiet', '--bare', plain]);
      gitIn(plain, ['fetch', '--quiet', shipment.file, `${snapshotRef}:refs/heads/taken`]);
      await assert.rejects(createStores(user).receiveBundle(shipment, signal), {
        ...{ code: 'objectsRefused', message: evil.says },
      });
      assert.equal(gitIn(storeOf(user), ['count-objects']), '0 objects, 0 kilobytes');
      assert.equal(gitIn(storeOf(user), ['for-each-ref']), '');
    });

  it('not what old clients wrote into the history of well-known repositories', async () => {
    using user = new UserRepository();
    user.git('update-ref', 'HEAD', commitEvil(join(user.folder, '.git'), zeroPadded, [user.head()]));
    await createStores(user).receiveBundle(user.bundle(), signal);
  });

  it('to go on when the signal is aborted, and stay as they were', async () => {
    using user = new UserRepository();
    const stores = createStores(user);
    await assert.rejects(stores.receiveBundle(user.bundle(), AbortSignal.abort()), { name: 'AbortError' });
    await stores.receiveBundle(user.bundle(), signal);
  });
});

if (process.getuid?.() === 0 && process.platform === 'linux') {
  it('stores and workspaces name a full disk, and go on when there is room', async () => {
    using user = new UserRepository();
    user.commit({ 'large.txt': randomBytes(1_500_000).toString('hex') });
    mkdirSync(user.dataFolder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', user.dataFolder]);
    try {
      const stores = createStores(user);
      const shipment = user.bundle();
      execFileSync('mount', ['-o', 'remount,size=1m', user.dataFolder]);
      await assert.rejects(stores.receiveBundle(shipment, signal), hasCode('diskFull'));
      execFileSync('mount', ['-o', 'remount,size=4m', user.dataFolder]);
      await stores.receiveBundle(shipment, signal);
      const workspaces = createWorkspaces({
        dataFolder: user.dataFolder,
        refs: user.refs,
        author,
        boot: null,
      });
      const place = { taskId: 't1', repositoryId, snapshot: user.head() };
      await assert.rejects(workspaces.prepare(place, place.snapshot, signal), hasCode('diskFull'));
      assert.equal(existsSync(join(user.dataFolder, 'workspaces', 't1')), false);
      execFileSync('mount', ['-o', 'remount,size=16m', user.dataFolder]);
      await workspaces.prepare(place, place.snapshot, signal);
    } finally {
      execFileSync('umount', [user.dataFolder]);
    }
  });
}

/** Every file of a folder with its bytes. */
function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      join(parentPath, name),
      readFileSync(join(parentPath, name), 'base64'),
    ]),
  );
}
