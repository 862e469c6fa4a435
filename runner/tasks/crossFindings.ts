// What the runs that put tests to the test show: tests of the base that fail now, new tests that prove nothing.
import type { Problem } from '../../shared/task/events.ts';
import type { IntegrityFinding } from '../../shared/task/integrity.ts';
import { compareProblems } from '../../shared/task/problemHistory.ts';
import { isTestFile } from '../../shared/task/testFiles.ts';
import type { NamedTest } from './testNames.ts';

/** A check that was run where the tests were exchanged. */
export interface CrossedCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly timedOut: boolean;
  readonly problems: readonly Problem[];
  /** Whether it passed in the round, with the tests as the agent left them. */
  readonly passedInRound: boolean;
  /** What it found on the snapshot. */
  readonly baseline: { readonly passed: boolean; readonly problems: readonly Problem[] } | undefined;
  /** What it found when it was run once more, since it failed; null where that was not needed. */
  readonly again: { readonly passed: boolean; readonly problems: readonly Problem[] } | null;
}

const mostFindings = 200;

/** `changed`: paths of the base's tests that were put back. */
export function oldTestFindings(
  checks: readonly CrossedCheck[],
  changed: readonly string[],
): IntegrityFinding[] {
  return checks.flatMap((check) => failuresOf(check, changed)).slice(0, mostFindings);
}

/**
 * Nothing that only failed once. What failed at the baseline is excused where the check still fails: where it passes now,
 * it does so because of the tests and not because of the code.
 */
function failuresOf(check: CrossedCheck, changed: readonly string[]): IntegrityFinding[] {
  const { name, passed, baseline, again } = check;
  if (passed || again?.passed === true) return [];
  const excused = check.passedInRound ? undefined : baseline;
  const failedBefore = new Set(excused?.problems.map(testOf) ?? []);
  const failedAgain = again === null ? null : new Set(again.problems.map(testOf));
  const isSteady = (problem: Problem): boolean => failedAgain?.has(testOf(problem)) ?? true;
  const found = beyond(check, excused).filter(
    (problem) => !failedBefore.has(testOf(problem)) && isSteady(problem),
  );
  if (found.length > 0) return found.map((problem) => oldTestFails(problem, changed));
  // Without a word of what fails, that it fails is all there is to tell.
  if (check.problems.length > 0 || excused?.passed === false) return [];
  const message = `${name} fails on the new code with the tests as they were before.`;
  return [finding('oldTestFails', { file: changed[0] ?? '', line: null, side: 'before', message })];
}

/** The problems of a failing check that are not those of the snapshot; warnings make no test fail. */
function beyond(
  { problems }: CrossedCheck,
  baseline: { readonly problems: readonly Problem[] } | undefined,
): Problem[] {
  const known = baseline?.problems ?? [];
  const { ages } = compareProblems(problems, { before: known, baseline: known });
  return problems.filter(({ severity }, index) => severity === 'error' && ages[index] === 'new');
}

function testOf({ file, test, message }: Problem): string {
  return JSON.stringify(test === undefined ? [file, message] : [test]);
}

function oldTestFails(problem: Problem, changed: readonly string[]): IntegrityFinding {
  const { test, message, file, line, excerpt = '' } = problem;
  const isTest = file !== null && isTestFile(file);
  const what = test === undefined ? 'A test as it was before' : `The test “${test}”, as it was before,`;
  const text = `${what} fails on the new code: ${message}`;
  const side = isTest || file === null ? 'before' : 'after';
  return finding('oldTestFails', { file: file ?? changed[0] ?? '', line, side, message: text, excerpt });
}

/** A test file of the result on the base's code, and the tests in it that are new. */
export interface NewTestFile {
  readonly path: string;
  readonly tests: readonly NamedTest[];
}

/**
 * New tests of files of which nothing fails without the change. Where a failure belongs to no file, or tests may not have
 * run at all, nothing is said of any. The note says so.
 */
export function newTestFindings(
  checks: readonly CrossedCheck[],
  files: readonly NewTestFile[],
): { readonly findings: IntegrityFinding[]; readonly note: string } {
  const proving = new Set<string>();
  for (const check of checks) {
    if (check.passed) continue;
    const news = beyond(check, check.baseline);
    const isKnown =
      news.length > 0 || (check.baseline?.passed === false && check.baseline.problems.length > 0);
    const owners = news.map((problem) => files.filter((file) => belongsTo(problem, file)));
    if (
      !isKnown ||
      check.timedOut ||
      owners.some((some, index) => some.length === 0 || news[index]?.test === undefined)
    ) {
      const note = `${check.name} fails on the code as it was before, and not in a way that tells which tests do.`;
      const left = files.filter((file) => !proving.has(file.path) && !owners.flat().includes(file));
      if (left.length > 0) return { findings: [], note };
    }
    for (const file of owners.flat()) proving.add(file.path);
  }
  const findings = files.filter(({ path }) => !proving.has(path)).flatMap(provesNothing);
  return { findings: findings.slice(0, mostFindings), note: '' };
}

function belongsTo({ file, test = '', message }: Problem, { path, tests }: NewTestFile): boolean {
  if (file === path || test.includes(path) || message.includes(path)) return true;
  return tests.some(({ name }) => test.includes(name));
}

function provesNothing({ path: file, tests }: NewTestFile): IntegrityFinding[] {
  const place = { file, side: 'after' } as const;
  if (tests.length === 0) {
    const message =
      'The new tests of this file pass without the change, too, or are not run: they prove nothing of it.';
    return [finding('newTestProvesNothing', { ...place, line: null, message })];
  }
  return tests.map(({ name, line }) => {
    const message = `The new test “${name}” passes without the change, too, or is not run: it proves nothing of it.`;
    return finding('newTestProvesNothing', { ...place, line, message });
  });
}

function finding(
  kind: IntegrityFinding['kind'],
  {
    excerpt = '',
    ...found
  }: Pick<IntegrityFinding, 'file' | 'line' | 'side' | 'message'> & { readonly excerpt?: string },
): IntegrityFinding {
  const [first = ''] = excerpt.split('\n');
  return {
    kind,
    ...found,
    message: found.message.slice(0, 1_000),
    excerpt: first.slice(0, 500),
    foundBy: 'run',
  };
}
