// Which settings decide how strict the checks are, and which change of them makes them less strict.
import type { IntegrityKind } from '../../../shared/task/integrity.ts';

/** How a setting grows weaker. Of a list `grows` and `shrinks`, of the others their value. */
type Weakening = 'falls' | 'rises' | 'off' | 'on' | 'milder' | 'grows' | 'shrinks';

export interface ConfigurationRule {
  readonly files: RegExp;
  readonly path: RegExp;
  readonly weaker: Weakening;
  readonly kind: IntegrityKind;
}

const kind = 'configurationWeakened' as const;
const typescript = /(^|\/)[tj]sconfig[^/]*\.json$/;
const eslint = /(^|\/)(\.eslintrc[^/]*|eslint\.config\.[^/]+|\.oxlintrc\.json|\.?stylelint[^/]*)$/;
const withEslint = /(^|\/)(\.eslintrc[^/]*|eslint\.config\.[^/]+|package\.json|\.oxlintrc\.json)$/;
const biome = /(^|\/)\.?biome\.jsonc?$/;
const python =
  /(^|\/)(pyproject\.toml|setup\.cfg|tox\.ini|mypy\.ini|\.mypy\.ini|pytest\.ini|\.flake8|\.?ruff\.toml|\.?pylintrc|pyrightconfig\.json|\.coveragerc)$/;
const jsTests =
  /(^|\/)(package\.json|jest\.config\.[^/]+|vite(st)?\.config\.[^/]+|\.mocharc[^/]*|\.nycrc[^/]*|\.c8rc[^/]*|karma\.conf\.[^/]+|playwright\.config\.[^/]+)$/;
const ci =
  /(^|\/)(\.github\/(workflows|actions)\/.*\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci\/config\.yml|azure-pipelines\.ya?ml|\.travis\.yml|appveyor\.yml|\.pre-commit-config\.yaml|\.nightjar\/config\.yaml|lefthook\.yml|\.buildkite\/.*\.yml|bitbucket-pipelines\.yml|\.cirrus\.yml)$/;
const anyFile = /./;

export const configurationRules: readonly ConfigurationRule[] = [
  // Thresholds.
  {
    files: jsTests,
    path: /(coverageThreshold|thresholds?)\b.*\.(branches|functions|lines|statements|autoUpdate)$/i,
    weaker: 'falls',
    kind: 'thresholdLowered',
  },
  {
    files: /(^|\/)(\.nycrc[^/]*|\.c8rc[^/]*|package\.json)$/,
    path: /^((nyc|c8)\.)?(branches|functions|lines|statements)$/,
    weaker: 'falls',
    kind: 'thresholdLowered',
  },
  {
    files: /(^|\/)(\.nycrc[^/]*|\.c8rc[^/]*|package\.json)$/,
    path: /^((nyc|c8)\.)?check-coverage$/,
    weaker: 'off',
    kind: 'thresholdLowered',
  },
  { files: python, path: /fail[_-]under$/, weaker: 'falls', kind: 'thresholdLowered' },
  { files: /(^|\/)\.?codecov\.ya?ml$/, path: /\.target$/, weaker: 'falls', kind: 'thresholdLowered' },
  { files: /(^|\/)\.?codecov\.ya?ml$/, path: /\.threshold$/, weaker: 'rises', kind: 'thresholdLowered' },
  // TypeScript.
  {
    files: typescript,
    path: /compilerOptions\.(strict\w*|noImplicit\w+|noUnchecked\w+|noUnused\w+|noFallthrough\w+|noPropertyAccess\w+|exactOptional\w+|useUnknownInCatchVariables|alwaysStrict|checkJs)$/,
    weaker: 'off',
    kind,
  },
  {
    files: typescript,
    path: /compilerOptions\.(skipLibCheck|suppress\w+|allowUnreachableCode|allowUnusedLabels)$/,
    weaker: 'on',
    kind,
  },
  { files: typescript, path: /^exclude\[\]$/, weaker: 'grows', kind },
  { files: typescript, path: /^(include|files)\[\]$/, weaker: 'shrinks', kind },
  // Linters.
  { files: withEslint, path: /(^|\.)rules\.[^.[\]]+(\[\])?$/, weaker: 'milder', kind },
  { files: eslint, path: /(^|[.\]])(ignorePatterns|ignores|ignoreFiles)\[\]$/, weaker: 'grows', kind },
  { files: biome, path: /rules\.[^[\]]+$/, weaker: 'milder', kind },
  { files: biome, path: /(^|\.)linter\.enabled$/, weaker: 'off', kind },
  { files: biome, path: /(^|\.)(files|linter)\.ignore\[\]$/, weaker: 'grows', kind },
  {
    files: /(^|\/)\.?golangci\.(ya?ml|toml|json)$/,
    path: /(^|\.)linters\.disable\[\]$|exclude[\w.-]*\[\]/,
    weaker: 'grows',
    kind,
  },
  {
    files: /(^|\/)\.?golangci\.(ya?ml|toml|json)$/,
    path: /(^|\.)linters\.enable\[\]$/,
    weaker: 'shrinks',
    kind,
  },
  { files: /(^|\/)Cargo\.toml$/, path: /(^|\.)lints\./, weaker: 'milder', kind },
  { files: /(^|\/)\.rubocop[^/]*\.yml$/, path: /\.Enabled$/, weaker: 'off', kind },
  { files: /(^|\/)\.rubocop[^/]*\.yml$/, path: /Exclude\[\]$/, weaker: 'grows', kind },
  // Python.
  {
    files: python,
    path: /(ruff|flake8|pycodestyle|lint)[\w.-]*\.(extend-)?(ignore|per-file-ignores)(\.[^[\]]+)?(\[\])?$|^(lint\.)?(extend-)?(ignore|per-file-ignores)(\.[^[\]]+)?(\[\])?$/,
    weaker: 'grows',
    kind,
  },
  {
    files: python,
    path: /(ruff|flake8|lint)[\w.-]*\.(extend-)?select(\[\])?$|^(lint\.)?(extend-)?select(\[\])?$/,
    weaker: 'shrinks',
    kind,
  },
  {
    files: python,
    path: /(mypy|pylint)[\w.\-* ]*\.(exclude|disable|disable_error_code)(\[\])?$|MESSAGES CONTROL\.disable(\[\])?$/i,
    weaker: 'grows',
    kind,
  },
  {
    files: python,
    path: /\.(ignore_errors|ignore_missing_imports|allow_untyped_\w+|allow_any_\w+|implicit_optional)$/,
    weaker: 'on',
    kind,
  },
  {
    files: python,
    path: /mypy[\w.\-*]*\.(strict\w*|disallow_\w+|warn_\w+|check_untyped_defs|no_implicit_\w+|extra_checks)$|(^|\.)xfail_strict$/,
    weaker: 'off',
    kind,
  },
  { files: python, path: /(^|\.)(report[A-Z]\w+|typeCheckingMode)$/, weaker: 'milder', kind },
  {
    files: python,
    path: /(coverage[\w.:]*|run)\.(omit|exclude_lines|exclude_also)\[\]$/,
    weaker: 'grows',
    kind,
  },
  { files: python, path: /(^|\.)testpaths(\[\])?$/, weaker: 'shrinks', kind: 'checkWeakened' },
  // What tests are found, and what an empty run means.
  {
    files: jsTests,
    path: /(testPathIgnorePatterns|modulePathIgnorePatterns|coveragePathIgnorePatterns|(^|\.)test\.exclude|coverage\.exclude|^ignore)\[\]$/,
    weaker: 'grows',
    kind: 'checkWeakened',
  },
  {
    files: jsTests,
    path: /((^|\.)testMatch|(^|\.)test\.include|^spec|^roots|jest\.roots)\[\]$/,
    weaker: 'shrinks',
    kind: 'checkWeakened',
  },
  {
    files: jsTests,
    path: /(^|\.)(passWithNoTests|allowOnly|dangerouslyIgnoreUnhandledErrors)$/,
    weaker: 'on',
    kind: 'checkWeakened',
  },
  {
    files: jsTests,
    path: /(^|\.)(forbidOnly|forbidPending|failZero)$/,
    weaker: 'off',
    kind: 'checkWeakened',
  },
  // Runs whose failure no one hears of.
  {
    files: ci,
    path: /(continue-on-error|allow_failure|continueOnError|ignore_failure|soft_fail)$/,
    weaker: 'on',
    kind: 'checkWeakened',
  },
  { files: ci, path: /(^|\.|\])if$|(^|\.|\])when$/, weaker: 'off', kind: 'checkWeakened' },
  {
    files: anyFile,
    path: /(^|\.)(testFailureIgnore|skipTests|maven\.test\.skip)$/,
    weaker: 'on',
    kind: 'checkWeakened',
  },
];

export function isContinuousIntegration(path: string): boolean {
  return ci.test(path);
}

/** Lists of paths that a linter leaves alone. */
export const ignoreFiles =
  /(^|\/)\.(eslintignore|stylelintignore|flake8ignore|oxlintignore|nycignore|semgrepignore)$/;

/** A file that goes takes its tool's strictness with it, unless another one takes its place. */
export const wholeConfigurations: readonly RegExp[] = [
  eslint,
  biome,
  typescript,
  /(^|\/)(\.?mypy\.ini|pyrightconfig\.json)$/,
  /(^|\/)(\.flake8|\.?ruff\.toml|\.?pylintrc)$/,
  /(^|\/)\.?golangci\.(ya?ml|toml|json)$/,
];

/** Never anybody's source: to leave them out is no weakening. */
export const neverSource =
  /(^|[/!*])(node_modules|dist|build|out|output|coverage|target|lib|vendor|\.next|\.nuxt|\.cache|tmp|temp|generated|\.venv|venv|__pycache__|site-packages|\.git)\b/;

const severities: readonly RegExp[] = [
  /^(off|0|none|allow|false|disable|disabled)$/,
  /^(warn|warning|1|information|info|hint|basic)$/,
  /^(error|2|deny|forbid|true|on|standard)$/,
  /^strict$/,
];

/** The rank of a severity; null for what is none, such as an option. */
export function severityOf(value: string): number | null {
  const rank = severities.findIndex((pattern) => pattern.test(value));
  return rank < 0 ? null : rank;
}
