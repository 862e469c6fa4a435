// The course that the work on a task has taken, folded from its events: by it is seen whether it goes in circles.
import type { EventData, TaskEvent, ToolCall } from '../../shared/task/events.ts';
import type { Approach, LimitReason } from '../../shared/task/stuck.ts';
import type { Task } from '../../shared/task/task.ts';
import { isStop, isStuckQuestion } from './approachWords.ts';
import { isHarmless } from './harmlessTools.ts';
import type { Finish } from './specialTools.ts';

/** A round whose work was committed, with what its checks have said so far. */
export interface PastRound {
  readonly round: number;
  readonly turn: number;
  readonly commit: string;
  /** Null in logs of earlier versions. */
  readonly tree: string | null;
  /** Whether its commit is another one than the one that it stands on. */
  readonly hasChanged: boolean;
  readonly finish: Finish | null;
  readonly checks: readonly EventData<'checkEnded'>[];
  /** What the task showed of it. */
  readonly shown: Pick<Task, 'files' | 'checks' | 'criteria' | 'integrity'>;
}

/** A tool call that has come to its end. */
export interface PastCall {
  readonly name: string;
  readonly arguments: string;
  readonly text: string;
}

export interface Course {
  /** The logs of all runs of checks, in their order; round 0 is the baseline. */
  readonly logs: readonly { readonly name: string; readonly round: number; readonly log: string }[];
  readonly rounds: readonly PastRound[];
  /** Index of the first round since work was last asked for: those before it answered another wish. */
  readonly firstRound: number;
  /** How many rounds there were when something was last changed: signs are looked for in what came since. */
  readonly judgedRounds: number;
  /** The states that the files have had, one after the other, as tree ids. */
  readonly trees: readonly string[];
  /** How many of the newest changes in a row led back to a state that the files had before. */
  readonly returns: number;
  /** The newest calls since a file was last changed. */
  readonly calls: readonly PastCall[];
  /** Turns in a row in which nothing was done but reading. */
  readonly readingTurns: number;
  /** What was changed since work was last asked for. */
  readonly approaches: readonly Approach[];
  /** Turns for which the agent may only read until it has written down why it fails. */
  readonly hypothesisTurns: number;
  readonly hypothesis: string | null;
  /** What people have said since the task began. */
  readonly heard: readonly string[];
  /** Whether the conversation has begun anew. */
  readonly isAfresh: boolean;
  /** Whether the workspace is to be made anew from another commit, for what it holds is given up. */
  readonly isRollingBack: boolean;
  /** What was given up since the workspace was last made, to be kept behind the refs of these turns. */
  readonly abandoned: readonly { readonly turn: number; readonly commit: string }[];
  /** The round that is about to be delivered although it is not the newest. */
  readonly takenRound: number | null;
  /** Why the work ended then; null where a log of an earlier version doesn't say. */
  readonly takenReason: LimitReason | null;
  /** Whether the user is to be asked how to go on. */
  readonly isAsking: boolean;
  /** Whether a person, or the deadline, has answered that it should stop. */
  readonly isToldToStop: boolean;
  /** Whether the work ends because it goes in circles. */
  readonly hasGivenUp: boolean;
}

export const newCourse: Course = {
  logs: [],
  rounds: [],
  firstRound: 0,
  judgedRounds: 0,
  trees: [],
  returns: 0,
  calls: [],
  readingTurns: 0,
  approaches: [],
  hypothesisTurns: 0,
  hypothesis: null,
  heard: [],
  isAfresh: false,
  isRollingBack: false,
  abandoned: [],
  takenRound: null,
  takenReason: null,
  isAsking: false,
  isToldToStop: false,
  hasGivenUp: false,
};

/** Turns in which a hypothesis is waited for: a model that never writes one must not stand still for good. */
const patienceInTurns = 3;

/** More than the longest circle that is looked for. */
const keptCalls = 24;
const keptTrees = 200;

/** What of a run, as it was before an event, its course follows from. */
interface Before {
  readonly course: Course;
  readonly head: string;
  readonly saved: string;
  readonly turn: number;
  readonly finish: Finish | null;
  readonly openCalls: readonly ToolCall[];
  readonly isAtRest: boolean;
  readonly pending: TaskEvent | null;
}

/** Whether a delivery goes on that nothing said since has called off. */
export function isBeingDelivered({ pending }: Pick<Before, 'pending'>): boolean {
  return pending?.type === 'deliverStarted';
}

/** From the delivery on, whether or not it has come to its end: what is said then asks for more work. */
export function hasWorkEnded(run: Pick<Before, 'isAtRest' | 'pending'>): boolean {
  return run.isAtRest || isBeingDelivered(run);
}

/** The course after one more event; `task` is the task after it. */
export function courseAfter(before: Before, task: Task, event: TaskEvent): Course {
  const { course } = before;
  switch (event.type) {
    case 'prepared':
      return course.isRollingBack ? { ...course, isRollingBack: false, abandoned: [] } : course;
    case 'committed':
      return withShown(committed(before, event.data), task, event.data.commit);
    case 'checkpointed':
      return filesKept(before, event.data);
    case 'checkEnded':
      if (event.data.proposedFor !== undefined) return course;
      return withShown(checkEnded(course, event.data), task, event.data.commit);
    case 'criteriaJudged':
    case 'crossRunEnded':
    case 'integrityInspected':
      return withShown(course, task, event.data.commit);
    case 'turnAnswered':
      return turnAnswered(course, event.data);
    case 'toolEnded':
      return callEnded(before, event.data);
    case 'stuckSeen':
      return approachChanged(before, event.data);
    case 'bestRoundTaken':
      return {
        ...givenUp(before),
        ...{ takenRound: event.data.round, takenReason: event.data.reason ?? null },
      };
    case 'delivered':
      return { ...course, abandoned: [], takenRound: null };
    default:
      return afterWords(before, event);
  }
}

/** What people say changes the situation: what came before it is no sign any more. */
function afterWords(before: Before, event: TaskEvent): Course {
  const { course } = before;
  if (event.type === 'budgetExtended') return { ...course, takenRound: null };
  if (event.type === 'messageReceived') {
    const heard = { heard: [...course.heard, event.data.text], firstRound: course.rounds.length };
    // Work that is asked for anew may go in circles anew, and then all ways out of them are open again.
    const approaches = hasWorkEnded(before) || course.hasGivenUp ? [] : course.approaches;
    const goesOn = { approaches, takenRound: null, isToldToStop: false, hasGivenUp: false };
    return { ...withoutSigns(course), ...heard, ...goesOn };
  }
  if (event.type === 'questionAsked') return { ...course, isAsking: false };
  if (event.type !== 'questionAnswered') return course;
  const { questionId, text, by } = event.data;
  if (isStuckQuestion(questionId) && isStop(text)) return { ...course, isToldToStop: true };
  return by === 'person' ? { ...withoutSigns(course), heard: [...course.heard, text] } : course;
}

function withoutSigns(course: Course): Course {
  return { ...course, judgedRounds: course.rounds.length, returns: 0, calls: [], readingTurns: 0 };
}

function committed(before: Before, { round, commit, tree, keptOut }: EventData<'committed'>): Course {
  const { turn, finish, head } = before;
  const course = { ...filesKept(before, { commit, tree }), isRollingBack: false };
  // What was not taken was changed all the same, and the agent is told of it.
  const hasChanged = commit !== head || keptOut !== undefined;
  const made = { round, turn, commit, tree: tree ?? null, hasChanged, finish };
  const shown = { files: [], checks: [] };
  return { ...course, rounds: [...course.rounds, { ...made, checks: [], shown }] };
}

/** The files are safe in a commit; the same one as before where nothing changed. */
function filesKept(
  { course, saved }: Before,
  { commit, tree }: { readonly commit: string; readonly tree?: string | undefined },
): Course {
  if (commit === saved) return course;
  const changed = { ...course, calls: [], readingTurns: 0 };
  if (tree === undefined || tree === course.trees.at(-1)) return changed;
  const returns = course.trees.includes(tree) ? course.returns + 1 : 0;
  return { ...changed, returns, trees: [...course.trees, tree].slice(-keptTrees) };
}

function checkEnded(course: Course, data: EventData<'checkEnded'>): Course {
  const { round, name, log } = data;
  const logged = log === null ? course : { ...course, logs: [...course.logs, { name, round, log }] };
  if (round === 0) return logged;
  return withNewest(logged, (newest) => ({ ...newest, checks: [...newest.checks, data] }));
}

/** What the task shows of the commit is kept with its round, which is an earlier one where the best is put to the test. */
function withShown(course: Course, task: Task, commit: string): Course {
  const { files, checks, criteria, criteriaCommit, integrity } = task;
  const proof = {
    ...(criteria !== undefined && criteriaCommit === commit ? { criteria } : {}),
    ...(integrity?.commit === commit ? { integrity } : {}),
  };
  const index = course.rounds.findLastIndex((round) => round.commit === commit);
  const rounds = course.rounds.map((round, at) =>
    at === index ? { ...round, shown: { files, checks, ...proof } } : round,
  );
  return index < 0 ? course : { ...course, rounds };
}

function withNewest(course: Course, change: (newest: PastRound) => PastRound): Course {
  const newest = course.rounds.at(-1);
  return newest === undefined
    ? course
    : { ...course, rounds: [...course.rounds.slice(0, -1), change(newest)] };
}

function turnAnswered(course: Course, { text, toolCalls }: EventData<'turnAnswered'>): Course {
  const isReading = toolCalls.length > 0 && toolCalls.every(({ name }) => isReadingTool(name));
  const read = { ...course, readingTurns: isReading ? course.readingTurns + 1 : 0 };
  if (course.hypothesisTurns === 0) return read;
  if (isHypothesis(text, toolCalls)) return { ...read, hypothesisTurns: 0, hypothesis: text };
  return { ...read, hypothesisTurns: course.hypothesisTurns - 1 };
}

/** Harmless as they are, the other two ask or end. */
function isReadingTool(name: string): boolean {
  return isHarmless(name) && name !== 'ask' && name !== 'finish';
}

/** Words alone are one in any language; beside calls the word has to stand there. */
function isHypothesis(text: string, toolCalls: readonly ToolCall[]): boolean {
  return toolCalls.length === 0 ? text.trim() !== '' : /hypothes/i.test(text);
}

function callEnded({ course, openCalls }: Before, { callId, name, text }: EventData<'toolEnded'>): Course {
  const call = openCalls.find(({ id }) => id === callId);
  if (call === undefined) return course;
  const ended = { name, arguments: call.arguments, text };
  return { ...course, calls: [...course.calls, ended].slice(-keptCalls) };
}

function approachChanged(before: Before, data: EventData<'stuckSeen'>): Course {
  const { approach, commit } = data;
  const course = commit === null ? before.course : givenUp(before);
  const tree = course.rounds.findLast((round) => round.commit === commit)?.tree ?? null;
  return {
    ...withoutSigns(course),
    approaches: [...course.approaches, approach],
    hypothesisTurns: approach === 'hypothesis' ? patienceInTurns : 0,
    isAfresh: course.isAfresh || approach === 'startOver' || approach === 'otherModel',
    // The runner brings the files back, not the agent: that is no return.
    trees: commit === null ? course.trees : tree === null ? [] : [tree],
    isAsking: approach === 'askUser',
    isToldToStop: false,
    hasGivenUp: approach === 'stop',
  };
}

/** What the workspace holds is given up, and stays behind the ref of its turn. */
function givenUp({ course, turn, saved: commit }: Before): Course {
  return { ...course, isRollingBack: true, abandoned: [...course.abandoned, { turn, commit }] };
}
