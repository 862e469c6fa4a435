// What the result of a set-up depends on: too narrow, and a check runs on what was made from other files.
import assert from 'node:assert/strict';
import { readsSources, scopeOf } from '../../../runner/tasks/setUpScope.ts';

const filesAt = (paths: string) => paths.split(' ').map((path) => ({ path, id: 'a' }));
const scope = (command: string, paths: string): string => {
  const found = scopeOf(command, filesAt(paths));
  return found.kind === 'locks' ? found.files.map(({ path }) => path).join(' ') : `(${found.kind})`;
};

describe('what a set-up depends on', () => {
  const npm = 'package.json package-lock.json src/a.js';
  const cases: [name: string, command: string, paths: string, depends: string][] = [
    ['a plain install: its manifests and lock files', 'npm ci', npm, 'package.json package-lock.json'],
    [
      'those of every folder',
      'npm ci',
      `${npm} web/package.json`,
      'package.json package-lock.json web/package.json',
    ],
    [
      'what else decides',
      'pnpm i --frozen-lockfile',
      'pnpm-lock.yaml .npmrc .nvmrc patches/a.patch b.c',
      'pnpm-lock.yaml .npmrc .nvmrc patches/a.patch',
    ],
    [
      "Yarn's own program and plugins",
      'yarn install --immutable',
      'yarn.lock .yarn/releases/yarn.cjs a',
      'yarn.lock .yarn/releases/yarn.cjs',
    ],
    [
      'several installs',
      'cd web && npm ci && cd ../api && go mod download',
      'web/package-lock.json api/go.sum',
      '(tree)',
    ],
    [
      'several installs in folders beneath',
      'cd web && npm ci --ignore-scripts',
      'web/package-lock.json a',
      'web/package-lock.json',
    ],
    ['an install and a build: every file', 'npm ci && npm run build', npm, '(tree)'],
    ['a command that is none of these', 'make deps', npm, '(tree)'],
    ['another command after a plain one', 'npm ci; ./more', npm, '(tree)'],
    ['a command within one', 'npm ci --a=$(./more)', npm, '(tree)'],
    ['an option that names a file', 'npm ci --script-shell=./sh', npm, '(tree)'],
    ['the name of a package', 'npm install left-pad', npm, '(tree)'],
    ['no lock file', 'npm install', 'package.json src/a.js', '(tree)'],
    ['what is built at every install', 'npm ci', `${npm} binding.gyp`, '(tree)'],
    ['the requirements of Python', 'pip install -r requirements-dev.txt', 'requirements-dev.txt', '(tree)'],
    ['nothing that says what it installs', 'make deps', 'Makefile src/a.c', '(none)'],
  ];
  for (const [name, command, paths, depends] of cases)
    it(name, () => {
      assert.equal(scope(command, paths), depends);
    });

  it('is every file where package.json has scripts of its own for the install, or depends on files', () => {
    const reading = [
      { scripts: { postinstall: 'prisma generate' } },
      { scripts: { prepare: 'husky && npm run build' } },
      { dependencies: { own: 'file:./own' } },
      { devDependencies: { own: '../own' } },
      { dependencies: { own: { version: '1' } } },
    ];
    for (const manifest of reading)
      assert.equal(readsSources(JSON.stringify(manifest)), true, JSON.stringify(manifest));
    assert.equal(readsSources('{ "scripts": '), true);
    assert.equal(readsSources('{ "scripts": null }'), true);
    const plain = [
      {},
      { scripts: { test: 'mocha', build: 'tsc', prepare: 'husky', postinstall: 'patch-package' } },
      { dependencies: { other: 'workspace:*', left: '^1.0.0', git: 'github:a/b' } },
    ];
    for (const manifest of plain)
      assert.equal(readsSources(JSON.stringify(manifest)), false, JSON.stringify(manifest));
  });
});
