// Sees by its course that a task goes in circles, and decides what is changed next.
import type { EventData, Fact, Problem } from '../../shared/task/events.ts';
import type { Approach, StuckSign } from '../../shared/task/stuck.ts';
import { stuckDefaultAnswer, stuckQuestionId } from './approachWords.ts';
import { bestRound } from './bestRound.ts';
import type { Course, PastCall, PastRound } from './course.ts';
import { stuckQuestion } from './prompts.ts';
import type { Run } from './run.ts';

/** Two rounds alike are one try that did not work; a third one says that the next will not either. */
const roundsAlike = 3;

/** An undo is good work, and to do that once more may be; back, forth and back again is none. */
const returnsInARow = 3;

/** Who gets to know a large code base reads for 15 turns and more, but at some time runs or edits something. */
const turnsOfReading = 30;

/** A flaky command may be run three times, a server waited for four times. */
const timesInARow = 5;

/** Circles of several calls are rarer by accident. */
const timesAround = 4;
const longestCircle = 3;

/** Characters of a call that are told. */
const shownCallChars = 200;

export interface Seen {
  readonly sign: StuckSign;
  /** By what it was seen, for people. */
  readonly detail: string;
}

const order: readonly Approach[] = ['hypothesis', 'startOver', 'otherModel', 'askUser', 'stop'];

/** What is recorded where the work goes in circles and something can still be changed; null where it goes on. */
export function stuckFact(run: Run): Fact | null {
  const seen = signOf(run);
  const approach = seen === null ? undefined : order.find((one) => isOpen(run, one));
  return seen === null || approach === undefined ? null : stuckSeen(run, seen, approach);
}

/** What follows of itself: the question that the user is to be asked, and the stop that is the answer. */
export function followingFact(run: Run, deadline: Date): Fact | null {
  const { isAsking, isToldToStop } = run.course;
  const { stuck } = run.task;
  if (stuck === undefined) return null;
  if (isAsking) return question(run, stuck.detail, deadline);
  if (!isToldToStop) return null;
  return stuckSeen(run, { sign: stuck.sign, detail: 'The answer was to stop.' }, 'stop');
}

/** By what is seen now that the work goes in circles: after a round by its checks and files, between turns by what was done. */
function signOf({ course, roundCommit }: Pick<Run, 'course' | 'roundCommit'>): Seen | null {
  return roundCommit === null ? signInTurns(course) : signInRounds(course);
}

/** Each is tried once since work was last asked for; what is not possible is passed over. */
function isOpen(run: Run, approach: Approach): boolean {
  if (run.course.approaches.includes(approach)) return false;
  return approach !== 'otherModel' || otherModelOf(run) !== null;
}

function otherModelOf({ created, task }: Run): string | null {
  return created.otherModels?.find(({ model }) => model !== task.model)?.model ?? null;
}

function question({ turn }: Run, detail: string, deadline: Date): Fact {
  const data = {
    questionId: stuckQuestionId(turn),
    text: stuckQuestion(detail),
    defaultAnswer: stuckDefaultAnswer,
    deadlineAt: deadline.toISOString(),
  };
  return { type: 'questionAsked', data };
}

function stuckSeen(run: Run, { sign, detail }: Seen, approach: Approach): Fact {
  const { round, turn } = run;
  const { rounds, firstRound } = run.course;
  const start = rounds[firstRound - 1]?.commit ?? run.created.fork?.commit ?? run.created.snapshot.commit;
  const commit = approach === 'startOver' ? (bestRound(run)?.commit ?? start) : null;
  const model = approach === 'otherModel' ? otherModelOf(run) : null;
  const data = { round, turn, sign, approach, detail: detail.slice(0, 2_000), commit, model };
  return { type: 'stuckSeen', data };
}

function signInRounds(course: Course): Seen | null {
  const { rounds, judgedRounds } = course;
  const newest = rounds.at(-1);
  if (newest === undefined || rounds.length <= judgedRounds) return null;
  if (!newest.hasChanged)
    return { sign: 'nothingChanged', detail: `Round ${newest.round} changed no file although checks fail.` };
  const same = rounds.slice(0, -2).findLast(({ tree }) => tree !== null && tree === newest.tree);
  if (same !== undefined) {
    const detail = `Round ${newest.round} has exactly the files of round ${same.round} again.`;
    return { sign: 'backAndForth', detail };
  }
  return sameProblems(rounds.slice(Math.max(0, judgedRounds - 1)));
}

function sameProblems(rounds: readonly PastRound[]): Seen | null {
  const alike = rounds.slice(-roundsAlike);
  const [first, ...others] = alike.map(failuresOf);
  if (first === undefined || first.length === 0 || alike.length < roundsAlike) return null;
  if (others.some((failures) => failures.join('\n') !== first.join('\n'))) return null;
  const numbers = alike.map(({ round }) => round).join(', ');
  const what = first.length === 1 ? 'The same problem' : `The same ${first.length} problems`;
  return { sign: 'sameProblems', detail: `${what} in rounds ${numbers}.` };
}

/** One line for each problem, or for the check itself where it names none. Each counts: fewer of the same are progress. */
function failuresOf({ checks }: PastRound): readonly string[] {
  const failing = checks.filter(({ passed }) => !passed);
  return failing
    .flatMap(({ name, problems, problemsLeftOut }) => [
      ...(problems.length === 0 ? [name] : problems.map((problem) => `${name} ${knownBy(problem)}`)),
      ...(problemsLeftOut === 0 ? [] : [`${name} and ${problemsLeftOut} more`]),
    ])
    .sort();
}

/** Logs of earlier versions have no fingerprints. */
function knownBy({ fingerprint, file, message }: Problem): string {
  return fingerprint ?? JSON.stringify([file, message]);
}

function signInTurns({ returns, readingTurns, calls }: Course): Seen | null {
  if (returns >= returnsInARow) {
    const detail = `The files went back to an earlier state ${returns} times in a row.`;
    return { sign: 'backAndForth', detail };
  }
  const circle = circleIn(calls);
  if (circle !== null) return { sign: 'sameCommand', detail: circle };
  if (readingTurns < turnsOfReading) return null;
  const detail = `Nothing but reading for ${readingTurns} turns.`;
  return { sign: 'nothingChanged', detail };
}

/** The same call, or the same few calls in turn, with the same outcome again and again. */
function circleIn(calls: readonly PastCall[]): string | null {
  for (let length = 1; length <= longestCircle; length += 1) {
    const times = length === 1 ? timesInARow : timesAround;
    const newest = calls.slice(-length * times);
    if (newest.length < length * times) return null;
    const isCircle = newest.every((call, index) => index < length || isSame(call, newest[index - length]));
    if (!isCircle) continue;
    const names = newest.slice(0, length).map(textOf).join(', ');
    return `${times} times in a row, with the same outcome and no file changed: ${names}`;
  }
  return null;
}

function isSame(call: PastCall, other: PastCall | undefined): boolean {
  return (
    call.name === other?.name &&
    call.arguments === other.arguments &&
    withoutTimes(call.text) === withoutTimes(other.text)
  );
}

function textOf(call: Pick<EventData<'toolStarted'>, 'name' | 'arguments'>): string {
  return `${call.name} ${call.arguments.replaceAll(/\s+/g, ' ').slice(0, shownCallChars)}`;
}

/** How long something took, and when it was, is no other outcome. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?/g, '#')
    .replaceAll(/\d{1,12}(?:\.\d{1,12})? ?(?:ms|s|sec|secs|seconds?|m|min|minutes?|µs|ns)\b/g, '#')
    .replaceAll(/(duration_ms:?|time=)\s?"?[\d.]{1,24}/g, '$1#');
}
