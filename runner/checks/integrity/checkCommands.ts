// Finds the commands with which a project checks itself: in package.json, CI files, Makefiles, scripts, tox, Nightjar's own file.
import { nameOf } from './languages.ts';
import { isContinuousIntegration } from './configurationRules.ts';
import type { Setting } from './settings.ts';

export interface Command {
  /** By which it is known again: the script, the job, the target. */
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

/** Tools that check something. */
export const checkTool =
  /\b(test|tests|jest|mocha|vitest|ava|tap|jasmine|karma|cypress|playwright|pytest|unittest|nose2|tox|nox|eslint|oxlint|biome|tsc|vue-tsc|tsd|xo|standard|stylelint|prettier|knip|mypy|pyright|ruff|flake8|pylint|black|bandit|clippy|nextest|vet|golangci-lint|staticcheck|verify|check|checks|lint|typecheck|type-check|rspec|rubocop|phpunit|phpstan|psalm|ctest|coverage|c8|nyc|audit|spotless:check|checkstyle)\b/;

const scriptName =
  /^(pre|post)?(test|lint|check|verify|type-?check|types|ci|coverage|validate|audit|format:check|build)([:_-].*)?$/;
const shellScript =
  /(^|\/)(ci|scripts?|bin|tools|\.husky|\.ci)\/[^/]*((test|check|lint|ci|verify)[^/]*(\.(sh|bash|py))?|pre-commit|pre-push)$|(^|\/)(run-?tests|test|check|ci)\.sh$/i;

export function holdsCommands(path: string): boolean {
  const name = nameOf(path);
  return (
    /^(package\.json|tox\.ini|pyproject\.toml|pytest\.ini|setup\.cfg|[Jj]ustfile|Makefile|makefile|GNUmakefile|Taskfile\.ya?ml|Jenkinsfile|deno\.jsonc?|composer\.json|Rakefile|noxfile\.py)$/.test(
      name,
    ) ||
    /\.mk$/.test(name) ||
    isContinuousIntegration(path) ||
    shellScript.test(path)
  );
}

/** `settings` are those of the file, where it can be read as such. */
export function commandsIn(path: string, text: string, settings: readonly Setting[] | null): Command[] {
  const name = nameOf(path);
  if (name === 'package.json' || name === 'composer.json' || /^deno\.jsonc?$/.test(name))
    return scriptsIn(settings ?? []);
  if (isContinuousIntegration(path) || /^Taskfile/.test(name)) return stepsIn(settings ?? []);
  if (settings !== null) return optionsIn(settings);
  return linesIn(text);
}

function scriptsIn(settings: readonly Setting[]): Command[] {
  return settings
    .filter(({ path }) => /^(scripts|tasks)\./.test(path))
    .map(({ path, value, line }) => ({ name: path, text: value, line }))
    .filter(({ name, text }) => scriptName.test(name.replace(/^\w+\./, '')) || checkTool.test(text));
}

/** Of a CI file: what its steps run. */
function stepsIn(settings: readonly Setting[]): Command[] {
  return settings
    .filter(({ path }) =>
      /(^|[.\]])(run|script|before_script|command|cmds|entry|args|commands)(\[\])*$/.test(path),
    )
    .flatMap(({ path, value, line }) =>
      value
        .replaceAll(/\\\n\s*/g, ' ')
        .split('\n')
        .map((text, index) => ({ name: path, text: text.trim(), line: line + index })),
    )
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
}

function optionsIn(settings: readonly Setting[]): Command[] {
  return settings
    .filter(({ path }) => /(^|\.)(addopts|commands|commands_pre)(\[\])?$/.test(path))
    .map(({ path, value, line }) => ({ name: path.replace(/\[\]$/, ''), text: value, line }));
}

/** Of Makefiles and scripts every line is one, under the target that it stands beneath. */
function linesIn(text: string): Command[] {
  let target = '';
  return text.split('\n').flatMap((raw, index) => {
    const [, heading] = /^([\w./-]+)\s*:(?!=)/.exec(raw) ?? [];
    if (heading !== undefined) target = heading;
    const line = raw.trim().replace(/^[@-]+(?=\w)/, (marks) => (marks.includes('-') ? '- ' : ''));
    const isCommand = line !== '' && !line.startsWith('#') && !line.startsWith('//');
    return isCommand ? [{ name: target, text: line, line: index + 1 }] : [];
  });
}
