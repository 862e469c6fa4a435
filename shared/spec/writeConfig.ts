// Writes a project's configuration: what was tried and works as it counts, what failed as a comment that says why.
import { stringify } from 'yaml';
import type { Check, CheckKind } from './spec.ts';

/** One command that was tried. */
export interface Tried {
  readonly command: string;
  readonly durationMs: number;
  /** Null where it passed. */
  readonly failure: string | null;
}

export interface FoundConfig {
  /** The file in which the commands were found. */
  readonly source: string;
  /** Commit id on which they were tried. */
  readonly commit: string;
  readonly setUp: Tried | null;
  readonly checks: readonly (Tried & { readonly check: Check })[];
  /** Of the network, what was opened for them; null for what is usual. */
  readonly network: readonly string[] | null;
}

const usualTimeoutMs = 10 * 60_000;

export function writeConfig({ source, commit, setUp, checks, network }: FoundConfig): string {
  const passed = checks.filter(({ failure }) => failure === null);
  const failed = checks.filter(({ failure }) => failure !== null);
  return [
    '# How Nightjar sets this project up and checks what its agents did.',
    `# Found in ${source} by "nightjar init", and tried in the sandbox on a clean checkout of ${commit.slice(0, 10)}.`,
    ...setUpLines(setUp),
    ...(network === null ? [] : ['', `network: [${network.map(scalar).join(', ')}]`]),
    '',
    ...(passed.length === 0 ? ['# No check has passed yet.', '# checks:'] : ['checks:']),
    ...passed.flatMap((tried) => [...checkLines(tried.check), `    # passed in ${seconds(tried)}`]),
    ...failed.flatMap(({ check, failure }) => [
      `  # Failed (${inComment(failure ?? '')}), so it does not count. Mend it, then take the # away:`,
      ...checkLines(check).map((line) => `  # ${line.slice(2)}`),
    ]),
    ...more,
    '',
  ].join('\n');
}

/** What a check proves, by what it is called and what it runs; undefined where neither tells. */
export function kindOf({ name, command }: Pick<Check, 'name' | 'command'>): CheckKind | undefined {
  const words = `${name} ${command}`.toLowerCase();
  if (/\b(?:audit|bandit|gosec|brakeman|snyk|trivy)\b/.test(words)) return 'security';
  if (/type-?check|check-types|\b(?:types|tsc|mypy|pyright|phpstan|psalm)\b/.test(words)) return 'types';
  if (/\b(?:lint|eslint|ruff|rubocop|clippy|vet|format|prettier|biome)\b/.test(words)) return 'lint';
  if (/\b(?:tests?|pytest|rspec|phpunit)\b/.test(words)) return 'test';
  return /\b(?:build|compile)\b/.test(words) ? 'build' : undefined;
}

const more = [
  '',
  '# What else can be said here:',
  '# protectedPaths: [.github/]                  # no task may change these',
  '# network: registries                         # the most that commands may reach: off, registries, all, or hosts',
  '# budget: { costUsd: 5, turns: 80, minutes: 120 }',
  '# includeIgnored: [config/local.json]         # ignored by git, handed off all the same',
  '# model: gpt-5.1',
  '# trailers: ["Reviewed-by: nobody"]',
];

function setUpLines(setUp: Tried | null): string[] {
  if (setUp === null) return [];
  const line = `setUp: ${scalar(setUp.command)}`;
  if (setUp.failure === null) return ['', `${line} # ${seconds(setUp)}`];
  return [
    '',
    `# Failed (${inComment(setUp.failure)}), so nothing was checked. Mend it, then take the # away:`,
    `# ${line}`,
  ];
}

function checkLines(check: Check): string[] {
  const kind = check.kind ?? kindOf(check);
  const minutes = check.timeoutMs / 60_000;
  return [
    `  - name: ${scalar(check.name)}`,
    `    command: ${scalar(check.command)}`,
    ...(kind === undefined ? [] : [`    kind: ${kind}`]),
    ...(check.timeoutMs === usualTimeoutMs ? [] : [`    timeoutMinutes: ${minutes}`]),
  ];
}

/** On one line, quoted where YAML needs it. */
function scalar(value: string): string {
  const text = stringify(value, { lineWidth: 0 }).trimEnd();
  return text.includes('\n') ? JSON.stringify(value) : text;
}

function inComment(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 200);
}

function seconds({ durationMs }: Tried): string {
  return `${(durationMs / 1_000).toFixed(1)} s`;
}
