// The texts on both sides of a change come from the named commits of the store, and nothing else is read or run.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changedTexts, findTexts } from '../../../runner/workspaces/changedTexts.ts';
import { git } from '../../demo/sampleProject.ts';

const calm = new AbortController().signal;

describe('reading what a change did to texts', () => {
  let folder: string;
  let gitDir: string;
  let commits: { from: string; to: string };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-texts-'));
    gitDir = join(folder, '.git');
    const write = (name: string, text: string | Buffer): Promise<void> => writeFile(join(folder, name), text);
    const commit = async (): Promise<string> => {
      await git(folder, ['add', '-A'], calm);
      await git(folder, ['commit', '-q', '-m', 'x'], calm);
      return (await git(folder, ['rev-parse', 'HEAD'], calm)).trim();
    };
    await git(folder, ['init', '-q'], calm);
    await write('kept.txt', 'kept\n');
    await write('Märchen.txt', 'once\n');
    await write('gone.test.js', 'gone 1\n');
    await write('old.js', 'a text that moves\n'.repeat(5));
    await write('picture.png', Buffer.from([1, 0, 2]));
    const from = await commit();
    await write('Märchen.txt', 'upon a time\n');
    await write('large.txt', 'x'.repeat(1024 * 1024 + 1));
    await write('picture.png', Buffer.from([1, 0, 3]));
    await rm(join(folder, 'gone.test.js'));
    await rename(join(folder, 'old.js'), join(folder, 'new.js'));
    await symlink('/etc/passwd', join(folder, 'link.txt'));
    const to = await commit();
    commits = { from, to };
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('has both sides of what changed, without links, and says what is binary or too large', async () => {
    const moved = 'a text that moves\n'.repeat(5);
    assert.deepEqual(await changedTexts(gitDir, commits, calm), [
      { path: 'Märchen.txt', oldPath: null, before: 'once\n', after: 'upon a time\n' },
      { path: 'gone.test.js', oldPath: null, before: 'gone 1\n', after: null },
      { path: 'large.txt', oldPath: null, before: null, after: null, unread: 'after' },
      { path: 'link.txt', oldPath: null, before: null, after: null },
      { path: 'new.js', oldPath: 'old.js', before: moved, after: moved },
      { path: 'picture.png', oldPath: null, before: null, after: null, unread: 'both' },
    ]);
  });

  it('runs no filter of the repository, which plain git would', async () => {
    const mark = join(folder, 'ran');
    const program = join(folder, 'filter.sh');
    await writeFile(program, `#!/bin/sh\ntouch '${mark}'\ncat "$@"\n`);
    await chmod(program, 0o755);
    await git(folder, ['config', 'diff.evil.textconv', program], calm);
    await writeFile(join(folder, '.git/info/attributes'), '*.txt diff=evil\n');
    const ran = async (): Promise<boolean> =>
      rm(mark).then(
        () => true,
        () => false,
      );
    await git(folder, ['diff', commits.from, commits.to], calm);
    assert.ok(await ran(), 'the filter does not work');
    await changedTexts(gitDir, commits, calm);
    await findTexts(gitDir, commits.from, ['gone'], calm);
    assert.ok(!(await ran()));
  });

  it('finds the tests of a commit that hold all words', async () => {
    const found = await findTexts(gitDir, commits.from, ['gone', '1'], calm);
    assert.deepEqual(found, [{ path: 'gone.test.js', text: 'gone 1\n' }]);
    assert.deepEqual(await findTexts(gitDir, commits.from, ['gone', '2'], calm), []);
    assert.deepEqual(await findTexts(gitDir, commits.to, ['gone'], calm), []);
    assert.deepEqual(await findTexts(gitDir, commits.from, ['--all', '-e'], calm), []);
  });
});
