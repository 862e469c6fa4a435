// Opening the user's repository: from anywhere inside, and plain words where that fails.
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '../../../shared/repository/openRepository.ts';
import { calm, git, ScratchRepository, withVariable } from './scratchRepository.ts';

describe('openRepository', () => {
  it('opens the whole repository from a subfolder', async () => {
    await using scratch = await ScratchRepository.with({ 'deep/er/file.txt': 'x' });
    const repository = await openRepository(join(scratch.root, 'deep/er'), calm);
    assert.equal(repository.root, scratch.root);
    assert.equal(repository.gitDir, join(scratch.root, '.git'));
    assert.equal(repository.commonDir, repository.gitDir);
    assert.equal(repository.name, 'project');
    assert.match(repository.id, /^[0-9a-f]{32}$/);
  });

  it('gives linked worktrees the id and name of their repository', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await using other = await ScratchRepository.with({ 'file.txt': 'x' });
    await scratch.git('worktree', 'add', '--quiet', '../linked');
    const main = await scratch.open();
    const linked = await openRepository(join(scratch.folder, 'linked'), calm);
    assert.deepEqual([linked.id, linked.name, linked.commonDir], [main.id, 'project', main.commonDir]);
    assert.equal(linked.root, join(scratch.folder, 'linked'));
    assert.equal(linked.gitDir, join(scratch.root, '.git/worktrees/linked'));
    assert.notEqual((await other.open()).id, main.id);
  });

  it('opens a folder with a line break in its name', async () => {
    await using scratch = await ScratchRepository.empty();
    const folder = join(scratch.folder, 'two\nlines\n');
    await mkdir(folder);
    await git(folder, 'init', '--quiet');
    assert.equal((await openRepository(folder, calm)).root, folder);
  });

  it('is not led astray by the variables that git sets inside a hook', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await withVariable('GIT_DIR', '/nonexistent', async () => {
      assert.equal((await openRepository(scratch.root, calm)).root, scratch.root);
    });
  });

  it('says which folder is no repository, is bare, or is missing', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await scratch.git('clone', '--quiet', '--bare', '.', '../bare.git');
    await rm(join(scratch.folder, 'missing'), { recursive: true, force: true });
    const cases = [
      [scratch.folder, 'notARepository'],
      [join(scratch.folder, 'missing'), 'notARepository'],
      [join(scratch.root, '.git'), 'notARepository'],
      [join(scratch.folder, 'bare.git'), 'bareRepository'],
    ] as const;
    for (const [folder, code] of cases) await assert.rejects(openRepository(folder, calm), { code }, folder);
  });

  it('passes on why git refuses a damaged repository', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    await writeFile(join(scratch.root, '.git/config'), '[core\n');
    await assert.rejects(openRepository(scratch.root, calm), {
      code: 'repositoryRefused',
      message: /bad config line 1/,
    });
  });

  it('says that git is missing', async () => {
    await using scratch = await ScratchRepository.empty();
    await withVariable('PATH', scratch.folder, async () => {
      await assert.rejects(openRepository(scratch.root, calm), { code: 'gitMissing' });
    });
  });

  it('stops when asked to', async () => {
    await assert.rejects(openRepository('/', AbortSignal.abort()), { name: 'AbortError' });
  });
});
