// What changes in a run when another approach is taken, or the best round instead of the newest.
import type { EventData, Message } from '../../shared/task/events.ts';
import { isStop } from './approachWords.ts';
import { passedIn } from './bestRound.ts';
import type { CheckFindings } from './findings.ts';
import { findingsOf } from './findings.ts';
import type { Course, PastRound } from './course.ts';
import {
  bestRoundPrompt,
  hypothesisPrompt,
  otherModelPrompt,
  roundNotes,
  startOverPrompt,
  stuckAnswerText,
} from './prompts.ts';
import type { Proof } from './proof.ts';
import type { Finish } from './specialTools.ts';

/** The part of a run that approaches change. */
interface Ground extends CheckFindings {
  readonly course: Course;
  readonly created: EventData<'taskCreated'>;
  readonly setUp: EventData<'setUpEnded'> | null;
  readonly isPrepared: boolean;
  readonly transcript: readonly Message[];
  readonly measured: { readonly messages: number; readonly tokens: number };
  readonly newMessages: readonly string[];
  readonly finish: Finish | null;
  readonly round: number;
  readonly roundCommit: string | null;
  readonly roundChecks: readonly EventData<'checkEnded'>[];
  readonly lastChecks: readonly EventData<'checkEnded'>[];
  readonly proof: Pick<Proof, 'keptOut'>;
  readonly head: string;
  readonly saved: string;
  readonly isDirty: boolean;
}

type Change = Partial<Omit<Ground, 'proof'>>;

/** What the approach itself changes; in the course it is noted by that. */
export function approachTaken(ground: Ground, data: EventData<'stuckSeen'>): Change {
  switch (data.approach) {
    case 'hypothesis':
      return told(ground, hypothesisPrompt(data.detail));
    case 'startOver':
      return startedOver(ground, data);
    case 'otherModel':
      return takenOver(ground, data);
    case 'askUser':
    case 'stop':
      return {};
  }
}

/** An answer to the runner's own question whether to go on. */
export function stuckAnswered(ground: Ground, text: string): Change {
  return isStop(text) ? {} : told(ground, stuckAnswerText(text));
}

/** What is delivered is this round's; the workspace follows when work goes on, and the agent then hears of it. */
export function bestRoundTaken(ground: Ground, { round, commit }: EventData<'bestRoundTaken'>): Change {
  const best = ground.course.rounds.findLast((past) => past.round === round && past.commit === commit);
  if (best === undefined) return {};
  const { checks: roundChecks, finish } = best;
  const text = bestRoundPrompt(round);
  const newMessages = [...ground.newMessages.filter((other) => other !== text), text];
  return {
    head: commit,
    saved: commit,
    isDirty: false,
    roundCommit: commit,
    roundChecks,
    finish,
    newMessages,
  };
}

/** A workspace that holds what was given up is made anew before more is done in it. */
export function givenUpWorkspace({ course }: Ground): Change {
  return course.isRollingBack ? { isPrepared: false, setUp: null } : {};
}

/** The files stay, and with them what of the workspace is not taken into commits. */
function takenOver(ground: Ground, data: EventData<'stuckSeen'>): Change {
  const { course, head, proof } = ground;
  // Not the newest round: the work may have gone back to an earlier one since.
  const from = course.rounds.findLast(({ commit }) => commit === head);
  return afresh(ground, { from, keptOut: proof.keptOut }, otherModelPrompt(storyOf(course, data)));
}

function startedOver(ground: Ground, data: EventData<'stuckSeen'>): Change {
  const { created, course } = ground;
  const best = course.rounds.findLast(({ commit }) => commit === data.commit);
  const saved = data.commit ?? ground.saved;
  const text = startOverPrompt(storyOf(course, data), best === undefined ? null : best.round);
  return {
    // What the newest round came to says nothing of the files that are there now.
    ...afresh({ ...ground, roundCommit: null }, { from: best, keptOut: [] }, text),
    ...(ground.roundCommit === null ? {} : { roundCommit: null, roundChecks: [], round: ground.round + 1 }),
    ...{ isPrepared: false, setUp: null, isDirty: false, saved },
    head: best?.commit ?? created.snapshot.commit,
  };
}

/** A conversation of its own, which begins with the task, what fails or is missing where the work now stands, and why it begins anew. */
function afresh(
  ground: Ground,
  { from, keptOut }: { readonly from: PastRound | undefined; readonly keptOut: readonly string[] },
  text: string,
): Change {
  const hasFailed = from?.checks.some(({ passed }) => !passed) === true;
  const findings = hasFailed ? findingsOf(ground, from.checks) : '';
  const notes = roundNotes(ground.created.spec.criteria, { results: from?.shown.criteria ?? [], keptOut });
  const checks = from === undefined ? {} : standing(ground, from);
  const newMessages = [findings, notes, text].filter((one) => one !== '');
  return { transcript: [], measured: { messages: 0, tokens: 0 }, newMessages, finish: null, ...checks };
}

/** The next round is compared with that on which it stands. */
function standing({ roundCommit }: Ground, { checks }: PastRound): Change {
  return roundCommit === null ? { lastChecks: checks } : { roundChecks: checks };
}

function told({ newMessages, roundCommit, finish }: Ground, text: string): Change {
  return { newMessages: [...newMessages, text], finish: roundCommit === null ? null : finish };
}

function storyOf({ rounds, heard, hypothesis }: Course, { detail }: EventData<'stuckSeen'>) {
  const tries = rounds.map((past) => ({
    round: past.round,
    passed: passedIn(past),
    checks: past.checks.length,
    problems: past.checks.flatMap(({ problems }) => problems.map(({ message }) => message)),
    summary: past.finish?.summary ?? '',
  }));
  return { tries, heard, hypothesis, detail };
}
