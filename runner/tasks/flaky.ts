// Whether a check that failed is run again on the same commit, and what runs that don't agree come to.
import { compareProblems } from '../../shared/task/problemHistory.ts';
import type { CheckOutcome } from './ports.ts';
import type { CheckResult } from './run.ts';

/** The part of the task's remaining time that another run may take. */
const share = 0.1;

/** A command that was not found is found by no further run. Source: POSIX, "Exit Status for Commands". */
const notFound = 127;

const mostRuns = 3;

/** What earlier results of the same check there are; none of both at the baseline. */
export interface EarlierResults {
  readonly baseline: CheckResult | undefined;
  /** Of the round before. */
  readonly before: CheckResult | undefined;
}

/**
 * Only a failure that nobody expected is worth another run: one with problems that were not there before, or any at the
 * baseline, which all later rounds are measured by. Where the second run passes, a third one decides.
 */
export function deservesAnotherRun(
  outcomes: readonly CheckOutcome[],
  earlier: EarlierResults,
  leftMs: number,
): boolean {
  const [first] = outcomes;
  const last = outcomes.at(-1);
  if (first === undefined || last === undefined || outcomes.length >= mostRuns) return false;
  if (first.passed || first.timedOut || first.exitCode === notFound) return false;
  if (Math.max(...outcomes.map(({ durationMs }) => durationMs)) > leftMs * share) return false;
  return outcomes.length === 1 ? isUnexpected(first, earlier) : last.passed;
}

function isUnexpected({ problems }: CheckOutcome, { baseline, before }: EarlierResults): boolean {
  const known = before ?? baseline;
  if (known === undefined || known.passed || baseline?.flakyRuns !== undefined) return true;
  const earlier = { before: known.problems, baseline: baseline?.problems ?? [] };
  return compareProblems(problems, earlier).ages.includes('new');
}

/** The last run's outcome: a second one that fails confirms the first, a third one breaks the tie. */
export function decided(outcomes: readonly CheckOutcome[]): {
  readonly outcome: CheckOutcome;
  readonly flakyRuns: number | null;
} {
  const outcome = outcomes.at(-1);
  if (outcome === undefined) throw new Error('The check has not run.');
  const agree = outcomes.every(({ passed }) => passed === outcome.passed);
  return { outcome, flakyRuns: agree ? null : outcomes.length };
}
