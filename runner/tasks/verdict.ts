// What the checks and criteria say of a round's commit, and why.
import type { CriterionResult } from '../../shared/task/criteria.ts';
import type { Verdict } from '../../shared/task/events.ts';
import type { CheckResult, Run } from './run.ts';

type Proven = Pick<Run, 'created' | 'baseline' | 'roundChecks' | 'roundCommit' | 'proof'>;

/**
 * Verified: all checks pass and every criterion that the spec binds is met. Partly verified: something passes, and nothing
 * fails that did not already fail before the agent started. What is left to a person takes nothing from it, nor adds to it.
 */
export function verdictOf(run: Proven): Verdict {
  const { roundChecks } = run;
  const missed = criteriaIn(run, 'notMet');
  if (roundChecks.length === 0) return missed.length > 0 ? 'failed' : 'unverified';
  const failing = roundChecks.filter((check) => !check.passed);
  const isOpen = !areJudged(run) || criteriaIn(run, 'notRun').length > 0;
  if (failing.length + missed.length === 0 && !isOpen) return 'verified';
  const isBroken = failing.some((check) => !failedBefore(run, check));
  return !isBroken && failing.length < roundChecks.length ? 'partlyVerified' : 'failed';
}

/** Whether more work could make it better: something fails or is missing, not only left out. */
export function canBeMended(run: Proven): boolean {
  return run.roundChecks.some((check) => !check.passed) || criteriaIn(run, 'notMet').length > 0;
}

/** A sentence each: what speaks against the commit first, then what is left open, then what speaks for it. */
export function verdictReasons(run: Proven): string[] {
  const { roundChecks } = run;
  const reasons: string[] = [];
  if (roundChecks.length === 0) reasons.push('No check ran.');
  for (const check of roundChecks) {
    if (check.passed) continue;
    if (failedBefore(run, check)) reasons.push(`${check.name} fails, as it did before.`);
    else reasons.push(`${check.name} fails and did not before.`);
  }
  for (const result of criteriaIn(run, 'notMet'))
    reasons.push(`Not met: ${textOf(run, result)}: ${result.detail}`);
  for (const { name, flakyRuns } of roundChecks)
    if (flakyRuns !== undefined) reasons.push(`${name} is flaky: its ${flakyRuns} runs did not agree.`);
  for (const result of criteriaIn(run, 'notRun'))
    reasons.push(`Not run: ${textOf(run, result)}: ${result.detail}`);
  if (!areJudged(run)) reasons.push('The acceptance criteria were not judged.');
  const left = criteriaIn(run, 'toJudge').length;
  if (left > 0) reasons.push(`${left === 1 ? 'One criterion is' : `${left} criteria are`} for you to judge.`);
  const own = criteriaIn(run, 'met').filter(({ boundBy }) => boundBy === 'agent').length;
  if (own > 0)
    reasons.push(`${own === 1 ? 'One criterion is' : `${own} criteria are`} met by the agent’s own check.`);
  const passing = roundChecks.filter(({ passed }) => passed).length;
  if (passing > 0) reasons.push(passing === 1 ? 'One check passes.' : `${passing} checks pass.`);
  return reasons;
}

function failedBefore({ baseline }: Proven, { name }: CheckResult): boolean {
  return baseline.some((before) => before.name === name && !before.passed);
}

/** Those of the round's own commit. */
function criteriaIn({ proof, roundCommit }: Proven, state: CriterionResult['state']): CriterionResult[] {
  if (proof.judged === null || proof.judged.commit !== roundCommit) return [];
  return proof.judged.results.filter((result) => result.state === state);
}

/** Whether something is known of the criteria on the round's commit, as far as there are any. */
function areJudged({ created, proof, roundCommit }: Proven): boolean {
  return created.spec.criteria.length === 0 || proof.judged?.commit === roundCommit;
}

function textOf({ created }: Proven, { criterion }: CriterionResult): string {
  return created.spec.criteria[criterion]?.text ?? '';
}
