// The checks of projects in Java, .NET, PHP and Ruby, by the files that their own tools read.
import type { DetectedChecks, Project } from './project.ts';
import { checkOf } from './settings.ts';
import type { Check } from './spec.ts';

export async function detectMaven(project: Project): Promise<DetectedChecks | null> {
  if (!(await project.exists('pom.xml'))) return null;
  // The wrapper brings the version that the project was made for.
  const maven = (await project.exists('mvnw')) ? './mvnw' : 'mvn';
  return { checks: [named('test', `${maven} --batch-mode test`)], setUp: null, source: 'pom.xml' };
}

export async function detectGradle(project: Project): Promise<DetectedChecks | null> {
  const [source] = await existing(project, ['build.gradle', 'build.gradle.kts', 'settings.gradle.kts']);
  if (source === undefined) return null;
  const gradle = (await project.exists('gradlew')) ? './gradlew' : 'gradle';
  // A daemon would outlive the command.
  return { checks: [named('test', `${gradle} --no-daemon test`)], setUp: null, source };
}

export async function detectDotnet(project: Project): Promise<DetectedChecks | null> {
  const names = (await project.entries()).toSorted();
  const source =
    names.find((name) => /\.slnx?$/.test(name)) ?? names.find((name) => /\.(?:cs|fs|vb)proj$/.test(name));
  if (source === undefined) return null;
  return { checks: [named('test', 'dotnet test')], setUp: 'dotnet restore', source };
}

export async function detectPhp(project: Project): Promise<DetectedChecks | null> {
  const manifest = await project.readFile('composer.json');
  if (manifest === null) return null;
  const scripts = scriptsOf(manifest);
  const [unit] = await existing(project, ['phpunit.xml', 'phpunit.xml.dist', 'phpunit.dist.xml']);
  const [stan] = await existing(project, ['phpstan.neon', 'phpstan.neon.dist', 'phpstan.dist.neon']);
  const test = scripts.has('test') ? 'composer test' : unit === undefined ? null : 'vendor/bin/phpunit';
  const checks: Check[] = [
    ...(test === null ? [] : [named('test', test)]),
    ...(scripts.has('lint') ? [named('lint', 'composer lint')] : []),
    ...(stan === undefined ? [] : [named('phpstan', 'vendor/bin/phpstan analyse --no-progress')]),
  ];
  return { checks, setUp: 'composer install --no-interaction', source: 'composer.json' };
}

export async function detectRuby(project: Project): Promise<DetectedChecks | null> {
  const gems = await project.readFile('Gemfile');
  if (gems === null) return null;
  const rakefile = (await project.readFile('Rakefile')) ?? '';
  const [specs] = await existing(project, ['.rspec', 'spec/spec_helper.rb']);
  const hasTask = /TestTask|task\s*[:(]?\s*:?test\b/.test(rakefile);
  const [rails] = await existing(project, ['bin/rails']);
  const test =
    specs !== undefined
      ? 'bundle exec rspec'
      : rails !== undefined
        ? 'bin/rails test'
        : hasTask
          ? 'bundle exec rake test'
          : null;
  const [style] = await existing(project, ['.rubocop.yml']);
  const checks: Check[] = [
    ...(test === null ? [] : [named('test', test)]),
    ...(style === undefined ? [] : [named('rubocop', 'bundle exec rubocop')]),
  ];
  return { checks, setUp: 'bundle install', source: 'Gemfile' };
}

function named(name: string, command: string): Check {
  return { ...checkOf(command), name };
}

async function existing(project: Project, paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(paths.map((path) => project.exists(path)));
  return paths.filter((_path, index) => found[index] === true);
}

/** The names of the scripts in a composer.json; none where it can't be read. */
function scriptsOf(manifest: string): ReadonlySet<string> {
  try {
    const { scripts } = JSON.parse(manifest) as { readonly scripts?: object };
    return new Set(Object.keys(scripts ?? {}));
  } catch {
    return new Set();
  }
}
