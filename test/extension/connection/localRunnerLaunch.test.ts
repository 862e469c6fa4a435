// How the local runner is started: from a copy of its build, in a clean environment.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { localRunnerLaunch } from '../../../extension/connection/localRunnerLaunch.ts';

describe('the launch of the local runner', () => {
  let folder: string;
  let program: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-launch-'));
    program = join(folder, 'runner.mjs');
    await writeFile(program, '// first build');
    await writeFile(join(folder, 'sandboxBroker.mjs'), '// its broker');
    await writeFile(join(folder, 'inspector.mjs'), '// its inspector');
    await mkdir(join(folder, 'vendor'));
    await writeFile(join(folder, 'vendor', 'helper'), 'a helper');
  });

  afterEach(async () => {
    delete process.env['VSCODE_TEST_OF_LAUNCH'];
    await rm(folder, { recursive: true });
  });

  async function launch(keys: { modelKey?: string; modelEndpoint?: string } = {}) {
    const { modelKey = null, modelEndpoint = null } = keys;
    const dataFolder = join(folder, 'data');
    return localRunnerLaunch({ program, storageFolder: folder, dataFolder, modelKey, modelEndpoint });
  }

  it('runs a copy, since an update of the extension takes the original away', async () => {
    const { file, args } = await launch();
    await rm(program);
    assert.equal(file, process.execPath);
    assert.equal(await readFile(args[0] ?? '', 'utf8'), '// first build');
    const beside = dirname(args[0] ?? '');
    assert.equal(await readFile(join(beside, 'sandboxBroker.mjs'), 'utf8'), '// its broker');
    assert.equal(await readFile(join(beside, 'inspector.mjs'), 'utf8'), '// its inspector');
    assert.equal(await readFile(join(beside, 'vendor', 'helper'), 'utf8'), 'a helper');
    assert.deepEqual(args.slice(1), ['runner', '--data', join(folder, 'data')]);
  });

  it('makes one copy, also when two windows start at once', async () => {
    const [one, other] = await Promise.all([launch(), launch()]);
    assert.deepEqual(one.args, other.args);
    assert.equal((await readdir(join(folder, 'runner'))).length, 1);
  });

  it('replaces the copy of an older build once no runner of it can be left', async () => {
    const first = await launch();
    await writeFile(program, '// second build');
    const { args } = await launch();
    assert.equal(await readFile(args[0] ?? '', 'utf8'), '// second build');
    assert.equal((await readdir(join(folder, 'runner'))).length, 2);
    const longAgo = new Date(Date.now() - 30 * 24 * 3_600_000);
    await utimes(dirname(first.args[0] ?? ''), longAgo, longAgo);
    await writeFile(program, '// third build');
    await launch();
    assert.equal((await readdir(join(folder, 'runner'))).length, 2);
  });

  it('gives the runner the model’s key, but nothing of the editor’s own environment', async () => {
    process.env['VSCODE_TEST_OF_LAUNCH'] = '1';
    const { env } = await launch({ modelKey: 'key', modelEndpoint: 'http://127.0.0.1:1/v1' });
    assert.equal(env['VSCODE_TEST_OF_LAUNCH'], undefined);
    assert.equal(env['ELECTRON_RUN_AS_NODE'], '1');
    assert.deepEqual([env['OPENAI_API_KEY'], env['OPENAI_BASE_URL']], ['key', 'http://127.0.0.1:1/v1']);
  });
});
