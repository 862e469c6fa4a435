// What counts as a repository of an open folder: one around it, one right below it, one that git refuses.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryFoldersBelow, repositoryState } from '../../../extension/host/folderRepositories.ts';
import { calm, git, withVariable } from '../../shared/repository/scratchRepository.ts';

describe('the repositories of open folders', () => {
  let root: string;

  async function folder(...names: string[]): Promise<string> {
    const path = join(root, ...names);
    await mkdir(path, { recursive: true });
    return path;
  }

  async function repository(...names: string[]): Promise<string> {
    const path = await folder(...names);
    await git(path, 'init', '--quiet');
    return path;
  }

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'nightjar-folders-'));
  });

  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  it('are none in a plain folder, however deep it is, and in one that is gone', async () => {
    const plain = await folder('plain', 'src');
    await writeFile(join(root, 'plain', '.gitignore'), '');
    assert.equal(await repositoryState([join(root, 'plain'), plain, join(root, 'gone')], calm), 'none');
    assert.equal(await repositoryState([], calm), 'none');
  });

  it('are found around a folder, in it, and right below it', async () => {
    const top = await repository('project');
    assert.equal(await repositoryState([top], calm), 'found');
    assert.equal(await repositoryState([await folder('project', 'packages', 'shop')], calm), 'found');
    assert.equal(await repositoryState([root], calm), 'found');
  });

  it('are found where only the second of two folders has one', async () => {
    const plain = await folder('plain');
    assert.equal(await repositoryState([plain, await repository('project')], calm), 'found');
  });

  it('are found where git refuses them', async () => {
    const damaged = await repository('damaged');
    await writeFile(join(damaged, '.git', 'config'), '[broken');
    await assert.rejects(git(damaged, 'status'));
    assert.equal(await repositoryState([damaged], calm), 'found');
  });

  it('can not be told without git', async () => {
    await withVariable('PATH', '/nonexistent', async () => {
      assert.equal(await repositoryState([root], calm), 'gitMissing');
    });
  });

  it('below a folder come by name, with links and separate git folders, but none of deeper levels', async () => {
    await repository('workspace', 'b');
    await repository('workspace', 'a');
    await repository('workspace', 'plain', 'deep');
    await symlink(await repository('elsewhere'), join(root, 'workspace', 'c'));
    await git(await folder('workspace', 'd'), 'init', '--quiet', '--separate-git-dir', join(root, 'd.git'));
    const workspace = join(root, 'workspace');
    assert.deepEqual(
      await repositoryFoldersBelow(workspace),
      ['a', 'b', 'c', 'd'].map((name) => join(workspace, name)),
    );
  });
});
