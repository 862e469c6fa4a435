// What a hand-off would ship, and what it says it leaves out.
import assert from 'node:assert/strict';
import { chmod, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest, type Manifest } from '../../../shared/repository/manifest.ts';
import { defaultManifestLimits } from '../../../shared/repository/skipReasons.ts';
import { secretOfFile } from '../../../shared/secrets/secretFiles.ts';
import { calm, git, ScratchRepository, userState } from './scratchRepository.ts';

async function manifestOf(scratch: ScratchRepository, limits = defaultManifestLimits): Promise<Manifest> {
  return readManifest(await scratch.open(), limits, calm);
}

function rows(manifest: Manifest): string[] {
  return manifest.files.map(
    (file) => `${file.change} ${file.path} ${file.sizeBytes}${file.isStaged ? ' staged' : ''}`,
  );
}

describe('readManifest', () => {
  it('is empty for a clean working tree', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const manifest = await manifestOf(scratch);
    assert.deepEqual([manifest.files, manifest.skipped, manifest.sizeBytes], [[], [], 0]);
    assert.deepEqual([manifest.branch, manifest.inProgress, manifest.lfs], ['main', null, false]);
  });

  it('names every kind of change against HEAD, and writes nothing', async () => {
    await using scratch = await ScratchRepository.with({
      'changed.txt': 'a',
      'staged.txt': 'a',
      'gone.txt': 'a',
      'moved.txt': 'a long enough text\n',
      'link.txt': 'a',
      'exec.sh': 'a',
      'untracked again.txt': 'a',
    });
    await scratch.write('changed.txt', 'abc');
    await scratch.write('staged.txt', 'ab');
    await scratch.git('add', 'staged.txt');
    await rm(join(scratch.root, 'gone.txt'));
    await scratch.git('mv', 'moved.txt', 'new name.txt');
    await rm(join(scratch.root, 'link.txt'));
    await symlink('gone.txt', join(scratch.root, 'link.txt'));
    await chmod(join(scratch.root, 'exec.sh'), 0o755);
    await scratch.git('rm', '--quiet', '--cached', 'untracked again.txt');
    await scratch.write('added.txt', 'abcd');
    await scratch.git('add', 'added.txt');
    await scratch.write('planned.txt', 'abcde');
    await scratch.git('add', '--intent-to-add', 'planned.txt');
    await scratch.write('came and went.txt', 'a');
    await scratch.git('add', 'came and went.txt');
    await rm(join(scratch.root, 'came and went.txt'));
    await scratch.write('dir/new.txt', 'abcdef');
    const repository = await scratch.open();
    const before = await userState(repository);
    const manifest = await readManifest(repository, defaultManifestLimits, calm);
    assert.deepEqual(rows(manifest).sort(), [
      'added added.txt 4 staged',
      'added planned.txt 5',
      'deleted gone.txt 0',
      'modified changed.txt 3',
      'modified exec.sh 1',
      'modified staged.txt 2 staged',
      'renamed new name.txt 19 staged',
      'typeChanged link.txt 8',
      'untracked dir/new.txt 6',
      'untracked untracked again.txt 1',
    ]);
    assert.deepEqual(manifest.untracked, { count: 2, sizeBytes: 7 });
    assert.equal(manifest.sizeBytes, 49);
    assert.deepEqual(await userState(repository), before);
  });

  it('lists names that are hard to quote', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const names = ['line\nbreak', '"quoted"', 'tab\there', ' space ', 'naïve', '-rf', ':(top)x', '*'];
    for (const name of names) await scratch.write(name, 'x');
    await writeFile(Buffer.concat([Buffer.from(`${scratch.root}/byte`), Buffer.of(0xff)]), 'abc');
    const manifest = await manifestOf(scratch);
    assert.deepEqual(manifest.files.map((file) => file.path).sort(), [...names, 'byte\udcff'].sort());
    assert.equal(manifest.files.find((file) => file.path === 'byte\udcff')?.sizeBytes, 3);
  });

  it('leaves out and names what is too large, at once even for 200 MB', async () => {
    await using scratch = await ScratchRepository.with({ 'tracked.bin': 'x' });
    await scratch.write('huge.bin', '');
    await truncate(join(scratch.root, 'huge.bin'), 200 * 1024 * 1024);
    await truncate(join(scratch.root, 'tracked.bin'), 11 * 1024 * 1024);
    const manifest = await manifestOf(scratch);
    assert.deepEqual(manifest.skipped, [
      { path: 'huge.bin', reason: 'tooLarge', sizeBytes: 200 * 1024 * 1024 },
    ]);
    assert.deepEqual(rows(manifest), [`modified tracked.bin ${11 * 1024 * 1024}`]);
  });

  it('leaves out the largest untracked files where all together are too large', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    for (const size of [1, 2, 3, 4]) await scratch.write(`${size}.txt`, 'x'.repeat(size));
    const manifest = await manifestOf(scratch, { fileBytes: 100, totalBytes: 6 });
    assert.deepEqual(
      manifest.files.map((file) => file.path),
      ['1.txt', '2.txt', '3.txt'],
    );
    assert.deepEqual(manifest.skipped, [{ path: '4.txt', reason: 'tooLarge', sizeBytes: 4 }]);
  });

  it('leaves out what looks secret, unless HEAD has it already', async () => {
    await using scratch = await ScratchRepository.with({ '.env': 'A=1', 'lib/.npmrc': 'registry=x' });
    await scratch.write('.env', 'A=2');
    await scratch.write('app/.env.local', 'A=1');
    await scratch.write('deploy.pem', 'x');
    await scratch.write('.env.example', 'A=');
    await scratch.write('.npmrc', '//registry.example.org/:_authToken=abc');
    await scratch.write('web/.npmrc', 'engine-strict=true');
    await scratch.git('add', 'deploy.pem');
    const manifest = await manifestOf(scratch);
    assert.deepEqual(manifest.files.map((file) => file.path).sort(), ['.env', '.env.example', 'web/.npmrc']);
    const skipped = manifest.skipped.map(({ path, reason }) => `${path} ${reason}`).sort();
    assert.deepEqual(skipped, ['.npmrc looksSecret', 'app/.env.local looksSecret', 'deploy.pem looksSecret']);
  });

  it('names nested repositories and submodules with work of their own', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await using library = await ScratchRepository.with({ 'lib.txt': 'x' });
    await scratch.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      library.root,
      'library',
    );
    await scratch.commit('submodule');
    await scratch.write('library/lib.txt', 'changed');
    await git(scratch.root, 'init', '--quiet', 'nested');
    await scratch.write('nested/file.txt', 'x');
    const manifest = await manifestOf(scratch);
    const skipped = manifest.skipped.map(({ path, reason }) => `${path} ${reason}`).sort();
    assert.deepEqual(skipped, ['library submodule', 'nested/ nestedRepository']);
    assert.deepEqual(manifest.files, []);
  });

  it('tells of Git LFS', async () => {
    await using scratch = await ScratchRepository.with({
      '.gitattributes': '*.psd filter=lfs diff=lfs merge=lfs -text\n',
    });
    assert.equal((await manifestOf(scratch)).lfs, true);
  });

  it('knows secrets by name', () => {
    const secret = [
      '.env',
      'a/.env.production',
      '.ENV',
      'x/key.pem',
      'id_rsa',
      'id_ed25519',
      'c.p12',
      'credentials.json',
      '.netrc',
    ];
    const harmless = [
      'env',
      '.env.example',
      '.env.sample',
      'id_rsa.pub',
      'pem.txt',
      '.envrc.md',
      'credentials.ts',
      '.npmrc',
    ];
    assert.deepEqual(
      secret.filter((path) => secretOfFile(path, 'A=1') === null),
      [],
    );
    assert.deepEqual(
      harmless.filter((path) => secretOfFile(path, 'A=1') !== null),
      [],
    );
  });
});
