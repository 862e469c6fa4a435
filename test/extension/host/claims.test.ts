// Of all windows only the first may claim a thing.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim } from '../../../extension/host/claims.ts';

describe('a claim', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-claims-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('is given to one of many that ask at the same time', async () => {
    const given = await Promise.all(
      Array.from({ length: 20 }, async () => claim(join(folder, 'new'), 'a-1')),
    );
    assert.equal(given.filter(Boolean).length, 1);
  });

  it('is given for each name', async () => {
    assert.deepEqual([await claim(folder, 'a-1'), await claim(folder, 'a-2')], [true, true]);
  });

  it('leaves no old files behind', async () => {
    await claim(folder, 'old');
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(folder, 'old'), longAgo, longAgo);
    await claim(folder, 'new');
    assert.deepEqual(await readdir(folder), ['new']);
  });
});
