// The runner's configuration: what comes first, and what is refused with the name of the setting.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownError } from '../../shared/errors/errors.ts';
import { readConfig } from '../../runner/config.ts';

describe('the runner’s configuration', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-config-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const withFile = async (yaml: string, env: Record<string, string> = {}) => {
    await writeFile(join(folder, 'config.yaml'), yaml);
    return readConfig(folder, env);
  };
  const refused = (words: RegExp) => (error: unknown) =>
    error instanceof KnownError && error.code === 'configurationInvalid' && words.test(error.message);

  it('takes the environment before the file, and needs an endpoint or a key', async () => {
    const yaml =
      'model: { name: ours, baseUrl: "http://one/v1" }\nprices: { ours: { input: 1, cached: 0, output: 2 } }';
    const config = await withFile(yaml, { OPENAI_BASE_URL: 'http://two/v1' });
    assert.deepEqual([config.model, config.endpoint.baseUrl], ['ours', 'http://two/v1']);
    assert.deepEqual(config.prices, { ours: { input: 1, cached: 0, output: 2 } });
    assert.equal((await withFile('')).model, null);
  });

  it('lets as many tasks act as there are processors, at least two, or as many as it says', async () => {
    const { maxConcurrent, maxPerRepository } = await withFile('');
    assert.deepEqual([maxConcurrent, maxPerRepository], [Math.max(2, availableParallelism()), null]);
    const config = await withFile('maxConcurrent: 20\nmaxPerRepository: 4');
    assert.deepEqual([config.maxConcurrent, config.maxPerRepository], [20, 4]);
  });

  it('tells an agent of failing checks with 4,000 tokens, or as many as it says', async () => {
    assert.equal((await withFile('')).digestTokens, 4_000);
    assert.equal((await withFile('digestTokens: 900')).digestTokens, 900);
    await assert.rejects(withFile('digestTokens: 10'), refused(/digestTokens/));
  });

  it('knows models that may take over, and none where it is not told', async () => {
    assert.deepEqual((await withFile('otherModels: [big, small]')).otherModels, ['big', 'small']);
    assert.deepEqual((await withFile('')).otherModels, []);
    await assert.rejects(withFile('otherModels: big'), refused(/otherModels/));
  });

  it('names the setting that is wrong', async () => {
    await assert.rejects(withFile('', { OPENAI_BASE_URL: 'localhost nonsense' }), refused(/OPENAI_BASE_URL/));
    await assert.rejects(withFile('dayCeilingUsd: -1'), refused(/dayCeilingUsd/));
    await assert.rejects(withFile('maxPerRepository: 0'), refused(/maxPerRepository/));
    await assert.rejects(withFile('unknownKey: 1'), refused(/unknownKey/));
  });
});
