// A runner that starts again lets in the clients that it let in before.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptToken } from '../../../runner/host/keptToken.ts';

describe('the token of a data folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-token-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('stays the same, for its owner only', async () => {
    const token = await keptToken(folder);
    assert.ok(token.length >= 40);
    assert.equal(await keptToken(folder), token);
    assert.equal((await stat(join(folder, 'token'))).mode & 0o777, 0o600);
  });

  it('is made anew where the file is empty', async () => {
    await writeFile(join(folder, 'token'), '');
    assert.ok((await keptToken(folder)).length >= 40);
  });
});
