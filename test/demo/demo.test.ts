// The demo as a new user runs it, without a terminal: verified at the end, and nothing left behind.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProcess } from '../../shared/host/processes.ts';

const demo = fileURLToPath(new URL('demo.ts', import.meta.url));

describe('npm run demo', () => {
  it('gets a verified branch from the scripted model and leaves nothing behind', async function () {
    this.timeout(120_000);
    const folder = await mkdtemp(join(tmpdir(), 'nightjar-demo-test-'));
    try {
      const env = { ...process.env, OPENAI_API_KEY: undefined, TMPDIR: folder };
      const { signal } = new AbortController();
      const args = [demo, '--fast'];
      const run = await runProcess({ file: process.execPath, args, env, signal });
      const text = run.stdout.toString();
      assert.equal(run.exitCode, 0, text + run.stderr.toString());
      assert.match(text, /no AI involved/);
      assert.match(text, /^Round 1$[\s\S]*✖ All tests pass[\s\S]*^Round 2$[\s\S]*✔ All tests pass/m);
      assert.match(text, /✔ Untouched: index, working tree, branches and stash/);
      assert.deepEqual(await readdir(folder), []);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
