// The two runs that put tests to the test, once before a delivery: whether each is to be made, and of which files.
import type { Check } from '../../shared/spec/spec.ts';
import type { ChangedFile, EventData, Problem } from '../../shared/task/events.ts';
import type { CrossRunKind } from '../../shared/task/integrity.ts';
import { isTestByName, isTestFile } from '../../shared/task/testFiles.ts';
import { roundOf } from './bestRound.ts';
import type { Run } from './run.ts';

const kinds: readonly CrossRunKind[] = ['baseTests', 'newTests'];

/** What runs tests, by the names of the programs that do, and of scripts that start them. */
const testing =
  /\b(?:tests?|specs?|jest|vitest|mocha|jasmine|karma|ava|tap|pytest|py\.test|tox|nox|unittest|rspec|minitest|phpunit|pest|ctest|gtest|nextest|cypress|playwright|bats|surefire|verify)\b/i;

export type CrossRunDecision =
  | { readonly tests: CrossRunKind; readonly skipped: null }
  | { readonly tests: CrossRunKind; readonly skipped: EventData<'crossRunEnded'> };

type Crossing = Pick<
  Run,
  'task' | 'created' | 'course' | 'head' | 'round' | 'roundChecks' | 'baseline' | 'budget' | 'spent'
>;

/** The cross-run that the commit still needs; null where both are done. */
export function nextCrossRun(run: Crossing, commit: string): CrossRunDecision | null {
  const { integrity } = run.task;
  const done = integrity?.commit === commit ? integrity.crossRuns : [];
  const tests = kinds.find((kind) => !done.some((crossRun) => crossRun.kind === kind));
  if (tests === undefined) return null;
  const note = whyNot(run, tests);
  if (note === null) return { tests, skipped: null };
  const skipped = { round: roundOf(run), kind: tests, commit, ran: false, note, findings: [], durationMs: 0 };
  return { tests, skipped: { ...skipped, log: null } };
}

function whyNot(run: Crossing, tests: CrossRunKind): string | null {
  if (filesToTake(run.task.files, tests).length === 0)
    return tests === 'baseTests'
      ? // Whether the checks have run them is another question: their commands may have been changed.
        'No test that was there before was changed.'
      : 'No test was added or changed.';
  const checks = testChecks(run);
  if (!checks.some(({ isTest }) => isTest)) return 'No check runs tests.';
  const leftMs = run.budget.wallTimeMs - run.spent.workedMs;
  const took = (name: string): number =>
    run.roundChecks.find((check) => check.name === name)?.durationMs ?? 0;
  const expectedMs = checks.reduce((sum, { check }) => sum + took(check.name), 0);
  return leftMs <= expectedMs ? 'The task’s time is used up.' : null;
}

/**
 * The checks of a cross-run in their order, up to the last one that runs tests: those before it may make what it needs.
 * One that expects something else than exit code 0 says nothing of tests.
 */
export function testChecks({
  created,
  baseline,
  roundChecks,
}: Pick<Run, 'created' | 'baseline' | 'roundChecks'>): readonly {
  readonly check: Check;
  readonly isTest: boolean;
}[] {
  const named = new Set(
    [...baseline, ...roundChecks].filter(({ problems }) => problems.some(hasTest)).map(({ name }) => name),
  );
  const checks = created.checks.map((check) => ({
    check,
    isTest: check.expect === undefined && (named.has(check.name) || testing.test(check.command)),
  }));
  return checks.slice(0, checks.findLastIndex(({ isTest }) => isTest) + 1);
}

function hasTest({ test }: Problem): boolean {
  return test !== undefined;
}

/**
 * Paths that the base's tests replace in the result, or the result's in the base. What only adds tests changes none of
 * the base's; what tests stand on may, wherever it is added.
 */
export function filesToTake(files: readonly ChangedFile[], tests: CrossRunKind): string[] {
  const paths = (file: ChangedFile): string[] =>
    [file.path, ...(file.oldPath === null ? [] : [file.oldPath])].filter(isTestFile);
  if (tests === 'newTests') {
    const hasTests = files.some(({ path, status }) => status !== 'deleted' && isTestByName(path));
    return hasTests ? files.flatMap((file) => (file.status === 'deleted' ? [] : paths(file))) : [];
  }
  const changes = files.some(
    (file) => paths(file).length > 0 && !(file.status === 'added' && isTestByName(file.path)),
  );
  return changes ? files.flatMap(paths) : [];
}
