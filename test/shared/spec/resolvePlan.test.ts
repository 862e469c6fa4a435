// Which checks count: what projects say of themselves, their configuration, the spec, and the user.
import assert from 'node:assert/strict';
import { detectChecks } from '../../../shared/spec/detectChecks.ts';
import type { Project } from '../../../shared/spec/project.ts';
import { parseConfig } from '../../../shared/spec/parseConfig.ts';
import { parseSpec } from '../../../shared/spec/parseSpec.ts';
import { resolvePlan } from '../../../shared/spec/resolvePlan.ts';

function projectOf(files: Readonly<Record<string, string>>): Project {
  return {
    readFile: async (path) => files[path] ?? null,
    entries: async () => [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? ''))],
    exists: async (path) => Object.keys(files).some((file) => file === path || file.startsWith(`${path}/`)),
  };
}

function manifest(scripts: Record<string, string>, hasDependencies = true): string {
  return JSON.stringify({ scripts, ...(hasDependencies ? { devDependencies: { mocha: '*' } } : {}) });
}

describe('detectChecks', () => {
  const all = { test: 'mocha', lint: 'eslint .', typecheck: 'tsc', 'type-check': 'tsc', start: 'node .' };
  const cases: Record<
    string,
    [files: Record<string, string>, commands: string[], setUp: string | null, source: string]
  > = {
    'npm with a lock': [
      { 'package.json': manifest(all), 'package-lock.json': '' },
      ['npm test', 'npm run lint', 'npm run typecheck'],
      'npm ci',
      'package.json',
    ],
    'npm without a lock': [
      { 'package.json': manifest({ test: 'x' }) },
      ['npm test'],
      'npm install',
      'package.json',
    ],
    'npm without dependencies': [
      { 'package.json': manifest({ test: 'x' }, false) },
      ['npm test'],
      null,
      'package.json',
    ],
    pnpm: [
      { 'package.json': manifest({ check: 'x' }), 'pnpm-lock.yaml': '' },
      ['pnpm run check'],
      'pnpm install --frozen-lockfile',
      'package.json',
    ],
    'yarn 1': [
      { 'package.json': manifest({ test: 'x' }), 'yarn.lock': '' },
      ['yarn test'],
      'yarn install --frozen-lockfile',
      'package.json',
    ],
    'yarn 4': [
      { 'package.json': manifest({ test: 'x' }), 'yarn.lock': '', '.yarnrc.yml': '' },
      ['yarn test'],
      'yarn install --immutable',
      'package.json',
    ],
    'the placeholder of npm and a watcher': [
      {
        'package.json': manifest({
          test: 'echo "Error: no test specified" && exit 1',
          lint: 'eslint --watch .',
        }),
      },
      [],
      null,
      '',
    ],
    'a package.json that only starts things, beside Go': [
      { 'package.json': manifest({ start: 'x' }), 'go.mod': '' },
      ['go test ./...', 'go vet ./...'],
      null,
      'go.mod',
    ],
    'a broken package.json': [{ 'package.json': '{' }, [], null, ''],
    make: [
      { Makefile: 'test: build\n\tgo test\nlint := x\ncheck ::\n' },
      ['make test', 'make check'],
      null,
      'Makefile',
    ],
    pytest: [
      { 'pyproject.toml': '[tool.ruff]\n[tool.mypy]\n', 'tests/test_a.py': '' },
      ['pytest', 'ruff check .', 'mypy .'],
      null,
      'pyproject.toml',
    ],
    uv: [
      { 'pyproject.toml': 'dev = ["pytest"]', 'uv.lock': '' },
      ['uv run pytest'],
      'uv sync --frozen',
      'pyproject.toml',
    ],
    'a folder of tests that is not Python': [{ 'tests/a.txt': '' }, [], null, ''],
    'maven with its wrapper': [{ 'pom.xml': '', mvnw: '' }, ['./mvnw --batch-mode test'], null, 'pom.xml'],
    gradle: [
      { 'build.gradle.kts': '', gradlew: '' },
      ['./gradlew --no-daemon test'],
      null,
      'build.gradle.kts',
    ],
    '.NET by its solution': [
      { 'shop.csproj': '', 'shop.sln': '', 'src/a.cs': '' },
      ['dotnet test'],
      'dotnet restore',
      'shop.sln',
    ],
    'composer without scripts': [
      { 'composer.json': '{', 'phpunit.xml.dist': '', 'phpstan.neon': '' },
      ['vendor/bin/phpunit', 'vendor/bin/phpstan analyse --no-progress'],
      'composer install --no-interaction',
      'composer.json',
    ],
    'composer with scripts': [
      { 'composer.json': '{"scripts": {"test": "x", "lint": "y"}}', 'phpunit.xml': '' },
      ['composer test', 'composer lint'],
      'composer install --no-interaction',
      'composer.json',
    ],
    rspec: [
      { Gemfile: '', '.rspec': '', '.rubocop.yml': '' },
      ['bundle exec rspec', 'bundle exec rubocop'],
      'bundle install',
      'Gemfile',
    ],
    rake: [
      { Gemfile: '', Rakefile: 'Rake::TestTask.new(:test)' },
      ['bundle exec rake test'],
      'bundle install',
      'Gemfile',
    ],
    'a Gemfile that only builds pages': [{ Gemfile: 'gem "jekyll"' }, [], null, ''],
    cargo: [{ 'Cargo.toml': '', 'tests/a.rs': '' }, ['cargo test'], null, 'Cargo.toml'],
    nothing: [{ 'readme.md': '' }, [], null, ''],
  };
  for (const [name, [files, commands, setUp, source]] of Object.entries(cases)) {
    it(`knows ${name}`, async () => {
      const detected = await detectChecks(projectOf(files));
      assert.deepEqual(
        detected.checks.map((check) => check.command),
        commands,
      );
      assert.deepEqual([detected.setUp, detected.source], [setUp, source]);
    });
  }
});

describe('parseConfig', () => {
  const path = '.nightjar/config.yaml';

  it('reads all keys, and an empty file', () => {
    const text =
      'setUp: make deps\nchecks: [make test]\ntrailers: ["Reviewed-by: nobody"]\nbudget: {costUsd: 1.5}\nmodel: m\nnetwork: off\nprotectedPaths: [/ci/]\nincludeIgnored: ["*.local.json"]\n';
    const config = parseConfig(text, path);
    assert.deepEqual(
      { ...config, checks: config.checks.map((check) => check.command) },
      {
        setUp: 'make deps',
        checks: ['make test'],
        trailers: ['Reviewed-by: nobody'],
        budget: { costUsd: 1.5 },
        model: 'm',
        network: { mode: 'off', hosts: [] },
        protectedPaths: ['/ci/'],
        includeIgnored: ['*.local.json'],
      },
    );
    assert.deepEqual(parseConfig('# nothing\n', path), {
      setUp: null,
      checks: [],
      trailers: null,
      budget: {},
      model: null,
      network: null,
      protectedPaths: [],
      includeIgnored: [],
    });
  });

  it('reads a check with all that can be said of it', () => {
    const text = 'checks:\n  - { name: unit, command: make test, kind: test, timeoutMinutes: 2 }\n';
    assert.deepEqual(parseConfig(text, path).checks, [
      { name: 'unit', command: 'make test', kind: 'test', timeoutMs: 120_000 },
    ]);
  });

  it('names the line of a mistake', () => {
    const code = 'configUnreadable';
    assert.throws(() => parseConfig('model: m\ncheks: []\n', path), {
      code,
      message: /config\.yaml.*line 2: unknown key "cheks"/,
    });
    assert.throws(() => parseConfig('trailers:\n  - nonsense\n', path), {
      code,
      message: /line 2: trailers\.0: a trailer/,
    });
    for (const network of ['everything', '[all, api.example.com]', '["https://a.example.com/x"]', '7', '[]'])
      assert.throws(() => parseConfig(`model: m\nnetwork: ${network}\n`, path), {
        code,
        message: /line 2: network.*off, registries, all, or names of hosts/,
      });
    assert.throws(() => parseConfig('model: "\n', path), { code, message: /line \d/ });
    // A check is a line or a list of keys; what is said is what is wrong with the form that it has.
    assert.throws(() => parseConfig('checks:\n  - command: make\n    timeout: 5\n', path), {
      code,
      message: /line 3: unknown key "timeout"/,
    });
    assert.throws(() => parseConfig('checks:\n  - { command: make, kind: speed }\n', path), {
      code,
      message: /line 2: checks\.0\.kind: .*"test"/,
    });
    for (const pattern of ['"!kept"', '"# all"', '""', '7'])
      assert.throws(() => parseConfig(`model: m\nprotectedPaths: [${pattern}]\n`, path), {
        code,
        message: /line 2: protectedPaths\.0/,
      });
  });
});

describe('resolvePlan', () => {
  const spec = parseSpec('---\nchecks: [a]\nmodel: specs\nbudget: {turns: 1}\n---\nGoal', 'x');
  const config = parseConfig(
    'checks: [b]\nsetUp: configs\nmodel: configs\nbudget: {turns: 2, rounds: 2}\n',
    'x',
  );
  const detected = {
    checks: parseConfig('checks: [c]', 'x').checks,
    setUp: 'detected',
    source: 'package.json',
  };
  const bare = parseSpec('Goal', 'x');

  const cases: Record<
    string,
    [Parameters<typeof resolvePlan>[0], checks: string[], from: string, setUp: string | null]
  > = {
    'the user first': [
      { spec, config, detected, overrides: { checks: ['d', 'd'], setUp: null } },
      ['d'],
      'you',
      null,
    ],
    'no checks when the user says so': [
      { spec, config, detected, overrides: { checks: [] } },
      [],
      'you',
      'configs',
    ],
    'the spec next': [{ spec, config, detected }, ['a'], 'spec', 'configs'],
    'then the configuration': [{ spec: bare, config, detected }, ['b'], '.nightjar/config.yaml', 'configs'],
    'then what was detected': [{ spec: bare, config: null, detected }, ['c'], 'package.json', 'detected'],
    'nothing at last': [{ spec: null, config: null, detected: null }, [], '', null],
  };
  for (const [name, [said, checks, from, setUp]] of Object.entries(cases)) {
    it(`takes ${name}`, () => {
      const plan = resolvePlan(said);
      assert.deepEqual(
        [plan.checks.map((check) => check.command), plan.checksFrom, plan.setUp],
        [checks, from, setUp],
      );
    });
  }

  it('runs what proves the criteria beside what others say', () => {
    const criteria = '# T\n## Criteria\n- `p`\n- [ ] `q/r` exists\n';
    const proven = parseSpec(criteria, 'x');
    const more = parseSpec(`---\nchecks: [a]\n---\n${criteria}`, 'x');
    const resolved = (...[said]: Parameters<typeof resolvePlan>): string => {
      const { checks, checksFrom } = resolvePlan(said);
      return `${checks.map(({ command }) => command).join(' ')} from ${checksFrom}`;
    };
    assert.equal(resolved({ spec: proven, config, detected }), 'p b from spec');
    assert.equal(resolved({ spec: proven, config: null, detected }), 'p from spec');
    assert.equal(resolved({ spec: more, config, detected }), 'p a from spec');
    assert.equal(resolved({ spec: more, config, detected, overrides: { checks: ['d'] } }), 'p d from you');
    assert.equal(resolved({ spec: more, config, detected, overrides: { checks: [] } }), ' from you');
  });

  it('merges budgets key by key', () => {
    const plan = resolvePlan({ spec, config, detected, overrides: { budget: { costUsd: 9 } } });
    assert.deepEqual([plan.budget, plan.model], [{ turns: 1, rounds: 2, costUsd: 9 }, 'specs']);
  });
});
