// Secrets in what would be shipped: withheld and named, unless HEAD has the file or the user insists.
import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest, type Manifest } from '../../../shared/repository/manifest.ts';
import { defaultManifestLimits } from '../../../shared/repository/skipReasons.ts';
import { takeSnapshot, type Snapshot } from '../../../shared/repository/snapshot.ts';
import { secretWords } from '../../../shared/secrets/secretWords.ts';
import { joined, madeUp } from '../secrets/plantedSecrets.ts';
import { calm, filesOfTree, ScratchRepository, userState } from './scratchRepository.ts';

const token = joined(`gh|p_${madeUp('word', 36)}`);
const otherToken = joined(`gh|p_${madeUp('word', 36, 2)}`);

async function manifestOf(scratch: ScratchRepository): Promise<Manifest> {
  return readManifest(await scratch.open(), defaultManifestLimits, calm);
}

/** Ships as a client does: what the manifest withholds is skipped. */
async function snapshotOf(
  scratch: ScratchRepository,
  manifest: Manifest,
  insistOn: string[] = [],
): Promise<Snapshot> {
  const withheld = manifest.skipped.filter(({ reason }) => reason === 'looksSecret').map(({ path }) => path);
  const skip = withheld.filter((path) => !insistOn.includes(path));
  const request = { id: 'one', skip, include: manifest.included, now: new Date() };
  return takeSnapshot(await scratch.open(), request, calm);
}

function withheldOf(manifest: Pick<Manifest, 'skipped'>): Record<string, string> {
  return Object.fromEntries(manifest.skipped.map(({ path, secrets = [] }) => [path, secretWords(secrets)]));
}

async function contentsOf(scratch: ScratchRepository, { tree }: Snapshot): Promise<string> {
  const names = Object.keys(await filesOfTree(scratch.root, tree));
  const contents = await Promise.all(names.map((name) => scratch.git('show', `${tree}:${name}`)));
  return contents.join('\n');
}

describe('secrets at a hand-off', () => {
  it('stay behind in untracked and in staged new files, and are named without being shown', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await scratch.write('notes.md', `# Notes\n\nUse ${token}.\n`);
    await scratch.write('deploy.ts', `const key = '${token}';\n`);
    await scratch.git('add', 'deploy.ts');
    await scratch.write('harmless.ts', 'export const one = 1;\n');
    const before = await userState(await scratch.open());
    const manifest = await manifestOf(scratch);
    assert.deepEqual(withheldOf(manifest), {
      'notes.md': 'GitHub token in line 3',
      'deploy.ts': 'GitHub token in line 1',
    });
    assert.deepEqual(
      manifest.files.map(({ path }) => path),
      ['harmless.ts'],
    );
    assert.ok(!JSON.stringify(manifest).includes(token));
    const snapshot = await snapshotOf(scratch, manifest);
    assert.deepEqual(withheldOf(snapshot), withheldOf(manifest));
    assert.ok(!(await contentsOf(scratch, snapshot)).includes(token));
    assert.deepEqual(await userState(await scratch.open()), before);
  });

  it('are shipped where the user insists, file by file: the same content without the guard', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await scratch.write('a.ts', token);
    await scratch.write('b.ts', otherToken);
    const snapshot = await snapshotOf(scratch, await manifestOf(scratch), ['a.ts']);
    const contents = await contentsOf(scratch, snapshot);
    assert.ok(contents.includes(token) && !contents.includes(otherToken));
    assert.deepEqual(Object.keys(withheldOf(snapshot)), ['b.ts']);
  });

  it('go along in a tracked file, with a warning for those that HEAD lacks', async () => {
    await using scratch = await ScratchRepository.with({ 'old.ts': `a('${token}');\n`, 'new.ts': 'a();\n' });
    await scratch.write('old.ts', `// Changed.\na('${token}');\n`);
    await scratch.write('new.ts', `a();\nb('${otherToken}');\n`);
    const manifest = await manifestOf(scratch);
    const rows = manifest.files.map(({ path, secrets = [] }) => [path, secretWords(secrets)]);
    assert.deepEqual(Object.fromEntries(rows), { 'old.ts': '', 'new.ts': 'GitHub token in line 2' });
    assert.deepEqual(manifest.skipped, []);
  });

  it('are looked for in the beginning of a large file, which is said, and not behind a link', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const filler = 'a line like any other\n'.repeat(230_000);
    await scratch.write('early.log', `${token}\n${filler}`);
    await scratch.write('late.log', `${filler}${token}\n`);
    await scratch.write('.gitignore', 'ignored\n');
    await scratch.write('ignored', token);
    await symlink('ignored', join(scratch.root, 'link'));
    const manifest = await manifestOf(scratch);
    assert.deepEqual(withheldOf(manifest), { 'early.log': 'GitHub token in line 1' });
    assert.deepEqual([...manifest.partlySearched].sort(), ['early.log', 'late.log']);
  });

  it('ends at once when it is cancelled', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await scratch.write('a.ts', token);
    const repository = await scratch.open();
    await assert.rejects(readManifest(repository, defaultManifestLimits, AbortSignal.abort()), {
      name: 'AbortError',
    });
  });
});

describe('.worktreeinclude', () => {
  const ignored = { '.gitignore': '.env*\nconfig/local/\nbuild/\n', 'file.txt': 'x' };

  it('ships ignored files that it names, secrets withheld unless the user insists', async () => {
    await using scratch = await ScratchRepository.with(ignored);
    await scratch.write(
      '.worktreeinclude',
      '# Local settings\n.env*\nconfig/local/*\n!config/local/cache.json\n',
    );
    await scratch.write('.env', 'TOKEN=abc\n');
    await scratch.write('.env.example', 'TOKEN=\n');
    await scratch.write('config/local/settings.json', '{}');
    await scratch.write('config/local/cache.json', '{}');
    await scratch.write('config/local/big.bin', Buffer.alloc(11 * 1024 * 1024));
    await scratch.write('build/out.js', 'x');
    const before = await userState(await scratch.open());
    const manifest = await manifestOf(scratch);
    assert.deepEqual(manifest.files.map(({ change, path }) => `${change} ${path}`).sort(), [
      'included .env.example',
      'included config/local/settings.json',
      'untracked .worktreeinclude',
    ]);
    const skipped = manifest.skipped.map(({ path, reason }) => `${path} ${reason}`).sort();
    assert.deepEqual(skipped, ['.env looksSecret', 'config/local/big.bin tooLarge']);
    const wanted = { ...manifest, included: manifest.included.filter((path) => !path.endsWith('.bin')) };
    const names = async (snapshot: Snapshot): Promise<string[]> =>
      Object.keys(await filesOfTree(scratch.root, snapshot.tree)).sort();
    const shipped = [
      '.env.example',
      '.gitignore',
      '.worktreeinclude',
      'config/local/settings.json',
      'file.txt',
    ];
    const snapshot = await snapshotOf(scratch, wanted);
    assert.deepEqual(await names(snapshot), shipped);
    assert.deepEqual(withheldOf(snapshot), { '.env': 'environment values in line 1' });
    const insisted = await snapshotOf(scratch, wanted, ['.env']);
    assert.deepEqual(await names(insisted), ['.env', ...shipped]);
    assert.deepEqual(await userState(await scratch.open()), before);
  });

  it('is added to by the project’s configuration, with the same care', async () => {
    await using scratch = await ScratchRepository.with(ignored);
    await scratch.write('.worktreeinclude', '.env.example\n!config/local/settings.json\n');
    await scratch.write('.env', 'TOKEN=abc\n');
    await scratch.write('.env.example', 'TOKEN=\n');
    await scratch.write('config/local/settings.json', '{}');
    await scratch.write('config/local/other.json', '{}');
    const limits = { ...defaultManifestLimits, includeIgnored: ['/config/local/settings.json', '.env'] };
    const manifest = await readManifest(await scratch.open(), limits, calm);
    assert.deepEqual(manifest.included.toSorted(), ['.env', '.env.example', 'config/local/settings.json']);
    assert.deepEqual(withheldOf(manifest), { '.env': 'environment values in line 1' });
  });

  it('changes nothing where it is missing: ignored files stay', async () => {
    await using scratch = await ScratchRepository.with(ignored);
    await scratch.write('.env.example', 'TOKEN=\n');
    const manifest = await manifestOf(scratch);
    assert.deepEqual([manifest.files, manifest.included, manifest.skipped], [[], [], []]);
  });
});
