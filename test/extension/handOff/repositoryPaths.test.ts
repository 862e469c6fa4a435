// Paths of the editor as paths of the repository.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryPaths } from '../../../extension/handOff/repositoryPaths.ts';

describe('paths of a repository', () => {
  let root: string;

  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-paths-')));
    await mkdir(join(root, 'repository', 'packages', 'shop'), { recursive: true });
    await symlink(join(root, 'repository'), join(root, 'link'));
  });

  after(async () => {
    await rm(root, { recursive: true });
  });

  it('count from the root, also where only a part of it is open', async () => {
    const top = join(root, 'repository');
    const relativePath = await repositoryPaths(top, join(top, 'packages', 'shop'));
    assert.equal(relativePath(join(top, 'packages', 'shop', 'cart.js')), 'packages/shop/cart.js');
    assert.equal(relativePath(join(top, 'README.md')), 'README.md');
  });

  it('are found where the folder was opened through a link', async () => {
    const relativePath = await repositoryPaths(join(root, 'repository'), join(root, 'link', 'packages'));
    assert.equal(relativePath(join(root, 'link', 'packages', 'shop', '..a.js')), 'packages/shop/..a.js');
  });

  it('are none for the root itself and for what lies outside', async () => {
    const top = join(root, 'repository');
    const relativePath = await repositoryPaths(top, top);
    assert.deepEqual(
      [relativePath(top), relativePath(root), relativePath('/etc/hosts')],
      [undefined, undefined, undefined],
    );
  });
});
