// How folders go: at once and as a whole for everybody who looks, and never what a link in their place leads to.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FoldersInUse } from '../../../runner/workspaces/foldersInUse.ts';

describe('folders in use', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nightjar-folders-'));
    folder = join(root, 'folder');
    mkdirSync(join(folder, 'deep/deeper'), { recursive: true });
    for (let number = 0; number < 100; number += 1) writeFileSync(join(folder, 'deep', `file-${number}`), '');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('are out of their place before their removal begins', async () => {
    const inUse = new FoldersInUse();
    const removed = inUse.remove(folder);
    assert.equal(existsSync(folder), false);
    const [aside = ''] = readdirSync(root);
    assert.ok(inUse.has(join(root, aside)), 'nobody else removes it meanwhile');
    await removed;
    assert.deepEqual(readdirSync(root), []);
    assert.equal(inUse.has(join(root, aside)), false);
    await inUse.remove(folder);
  });

  it('are gone with names that are no text', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/deep/odd`), Buffer.from([0xff])]), '');
    await new FoldersInUse().remove(folder);
    assert.deepEqual(readdirSync(root), []);
  });

  it('are links where somebody put one in their place: what it leads to stays', async () => {
    const precious = join(root, 'precious');
    mkdirSync(precious);
    writeFileSync(join(precious, 'file'), 'dear');
    const link = join(root, 'link');
    symlinkSync(precious, link);
    symlinkSync(precious, join(folder, 'deep/link'));
    const inUse = new FoldersInUse();
    await inUse.remove(link);
    await inUse.remove(folder);
    assert.deepEqual(readdirSync(root), ['precious']);
    assert.equal(readFileSync(join(precious, 'file'), 'utf8'), 'dear');
  });

  it('are in use with what is beneath them, and only while they are held', async () => {
    const inUse = new FoldersInUse();
    await inUse.hold(join(folder, 'deep'), async () => {
      assert.deepEqual(
        [inUse.has(folder), inUse.has(join(folder, 'deep')), inUse.has(join(folder, 'de'))],
        [true, true, false],
      );
    });
    assert.equal(inUse.has(folder), false);
  });
});
