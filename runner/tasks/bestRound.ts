// Which of a task's rounds is the best so far: what is started over from, and what is delivered in the end.
import type { EventData, Fact } from '../../shared/task/events.ts';
import { compareProblems } from '../../shared/task/problemHistory.ts';
import type { LimitReason } from '../../shared/task/stuck.ts';
import type { Course, PastRound } from './course.ts';

interface Judged {
  readonly course: Course;
  readonly baseline: readonly EventData<'checkEnded'>[];
  readonly created: Pick<EventData<'taskCreated'>, 'checks'>;
}

/** The round since work was last asked for with most checks passed, then fewest criteria missed, then fewest new problems, then the latest; null without any. */
export function bestRound({ course, baseline, created }: Judged): PastRound | null {
  const whole = course.rounds
    .slice(course.firstRound)
    .filter(({ checks }) => checks.length > 0 && checks.length >= created.checks.length)
    // Of checks that ran on one commit again the newest word counts: no round is better because it was luckier.
    .filter(({ commit }, index, all) => !all.slice(index + 1).some((later) => later.commit === commit));
  return whole.reduce<PastRound | null>((best, round) => {
    if (best === null) return round;
    const passed = passedIn(round) - passedIn(best);
    if (passed !== 0) return passed > 0 ? round : best;
    const missed = missedIn(round) - missedIn(best);
    if (missed !== 0) return missed < 0 ? round : best;
    return newProblems(round, baseline) <= newProblems(best, baseline) ? round : best;
  }, null);
}

function missedIn({ shown }: PastRound): number {
  return (shown.criteria ?? []).filter(({ state }) => state === 'notMet').length;
}

export function passedIn({ checks }: PastRound): number {
  return checks.filter(({ passed }) => passed).length;
}

/** The round whose commit is the task's now. */
export function roundOf({
  course,
  head,
  round,
}: Pick<Judged, 'course'> & { readonly head: string; readonly round: number }): number {
  return course.rounds.findLast(({ commit }) => commit === head)?.round ?? round;
}

/** Problems that the baseline didn't have, left out ones among them. */
function newProblems({ checks }: PastRound, baseline: Judged['baseline']): number {
  const counts = checks.map(({ name, problems, problemsLeftOut }) => {
    const known = baseline.find((check) => check.name === name)?.problems ?? [];
    const { ages } = compareProblems(problems, { before: [], baseline: known });
    return ages.filter((age) => age === 'new').length + problemsLeftOut;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** That this round is taken instead of a later one where the work ends, with all that the task then shows. */
export function takenFact({ round, commit, checks, shown }: PastRound, reason: LimitReason): Fact {
  const rows = checks.map(({ name, passed, exitCode, durationMs, problems, problemsLeftOut, flakyRuns }) => ({
    ...{ name, passed, exitCode, durationMs },
    problemCount: problems.length + problemsLeftOut,
    ...(flakyRuns === undefined ? {} : { isFlaky: true as const }),
  }));
  const { files, criteria, integrity } = shown;
  const data: EventData<'bestRoundTaken'> = { round, commit, reason, files, checks: rows };
  if (criteria !== undefined) data.criteria = criteria;
  if (integrity !== undefined) {
    const { commit: inspected, ...rest } = integrity;
    if (inspected === commit) data.integrity = rest;
  }
  return { type: 'bestRoundTaken', data };
}
