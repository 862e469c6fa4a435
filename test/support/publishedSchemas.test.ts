// What is published for others is what the programs take and give.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { projectRoot } from '../layers/testFiles.ts';
import { publishedSchemas } from './publishedSchemas.ts';

describe('the published schemas', () => {
  it('are up to date: npm run schemas', async () => {
    for (const { path, text } of await publishedSchemas())
      assert.equal(await readFile(join(projectRoot, path), 'utf8'), text, path);
  });

  it('come with the extension where the editor completes by them', async () => {
    const [validation] = manifest.contributes.yamlValidation;
    assert.equal(validation?.fileMatch, '.nightjar/config.yaml');
    const text = await readFile(join(projectRoot, validation.url), 'utf8');
    const { properties } = JSON.parse(text) as { properties: Record<string, { description?: string }> };
    assert.deepEqual(Object.keys(properties).toSorted(), [
      ...['budget', 'checks', 'includeIgnored', 'model', 'network', 'protectedPaths', 'setUp', 'trailers'],
    ]);
    for (const [key, { description }] of Object.entries(properties)) assert.ok(description, key);
  });
});
