// The configuration that `nightjar init` writes: it is read back as it was meant, and says why something does not count.
import assert from 'node:assert/strict';
import { parseConfig } from '../../../shared/spec/parseConfig.ts';
import { checkOf } from '../../../shared/spec/settings.ts';
import { kindOf, writeConfig, type FoundConfig } from '../../../shared/spec/writeConfig.ts';

const path = '.nightjar/config.yaml';
const check = (name: string, command: string) => ({ ...checkOf(command), name });
const tried = (name: string, command: string, failure: string | null = null) => ({
  ...{ check: check(name, command), command, durationMs: 1_234, failure },
});
const found: FoundConfig = {
  source: 'package.json',
  commit: 'a'.repeat(40),
  setUp: { command: 'npm ci', durationMs: 12_000, failure: null },
  checks: [tried('test', 'npm test'), tried('lint', 'npm run lint', 'exit code 1;\nit asks for a terminal')],
  network: null,
};

describe('writeConfig', () => {
  it('writes what passed, and what failed as a comment with its reason', () => {
    const text = writeConfig(found);
    const { setUp, checks, network } = parseConfig(text, path);
    assert.deepEqual(
      [setUp, checks, network],
      ['npm ci', [{ ...check('test', 'npm test'), kind: 'test' }], null],
    );
    assert.match(text, /# Failed \(exit code 1; it asks for a terminal\)[\s\S]*# - name: lint\n/);
  });

  it('counts what failed once its # are taken away', () => {
    const mended = writeConfig(found)
      .split('\n')
      .map((line) => line.replace(/^ {2}# ((?:- |  )\w+: )/, '  $1'))
      .join('\n');
    assert.deepEqual(
      parseConfig(mended, path).checks.map(({ name, kind }) => [name, kind]),
      [
        ['test', 'test'],
        ['lint', 'lint'],
      ],
    );
  });

  it('reads back any command as it was', () => {
    const commands = [
      'a: b # c',
      '"quoted" \'too\' \\ $X',
      '- x',
      '*y',
      'one\ntwo',
      `long ${'word '.repeat(80)}end`,
      '@x',
      'off',
      '[a]',
    ];
    const checks = commands.map((command, index) => tried(`n${index}`, command));
    const setUp = { command: 'x # y: [', durationMs: 1, failure: null };
    const config = parseConfig(writeConfig({ ...found, checks, setUp }), path);
    assert.deepEqual(
      config.checks.map(({ command }) => command),
      commands,
    );
    assert.equal(config.setUp, setUp.command);
  });

  it('is read whatever has failed, and keeps the network that was opened', () => {
    const failure = 'exit code 1';
    const all: FoundConfig = {
      ...found,
      setUp: { command: 'npm ci', durationMs: 1, failure },
      checks: [tried('test', 'npm test', failure)],
      network: ['registries', '*.example.org'],
    };
    const { setUp, checks, network } = parseConfig(writeConfig(all), path);
    assert.deepEqual([setUp, checks, network], [null, [], { mode: 'registries', hosts: ['*.example.org'] }]);
  });
});

describe('what a check proves', () => {
  const cases: Record<string, string | undefined> = {
    'npm test': 'test',
    'npm run lint': 'lint',
    'npm run typecheck': 'types',
    'mypy .': 'types',
    'go vet ./...': 'lint',
    'npm audit': 'security',
    'make all': undefined,
    'npm run build': 'build',
    './mvnw --batch-mode test': 'test',
  };
  for (const [command, kind] of Object.entries(cases))
    it(`of ${command} is ${kind ?? 'not known'}`, () => assert.equal(kindOf(checkOf(command)), kind));
});
