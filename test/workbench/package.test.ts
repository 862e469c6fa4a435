// The packaged extension: made without a warning, small, and with nothing in it that nobody needs.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../../shared/host/processes.ts';
import { projectRoot } from '../layers/testFiles.ts';

const vsce = join(projectRoot, 'node_modules', '@vscode', 'vsce', 'vsce');
/** With the sandbox's helpers for Linux, which are programs for two processors. */
const largestBytes = 2.5 * 1000 * 1000;

describe('the package', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-package-'));
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function runVsce(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await runProcess({
      file: process.execPath,
      args: [vsce, ...args],
      cwd: projectRoot,
      // What npm thinks of this machine's configuration is no warning about the package.
      env: { ...process.env, npm_config_loglevel: 'error' },
      signal: AbortSignal.timeout(60_000),
    });
    const output = stdout.toString() + stderr.toString();
    assert.equal(exitCode, 0, output);
    return output;
  }

  it('is made without a warning and stays small', async () => {
    const path = join(folder, 'nightjar.vsix');
    const output = await runVsce('package', '--no-dependencies', '--out', path);
    assert.doesNotMatch(output, /warn/i);
    const { size } = await stat(path);
    assert.ok(size < largestBytes, `${size} bytes are more than ${largestBytes}`);
  });

  it('holds the programs, the documents and the pictures only', async () => {
    const files = (await runVsce('ls', '--no-dependencies')).trim().split('\n');
    const allowed =
      /^(?:dist\/|extension\/media\/|extension\/config\.schema\.json$|(?:package\.json|README\.md|CHANGELOG\.md|LICENSE)$)/;
    assert.deepEqual(
      files.filter((file) => !allowed.test(file)),
      [],
    );
    for (const needed of [
      'package.json',
      'dist/extension.cjs',
      'dist/runner.mjs',
      'dist/sandboxBroker.mjs',
    ]) {
      assert.ok(files.includes(needed), `${needed} is missing`);
    }
  });
});
