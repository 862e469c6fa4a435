// No path leads out of the workspace: not upwards, not absolutely, not through links; what stays inside works.
import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openToolRig, type ToolRig } from './toolRig.ts';

const secret = 'the secret outside';

async function openRigWithLinks(): Promise<ToolRig> {
  const rig = await openToolRig();
  await writeFile(join(rig.outside, 'secret.txt'), secret);
  await rig.put('real/inside.txt', 'inside');
  await symlink(rig.outside, join(rig.workspace, 'folderOut'));
  await symlink(join(rig.outside, 'secret.txt'), join(rig.workspace, 'fileOut'));
  await symlink(join(rig.outside, 'new.txt'), join(rig.workspace, 'danglingOut'));
  await symlink('real', join(rig.workspace, 'folderIn'));
  await symlink('real/inside.txt', join(rig.workspace, 'fileIn'));
  // A neighbour whose name only begins like the workspace's.
  await mkdir(`${rig.workspace}Too`);
  await writeFile(`${rig.workspace}Too/secret.txt`, secret);
  return rig;
}

describe('paths of the tools', () => {
  const waysOut = [
    '../../outside/secret.txt',
    'real/../../../outside/secret.txt',
    'folderOut/secret.txt',
    'fileOut',
    'danglingOut',
    'folderOut/new/file.txt',
    '../workToo/secret.txt',
    '/etc/hosts',
    '..\\..\\outside\\secret.txt',
    'C:\\Windows\\win.ini',
    '\\\\server\\share',
    'nul\0.txt',
  ];
  for (const path of waysOut) {
    it(`refuse ${JSON.stringify(path)}`, async () => {
      await using rig = await openRigWithLinks();
      const calls = [
        ['read', { path }],
        ['list', { path }],
        ['search', { pattern: 'secret', path }],
        ['write', { path, content: 'overwritten' }],
        ['edit', { path, edits: [{ oldText: 'secret', newText: 'overwritten' }] }],
      ] as const;
      for (const [name, input] of calls) {
        const { ok, text } = await rig.call(name, input);
        assert.equal(ok, false, `${name}: ${text}`);
        assert.match(text, /leads out of the workspace|leads nowhere|NUL/, name);
        assert.ok(!text.includes(secret));
      }
      assert.equal(await readFile(join(rig.outside, 'secret.txt'), 'utf8'), secret);
      await assert.rejects(readFile(join(rig.outside, 'new.txt')), /ENOENT/);
    });
  }

  it('refuse an absolute path beside the workspace', async () => {
    await using rig = await openRigWithLinks();
    for (const path of [join(rig.outside, 'secret.txt'), `${rig.workspace}Too/secret.txt`]) {
      assert.match((await rig.call('read', { path })).text, /leads out/);
    }
  });

  it('take everything that stays inside', async () => {
    await using rig = await openRigWithLinks();
    const paths = [
      'real/inside.txt',
      './real//inside.txt',
      'real/../real/inside.txt',
      'folderIn/inside.txt',
      'fileIn',
      'real\\inside.txt',
      join(rig.workspace, 'real/inside.txt'),
    ];
    for (const path of paths) assert.equal((await rig.call('read', { path })).text, '1\tinside', path);
    assert.match((await rig.call('write', { path: 'fileIn', content: 'changed' })).text, /real\/inside\.txt/);
    assert.equal(await rig.get('real/inside.txt'), 'changed');
  });

  it('take odd names as they are', async () => {
    await using rig = await openToolRig();
    for (const path of [
      'a b',
      'ä',
      '…',
      '..odd',
      'back\\slash',
      '-n',
      ':(top)x',
      '$(touch y)',
      'new\nline',
    ]) {
      await rig.put(path, 'odd');
      assert.equal((await rig.call('read', { path })).text, '1\todd', path);
    }
  });

  it('would be followed without the guard', async () => {
    await using rig = await openRigWithLinks();
    assert.equal(await readFile(join(rig.workspace, 'folderOut/secret.txt'), 'utf8'), secret);
  });
});
