// Reads from a task what backs or doubts its result, and says it in the words that editor and command line share.
import { findingOf } from './applyProof.ts';
import type { CriterionResult, CriterionState } from './criteria.ts';
import type { CrossRunKind, IntegrityFinding, IntegrityKind } from './integrity.ts';
import type { Approach, StuckSign } from './stuck.ts';
import type { EventData } from './events.ts';
import type { CheckState, IntegrityState, Task } from './task.ts';

export const criterionWords: Readonly<Record<CriterionState, string>> = {
  met: 'Met',
  notMet: 'Not met',
  toJudge: 'For you to judge',
  notRun: 'Not run',
};

/** One acceptance criterion with what became of it. */
export interface JudgedCriterion extends Omit<CriterionResult, 'criterion'> {
  readonly text: string;
}

/** All criteria in the order of the spec. A result of an earlier commit proves nothing of the newest one. */
export function judgedCriteria(task: Task): JudgedCriterion[] {
  const { criteria = [], criteriaCommit, commit } = task;
  const isOld = criteriaCommit !== undefined && commit !== null && criteriaCommit !== commit;
  return task.spec.criteria.map(({ text, check }, index) => {
    const result = criteria.find(({ criterion }) => criterion === index);
    if (result === undefined) return { text, ...judgedByCheck(task, check) };
    const { state, boundBy, command, detail, image, imageBefore } = result;
    const wasRun = state === 'met' || state === 'notMet' || image !== undefined;
    if (isOld && wasRun) return { text, state: 'notRun', boundBy, command, detail: outdatedWords };
    const images = {
      ...(image === undefined ? {} : { image }),
      ...(imageBefore === undefined ? {} : { imageBefore }),
    };
    return { text, state, boundBy, command, detail, ...images };
  });
}

/** Before the criteria are judged, and in logs of earlier versions, the check with the same command tells. */
function judgedByCheck(task: Task, command: string | null): Omit<JudgedCriterion, 'text'> {
  if (command === null) return { state: 'toJudge', boundBy: null, command: null, detail: '' };
  const check = task.checks.find((one) => one.command === command);
  const isOld = check !== undefined && isOutdated(check, task);
  const passed = isOld ? null : (check?.passed ?? null);
  const state = passed === null ? 'notRun' : passed ? 'met' : 'notMet';
  return { state, boundBy: 'spec', command, detail: isOld ? outdatedWords : '' };
}

const outdatedWords = 'ran on an earlier commit';

/** An image that the check of a criterion made, for a person to look at. */
export interface CriterionImage {
  readonly name: string;
  /** Whether it is that of the snapshot, from before the work. */
  readonly isBefore: boolean;
}

/** The image of before first: it is what the other one is compared with. */
export function criterionImages({
  image,
  imageBefore,
}: Pick<JudgedCriterion, 'image' | 'imageBefore'>): CriterionImage[] {
  if (image === undefined) return [];
  const before = imageBefore === undefined ? [] : [{ name: imageBefore, isBefore: true }];
  return [...before, { name: image, isBefore: false }];
}

/** `2 of 3 met, 1 for you to judge`; empty where there is no criterion. */
export function criteriaText(criteria: readonly { readonly state: CriterionState }[]): string {
  const count = (state: CriterionState): number => criteria.filter((one) => one.state === state).length;
  const decided = criteria.length - count('toJudge');
  const parts = [
    decided === 0 ? '' : `${count('met')} of ${decided} met`,
    count('toJudge') === 0 ? '' : `${count('toJudge')} for you to judge`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Whether a check's newest result is one of an earlier commit. */
export function isOutdated(
  check: Pick<CheckState, 'commit' | 'passed'>,
  { commit }: Pick<Task, 'commit'>,
): boolean {
  return check.passed !== null && check.commit !== null && commit !== null && check.commit !== commit;
}

/** What is known of the tests on the newest commit; null where nobody has looked at that one. */
export function inspectionOf({
  integrity,
  commit,
}: Pick<Task, 'integrity' | 'commit'>): IntegrityState | null {
  return integrity !== undefined && integrity.commit === commit ? integrity : null;
}

/** All findings on the newest commit, those that were left out as well. */
export function findingCount(task: Pick<Task, 'integrity' | 'commit'>): number {
  const inspection = inspectionOf(task);
  return inspection === null ? 0 : inspection.findings.length + inspection.findingsLeftOut;
}

/** `1 finding`, `3 findings`. */
export function findingsText(count: number): string {
  return `${count} finding${count === 1 ? '' : 's'}`;
}

/** Paths that the configuration protects and the agent changed all the same; empty where there are none. */
export function keptOutText({ keptOut = [] }: EventData<'committed'>): string {
  if (keptOut.length === 0) return '';
  const left = keptOut.length - 5;
  const more = left > 0 ? ` and ${left} more` : '';
  return `Kept out of the commit, since protected: ${keptOut.slice(0, 5).join(', ')}${more}`;
}

/** For people who never read of it: each kind as a heading, the gravest first. */
const findingTitles: Readonly<Record<IntegrityKind, string>> = {
  oldTestFails: 'Old tests that fail on the new code',
  protectedPathChanged: 'Protected files that were changed',
  testDeleted: 'Tests that were deleted',
  testEmptied: 'Tests that check nothing any more',
  testSkipped: 'Tests that are skipped now',
  testFocused: 'Tests that keep all others from running',
  assertionRemoved: 'Assertions that were removed',
  assertionLoosened: 'Assertions that accept more than before',
  snapshotRewritten: 'Recorded outputs that were rewritten',
  thresholdLowered: 'Thresholds that were lowered',
  checkWeakened: 'Commands of checks that find less than before',
  configurationWeakened: 'Settings of linters, compilers or CI that allow more than before',
  changeNotRead: 'Changes that could not be read',
  ruleSuppressed: 'Warnings that are suppressed in the code',
  expectedValueHardCoded: 'Values that tests expect, written into the code',
  newTestProvesNothing: 'New tests that also pass without the change',
};

export interface FindingGroup {
  readonly kind: IntegrityKind;
  readonly title: string;
  readonly findings: readonly IntegrityFinding[];
}

export function findingGroups(findings: readonly IntegrityFinding[]): FindingGroup[] {
  return (Object.keys(findingTitles) as IntegrityKind[])
    .map((kind) => ({
      kind,
      title: findingTitles[kind],
      findings: findings.filter((one) => one.kind === kind),
    }))
    .filter((group) => group.findings.length > 0);
}

/** `test/cart.test.js:12`. */
export function placeOf({ file, line }: Pick<IntegrityFinding, 'file' | 'line'>): string {
  return line === null ? file : `${file}:${line}`;
}

/** One run that put tests to the test, in a sentence. */
export interface CrossRunText {
  readonly text: string;
  readonly isDoubt: boolean;
  /** Why there was nothing to run; empty where it ran. */
  readonly note: string;
}

/** `found` is how many findings of its own kind the run has made. */
export function crossRunText(
  { kind, ran, note }: { readonly kind: CrossRunKind; readonly ran: boolean; readonly note: string },
  found: number,
): CrossRunText {
  if (!ran) {
    const text =
      kind === 'baseTests'
        ? 'The old tests were not run once more on the new code'
        : 'New tests were not tried without the change';
    return { text, isDoubt: false, note };
  }
  return { text: crossRunResults[kind](found), isDoubt: found > 0, note: '' };
}

const crossRunResults: Readonly<Record<CrossRunKind, (found: number) => string>> = {
  baseTests: (found) => {
    if (found === 0) return 'The old tests pass on the new code';
    return found === 1 ? '1 old test fails on the new code' : `${found} old tests fail on the new code`;
  },
  newTests: (found) => {
    if (found === 0) return 'The new tests fail without the change, as they should';
    return found === 1
      ? '1 new test also passes without the change'
      : `${found} new tests also pass without the change`;
  },
};

/** Of the runs beside which no finding stands that says the same. */
export function crossRunTexts({
  crossRuns,
  findings,
}: Pick<IntegrityState, 'crossRuns' | 'findings'>): CrossRunText[] {
  return crossRuns.filter(({ kind }) => foundBy(kind, findings) === 0).map((run) => crossRunText(run, 0));
}

/** How many of the findings are of the kind that only such a run can show. */
export function foundBy(kind: CrossRunKind, findings: readonly IntegrityFinding[]): number {
  return findings.filter((finding) => finding.kind === findingOf[kind]).length;
}

const signWords: Readonly<Record<StuckSign, string>> = {
  sameProblems: 'the same problems stay',
  backAndForth: 'the change goes back and forth',
  nothingChanged: 'nothing changes any more',
  sameCommand: 'the same command again and again',
};

const approachWords: Readonly<Record<Approach, string>> = {
  hypothesis: 'the agent has to write down what it thinks is wrong before it goes on',
  startOver: 'it starts over from its best commit, in another way',
  otherModel: 'another model goes on',
  askUser: 'you are asked',
  stop: 'it stops here',
};

/** What was seen, by what, and what the runner changes now. */
export function stuckTexts({
  sign,
  approach,
  detail,
  commit = null,
  model = null,
}: Pick<EventData<'stuckSeen'>, 'sign' | 'approach' | 'detail'> &
  Partial<Pick<EventData<'stuckSeen'>, 'commit' | 'model'>>): {
  readonly seen: string;
  readonly by: string;
  readonly now: string;
} {
  const from = approach === 'startOver' && commit !== null ? ` (${commit.slice(0, 8)})` : '';
  const which = approach === 'otherModel' && model !== null ? `: ${model}` : '';
  return {
    seen: `Going in circles: ${signWords[sign]}`,
    by: detail,
    now: `Now ${approachWords[approach]}${from}${which}`,
  };
}

/** Of a check that failed and passed on the same commit, whichever of both counts; `runs` where it is known. */
export function flakyText(runs?: number): string {
  return `flaky: its ${runs === undefined ? '' : `${runs} `}runs did not agree`;
}
