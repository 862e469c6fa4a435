// Judges the acceptance criteria on a round's commit: met, not met, not run, or left to a person.
import { ofCommand, type Expectation } from '../../shared/spec/expectation.ts';
import ignore from 'ignore';
import { proofOf } from '../../shared/spec/settings.ts';
import type { Criterion } from '../../shared/spec/spec.ts';
import type { CriterionResult } from '../../shared/task/criteria.ts';
import { compareProblems } from '../../shared/task/problemHistory.ts';
import { judgeProposal } from './proposals.ts';
import type { CheckResult, Run } from './run.ts';

export type Judged = Pick<Run, 'created' | 'baseline' | 'roundChecks' | 'proof'>;

/** Whether the results of a round's criteria are still to be recorded. */
export function areToJudge(
  { created, proof }: Pick<Run, 'created' | 'proof'>,
  { round, commit }: { readonly round: number; readonly commit: string },
): boolean {
  if (created.spec.criteria.length === 0) return false;
  return proof.judged?.round !== round || proof.judged.commit !== commit;
}

/** Whether the files of the commit decide one of them. */
export function needsFiles(criteria: readonly Criterion[]): boolean {
  return criteria.some(({ expect }) => expect?.kind === 'fileExists');
}

/** One result for each criterion. `files`: paths of all files of the commit, as far as `needsFiles`. */
export function judgeCriteria(run: Judged, commit: string, files: readonly string[]): CriterionResult[] {
  return run.created.spec.criteria.map((criterion, index): CriterionResult => {
    const { check, expect } = criterion;
    if (check !== null) return { criterion: index, ...ofCheck(run, criterion, check) };
    if (expect === undefined) return judgeProposal(run, index, commit);
    const bound = { criterion: index, boundBy: 'spec', command: null } as const;
    return { ...bound, ...(expect.kind === 'fileExists' ? ofFile(expect.path, files) : ofProblems(run)) };
  });
}

type State = Pick<CriterionResult, 'state' | 'detail'>;
type Image = 'image' | 'imageBefore';

function ofFile(path: string, files: readonly string[]): State {
  const isPattern = /[*?[]/.test(path);
  const matches = isPattern ? ignore().add(`/${path}`) : null;
  const isThere = files.some(
    (file) => matches?.ignores(file) ?? (file === path || file.startsWith(`${path}/`)),
  );
  return isThere
    ? { state: 'met', detail: `${path} is in the commit.` }
    : { state: 'notMet', detail: `${path} is not in the commit.` };
}

function ofProblems({ baseline, roundChecks }: Judged): State {
  if (roundChecks.length === 0) return { state: 'notRun', detail: 'No check ran that could find problems.' };
  const before = new Map(baseline.map((check) => [check.name, check]));
  const unknown = roundChecks.filter(({ name }) => !before.has(name));
  if (unknown.length > 0)
    return { state: 'notRun', detail: `There is no baseline of ${unknown[0]?.name ?? ''} to compare with.` };
  const worse = roundChecks.filter(({ name, passed }) => !passed && before.get(name)?.passed === true);
  const found = roundChecks.reduce((sum, check) => sum + newProblems(check, before.get(check.name)), 0);
  if (found > 0)
    return { state: 'notMet', detail: found === 1 ? 'One new problem.' : `${found} new problems.` };
  if (worse[0] !== undefined)
    return { state: 'notMet', detail: `${worse[0].name} fails and did not before.` };
  if (roundChecks.some(({ problemsLeftOut }) => problemsLeftOut > 0))
    return { state: 'notRun', detail: 'There are too many problems to compare all of them.' };
  return { state: 'met', detail: 'The checks found no problem that was not there before.' };
}

function newProblems(check: CheckResult, before: CheckResult | undefined): number {
  const baseline = before?.problems ?? [];
  const { ages } = compareProblems(check.problems, { before: baseline, baseline });
  return ages.filter((age) => age === 'new').length;
}

function ofCheck(run: Judged, criterion: Criterion, command: string): Omit<CriterionResult, 'criterion'> {
  const bound = { boundBy: 'spec', command } as const;
  const result = resultOf(run, criterion, command);
  if (result === undefined)
    return { ...bound, state: 'notRun', detail: 'Its check was taken out of this task.' };
  return {
    ...bound,
    command: result.command,
    ...stateOf(criterion.expect, result, run),
    ...imagesOf(result, run),
  };
}

/** What a person compares: the image of the commit, and that of the snapshot. */
function imagesOf({ name, image }: CheckResult, { baseline }: Judged): Pick<CriterionResult, Image> {
  if (image === undefined) return {};
  const imageBefore = baseline.find((check) => check.name === name)?.image;
  return { image, ...(imageBefore === undefined ? {} : { imageBefore }) };
}

/** Its check may bear another command where the user changed that before the hand-off. */
function resultOf({ created, roundChecks }: Judged, { text, expect }: Criterion, command: string) {
  const expected = ofCommand(expect);
  const proof = proofOf({ command, ...(expected === null ? {} : { expect: expected }) });
  const check =
    created.checks.find((other) => proofOf(other) === proof) ??
    created.checks.find(
      (other) => other.name === text && JSON.stringify(other.expect ?? null) === JSON.stringify(expected),
    );
  return roundChecks.find(({ name }) => name === check?.name);
}

function stateOf(expect: Expectation | undefined, result: CheckResult, { baseline }: Judged): State {
  const { passed, exitCode, timedOut, flakyRuns, coverage } = result;
  const flaky = flakyRuns === undefined ? '' : ` Flaky: its ${flakyRuns} runs did not agree.`;
  if (!passed) {
    const fault = expect === undefined || timedOut ? undefined : result.problems[0]?.message;
    const ending = timedOut ? 'It took too long and was ended.' : `Exit code ${exitCode}, expected 0.`;
    return { state: 'notMet', detail: `${(fault ?? ending).slice(0, 800)}${flaky}` };
  }
  if (result.image !== undefined) return { state: 'toJudge', detail: `Its image was made.${flaky}` };
  if (expect?.kind !== 'coverageNotLower') return { state: 'met', detail: `It passes.${flaky}` };
  const before = baseline.find(({ name }) => name === result.name)?.coverage;
  if (before === undefined || coverage === undefined)
    return { state: 'notRun', detail: 'There was no coverage at the baseline to compare with.' };
  return { state: 'met', detail: `The coverage is ${coverage} %; it was ${before} % before.${flaky}` };
}
