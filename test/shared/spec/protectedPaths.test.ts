// Which paths a task can't change, and which globs nobody can mean.
import assert from 'node:assert/strict';
import { parseConfig } from '../../../shared/spec/parseConfig.ts';
import { protection } from '../../../shared/spec/protectedPaths.ts';

describe('protected paths', () => {
  const cases: readonly (readonly [globs: string[], path: string, isProtected: boolean])[] = [
    [[], '.nightjar/config.yaml', true],
    [[], '.nightjar', true],
    [[], '.Nightjar/config.yaml', true],
    [[], 'docs/.nightjar/notes.md', false],
    [['ci/'], 'ci/build.sh', true],
    [['ci/'], 'tools/ci/build.sh', true],
    [['/ci/'], 'tools/ci/build.sh', false],
    [['*.lock'], 'a/b/yarn.lock', true],
    [['src/**/*.snap'], 'src/a/b.snap', true],
    [['src/*.ts'], 'src/a/b.ts', false],
    [['package.json'], 'package.json', true],
    [['package.json'], 'package.json5', false],
  ];
  for (const [globs, path, isProtected] of cases)
    it(`${globs.join(' ') || 'nothing'} ${isProtected ? 'protects' : 'leaves'} ${path}`, () =>
      assert.equal(protection(globs)(path), isProtected));

  it('are read from the configuration, and a glob that nobody can mean is told with its line', () => {
    const read = (globs: string): readonly string[] =>
      parseConfig(`model: m\nprotectedPaths: ${globs}\n`, 'c').protectedPaths;
    assert.deepEqual(read('[ci/, "*.lock"]'), ['ci/', '*.lock']);
    for (const globs of ['["!ci/"]', '["/"]', '[""]', '["# note"]', 'ci/'])
      assert.throws(() => read(globs), { code: 'configUnreadable', message: /line 2: protectedPaths/ });
  });
});
