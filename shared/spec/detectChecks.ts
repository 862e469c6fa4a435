// Guesses from a project's own files which commands prove that it works.
import { checkOf } from './settings.ts';
import { detectDotnet, detectGradle, detectMaven, detectPhp, detectRuby } from './detectMoreChecks.ts';
import type { DetectedChecks, Project } from './project.ts';

/** The first kind of project that gives any check wins: what a project calls "test" usually covers all of it. */
export async function detectChecks(project: Project): Promise<DetectedChecks> {
  const ways = [
    ...[detectNode, detectMake, detectPython, detectCargo, detectGo],
    ...[detectMaven, detectGradle, detectDotnet, detectPhp, detectRuby],
  ];
  for (const detect of ways) {
    const detected = await detect(project);
    if (detected !== null && detected.checks.length > 0) return detected;
  }
  return { checks: [], setUp: null, source: '' };
}

async function detectNode(project: Project): Promise<DetectedChecks | null> {
  const manifest = parseManifest(await project.readFile('package.json'));
  if (manifest === null) return null;
  const manager = await packageManagerOf(project);
  const typeCheck = ['typecheck', 'type-check', 'check-types'].find((name) => manifest.scripts.has(name));
  const names = ['test', 'lint', ...(typeCheck === undefined ? [] : [typeCheck]), 'check'];
  const checks = names
    .filter((name) => isUsable(manifest.scripts.get(name)))
    .map((name) => ({
      ...checkOf(name === 'test' ? `${manager.name} test` : `${manager.name} run ${name}`),
      name,
    }));
  return { checks, setUp: manifest.hasDependencies ? manager.install : null, source: 'package.json' };
}

/** The placeholder of `npm init` always fails; a script that watches never ends. */
function isUsable(script: string | undefined): boolean {
  return script !== undefined && !/no test specified|--watch(?:All)?(?!=false|\S)/.test(script);
}

async function packageManagerOf(
  project: Project,
): Promise<{ readonly name: string; readonly install: string }> {
  if (await project.exists('pnpm-lock.yaml'))
    return { name: 'pnpm', install: 'pnpm install --frozen-lockfile' };
  if (await project.exists('yarn.lock')) {
    const isModern = await project.exists('.yarnrc.yml');
    return { name: 'yarn', install: `yarn install ${isModern ? '--immutable' : '--frozen-lockfile'}` };
  }
  if ((await project.exists('bun.lock')) || (await project.exists('bun.lockb')))
    return { name: 'bun', install: 'bun install --frozen-lockfile' };
  const isLocked =
    (await project.exists('package-lock.json')) || (await project.exists('npm-shrinkwrap.json'));
  return { name: 'npm', install: isLocked ? 'npm ci' : 'npm install' };
}

interface Manifest {
  readonly scripts: ReadonlyMap<string, string>;
  readonly hasDependencies: boolean;
}

/** A manifest that is no JSON object tells nothing: its own tools will complain of it. */
function parseManifest(text: string | null): Manifest | null {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
  if (typeof manifest !== 'object' || manifest === null) return null;
  const entriesOf = (key: string): [string, unknown][] => {
    const value: unknown = Object.entries(manifest).find(([name]) => name === key)?.[1];
    return typeof value === 'object' && value !== null ? Object.entries(value) : [];
  };
  const scripts = entriesOf('scripts').filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const dependencies = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap(entriesOf);
  return { scripts: new Map(scripts), hasDependencies: dependencies.length > 0 };
}

async function detectMake(project: Project): Promise<DetectedChecks | null> {
  const source = (await project.exists('GNUmakefile')) ? 'GNUmakefile' : 'Makefile';
  const text = (await project.readFile(source)) ?? '';
  const targets = ['test', 'check', 'lint'].filter((name) =>
    new RegExp(`^${name}[ \\t]*::?(?!=)`, 'm').test(text),
  );
  return { checks: targets.map((name) => ({ ...checkOf(`make ${name}`), name })), setUp: null, source };
}

async function detectPython(project: Project): Promise<DetectedChecks | null> {
  const manifest = await project.readFile('pyproject.toml');
  const settings = `${manifest ?? ''}\n${(await project.readFile('setup.cfg')) ?? ''}`;
  const isAnyThere = async (...paths: string[]): Promise<boolean> =>
    (await Promise.all(paths.map((path) => project.exists(path)))).includes(true);
  const isPython = manifest !== null || (await isAnyThere('setup.py', 'setup.cfg', 'requirements.txt'));
  const hasTests =
    /pytest/.test(settings) ||
    (await isAnyThere('pytest.ini', 'conftest.py')) ||
    (isPython && (await isAnyThere('tests', 'test')));
  const names = [
    ...(hasTests ? ['pytest'] : []),
    ...(/^\[tool\.ruff/m.test(settings) || (await isAnyThere('ruff.toml', '.ruff.toml')) ? ['ruff'] : []),
    ...(/^\[(?:tool\.)?mypy/m.test(settings) || (await isAnyThere('mypy.ini', '.mypy.ini')) ? ['mypy'] : []),
  ];
  const runner = await pythonRunnerOf(project);
  const commands: Readonly<Record<string, string>> = {
    pytest: 'pytest',
    ruff: 'ruff check .',
    mypy: 'mypy .',
  };
  const checks = names.map((name) => ({ ...checkOf(`${runner.prefix}${commands[name] ?? name}`), name }));
  return { checks, setUp: runner.setUp, source: manifest === null ? 'Python project' : 'pyproject.toml' };
}

async function pythonRunnerOf(
  project: Project,
): Promise<{ readonly prefix: string; readonly setUp: string | null }> {
  if (await project.exists('uv.lock')) return { prefix: 'uv run ', setUp: 'uv sync --frozen' };
  if (await project.exists('poetry.lock')) return { prefix: 'poetry run ', setUp: 'poetry install' };
  return { prefix: '', setUp: null };
}

async function detectCargo(project: Project): Promise<DetectedChecks | null> {
  if (!(await project.exists('Cargo.toml'))) return null;
  return { checks: [checkOf('cargo test')], setUp: null, source: 'Cargo.toml' };
}

async function detectGo(project: Project): Promise<DetectedChecks | null> {
  if (!(await project.exists('go.mod'))) return null;
  return { checks: [checkOf('go test ./...'), checkOf('go vet ./...')], setUp: null, source: 'go.mod' };
}
