// All that the next decision about a task depends on, folded from its events.
import { applyEvent } from '../../shared/task/applyEvent.ts';
import type { Budget } from '../../shared/spec/spec.ts';
import type { EventData, Fact, Message, TaskEvent, ToolCall } from '../../shared/task/events.ts';
import { isAtLimit } from '../../shared/task/hasEnded.ts';
import type { Task } from '../../shared/task/task.ts';
import { approachTaken, bestRoundTaken, givenUpWorkspace, stuckAnswered } from './approaches.ts';
import { isStuckQuestion } from './approachWords.ts';
import { asUser, closeOpenCalls, messagesOfNextTurn, textsOfRound } from './conversation.ts';
import { courseAfter, hasWorkEnded, isBeingDelivered, newCourse, type Course } from './course.ts';
import { deathsAfter, type Deaths } from './deaths.ts';
import { isHarmless } from './harmlessTools.ts';
import {
  budgetExtendedText,
  hypothesisFirstText,
  hypothesisTakenText,
  networkAllowedText,
  summaryPrompt,
  workspaceLostText,
  workspaceReclaimedText,
} from './prompts.ts';
import { noProof, proofAfter, type Proof } from './proof.ts';
import { nothingSpent, spentAfter, type Spent } from './spending.ts';
import { finishSchema, parseToolArguments, type Finish } from './specialTools.ts';

export type CheckResult = EventData<'checkEnded'>;

export interface Run {
  readonly task: Task;
  readonly created: EventData<'taskCreated'>;
  /** The started step whose end is not recorded. */
  readonly pending: TaskEvent | null;
  /** Ends of runners in the middle of steps that have not come to their end since. */
  readonly deaths: Deaths;
  /** Whether the pending step's runner has said itself that it ends. */
  readonly wasLeftInOrder: boolean;
  readonly isPrepared: boolean;
  readonly setUp: EventData<'setUpEnded'> | null;
  readonly baseline: readonly CheckResult[];
  readonly transcript: readonly Message[];
  /** What the endpoint itself counted: tokens of the first messages of the transcript. */
  readonly measured: { readonly messages: number; readonly tokens: number };
  /** Tool calls of the running turn that have no answer yet. */
  readonly openCalls: readonly ToolCall[];
  readonly turn: number;
  /** Counts from 1 with the first turn. */
  readonly round: number;
  /** The agent's own word that its work on this round has ended. */
  readonly finish: Finish | null;
  /** The commit of this round's work, once made. */
  readonly roundCommit: string | null;
  readonly roundChecks: readonly CheckResult[];
  /** Those of the round before; of the baseline in the first. */
  readonly lastChecks: readonly CheckResult[];
  /** What backs or doubts the round's commit beside its checks. */
  readonly proof: Proof;
  /** The commit that the next one stands on. */
  readonly head: string;
  /** The commit of the newest checkpoint or round: what a lost workspace is made from. */
  readonly saved: string;
  /** Whether the agent may have changed files since then. */
  readonly isDirty: boolean;
  /** When the agent last did something: the time that a commit of its work bears, so that it can be made again alike. */
  readonly workedAt: Date;
  readonly newMessages: readonly string[];
  readonly isStopping: boolean;
  readonly isAtRest: boolean;
  readonly course: Course;
  readonly budget: Budget;
  readonly spent: Spent;
  /** Whether the runner's ceiling for the day keeps the next model call back. */
  readonly isHeldBack: boolean;
  /** What the endpoint's limits have said since its last answer: no call before `until`. */
  readonly rateLimit: { readonly until: Date; readonly refusals: number } | null;
}

/** The run that a task's whole event list tells, null for an empty one. */
export function runOf(events: readonly TaskEvent[]): Run | null {
  return events.reduce<Run | null>((run, event) => advance(run, event), null);
}

/** The run after one more event. */
export function advance(run: Run | null, event: TaskEvent): Run {
  const task = applyEvent(run?.task ?? null, event);
  if (run === null) {
    if (event.type !== 'taskCreated') throw new Error(`A task can’t begin with ${event.type}.`);
    return newRun(task, event.data, new Date(event.at));
  }
  const spent = spentAfter(run.spent, run.pending, event);
  const deaths = deathsAfter(run.deaths, run.pending, event);
  const course = courseAfter(run, task, event);
  const proof = proofAfter(run.proof, event);
  const changed = { ...run, task, spent, deaths, course, proof, ...changeOf(run, event) };
  return changed.pending === run.pending ? changed : { ...changed, wasLeftInOrder: false };
}

function newRun(task: Task, created: EventData<'taskCreated'>, at: Date): Run {
  const start = created.fork?.commit ?? created.snapshot.commit;
  return {
    task,
    created,
    pending: null,
    deaths: {},
    wasLeftInOrder: false,
    isPrepared: false,
    setUp: null,
    baseline: [],
    transcript: [],
    measured: { messages: 0, tokens: 0 },
    openCalls: [],
    turn: 0,
    round: 1,
    finish: null,
    roundCommit: null,
    roundChecks: [],
    lastChecks: [],
    proof: noProof,
    head: created.snapshot.commit,
    saved: start,
    isDirty: false,
    workedAt: at,
    newMessages: [],
    isStopping: false,
    isAtRest: false,
    course: newCourse,
    budget: created.budget,
    spent: nothingSpent,
    isHeldBack: false,
    rateLimit: null,
  };
}

type CourseEvent = Extract<
  Fact,
  {
    type:
      | (
          | 'diskFull'
          | 'runnerEnded'
          | 'heldBack'
          | 'messageReceived'
          | 'budgetExtended'
          | 'prioritized'
          | 'sharingChanged'
          | 'stopRequested'
          | 'questionAsked'
          | ('accessBlocked' | 'networkAllowed' | 'sandboxChanged')
        )
      | ('delivered' | 'stopped' | 'taskFailed' | 'deleted' | 'markedDone' | 'interrupted')
      | ('taskCreated' | 'modelRetried' | 'committed')
      | ('criteriaJudged' | 'checkProposed' | 'stuckSeen' | 'bestRoundTaken');
  }
>;

/** What the steps of the work change. */
function changeOf(run: Run, event: TaskEvent): Partial<Run> {
  switch (event.type) {
    case 'prepareStarted':
    case 'setUpStarted':
    case 'checkStarted':
    case 'toolStarted':
    case 'commitStarted':
    case 'crossRunStarted':
    case 'inspectionStarted':
    case 'deliverStarted':
      return { pending: event };
    case 'compactionStarted':
      return { pending: event, isHeldBack: false };
    case 'prepared':
      return { ...givenUpWorkspace(run), pending: null, isPrepared: true, isDirty: false };
    case 'setUpEnded':
      return { pending: null, setUp: event.data };
    case 'crossRunEnded':
    case 'integrityInspected':
      return { pending: null };
    case 'checkEnded':
      if (event.data.proposedFor !== undefined) return { pending: null };
      return event.data.round === 0
        ? { pending: null, baseline: [...run.baseline, event.data] }
        : { pending: null, roundChecks: [...run.roundChecks, event.data] };
    case 'turnStarted':
      return { pending: event, isHeldBack: false, ...turnStarted(run, event.data) };
    case 'rateLimited':
      return rateLimited(event.data);
    case 'turnAnswered':
      return { pending: null, workedAt: new Date(event.at), ...turnAnswered(run, event.data) };
    case 'toolEnded':
      return {
        pending: null,
        workedAt: new Date(event.at),
        isDirty: run.isDirty || !isHarmless(event.data.name),
        ...callAnswered(run, event.data.callId, event.data.text),
      };
    case 'questionAnswered': {
      const { questionId, text } = event.data;
      return isStuckQuestion(questionId) ? stuckAnswered(run, text) : callAnswered(run, questionId, text);
    }
    case 'checkpointed':
      return { saved: event.data.commit, isDirty: false };
    case 'workspaceLost':
      return { pending: null, isPrepared: false, setUp: null, ...told(run, workspaceLostText) };
    case 'workspaceReclaimed':
      return workspaceReclaimed(run, event.data.commit);
    case 'compacted':
      return { pending: null, rateLimit: null, ...compacted(run, event.data.summary) };
    default:
      return changeOfCourse(run, event);
  }
}

/** What people, the budget and the task's ends change. */
function changeOfCourse(run: Run, event: CourseEvent): Partial<Run> {
  switch (event.type) {
    case 'heldBack':
      return { isHeldBack: true };
    case 'messageReceived':
      return messageReceived(run, event.data.text);
    case 'networkAllowed':
      return run.isAtRest ? {} : told(run, networkAllowedText(event.data.hosts));
    case 'budgetExtended':
      return budgetExtended(run, event.data.budget);
    case 'committed': {
      const { commit } = event.data;
      const files = { head: commit, saved: commit, isDirty: false, roundCommit: commit };
      return { ...givenUpWorkspace(run), pending: null, ...files };
    }
    case 'stopRequested':
      return { isStopping: true };
    case 'delivered':
    case 'stopped':
    case 'taskFailed':
    case 'deleted':
      return { ...givenUpWorkspace(run), pending: null, isAtRest: true, isStopping: false };
    case 'markedDone':
      // The workspace is given up with it; more work would begin from the newest commit.
      return { isAtRest: true, isPrepared: false, setUp: null };
    case 'interrupted':
      return { pending: null };
    case 'runnerEnded':
      return { wasLeftInOrder: event.data.inOrder };
    case 'taskCreated':
    case 'questionAsked':
    case 'modelRetried':
    case 'prioritized':
    case 'sharingChanged':
    case 'diskFull':
    case 'accessBlocked':
    case 'sandboxChanged':
    case 'criteriaJudged':
    case 'checkProposed':
      return {};
    case 'stuckSeen':
      return approachTaken(run, event.data);
    case 'bestRoundTaken':
      return bestRoundTaken(run, event.data);
  }
}

/** The first turn opens the conversation; the first turn after a failed round opens the next round. */
function turnStarted(run: Run, { turn, round }: EventData<'turnStarted'>): Partial<Run> {
  return {
    turn,
    transcript: [...run.transcript, ...messagesOfNextTurn(run)],
    newMessages: [],
    round,
    ...(run.roundCommit === null ? {} : { ...openRound, lastChecks: run.roundChecks }),
  };
}

/** The same turn begins anew later, with what it was told already. */
function rateLimited({ turn, until, refusals }: EventData<'rateLimited'>): Partial<Run> {
  return { pending: null, turn, rateLimit: { until: new Date(until), refusals } };
}

const openRound = { finish: null, roundCommit: null, roundChecks: [] } as const satisfies Partial<Run>;

function turnAnswered(run: Run, data: EventData<'turnAnswered'>): Partial<Run> {
  const answer: Message = { role: 'assistant', text: data.text, toolCalls: data.toolCalls };
  return {
    transcript: [...run.transcript, answer],
    openCalls: data.toolCalls,
    rateLimit: null,
    measured: {
      messages: run.transcript.length + 1,
      tokens: data.usage.inputTokens + data.usage.outputTokens,
    },
    ...(data.toolCalls.length === 0 ? wordsAlone(run, data.text) : {}),
  };
}

/** A model that calls no tool has said its last word on this round, unless it was asked for words. */
function wordsAlone({ course, newMessages }: Run, text: string): Partial<Run> {
  if (course.hypothesisTurns === 0)
    return { finish: { outcome: 'done', summary: text, commitMessage: null } };
  return { newMessages: [...newMessages, text.trim() === '' ? hypothesisFirstText : hypothesisTakenText] };
}

function callAnswered(run: Run, callId: string, text: string): Partial<Run> {
  const call = run.openCalls.find((open) => open.id === callId);
  if (call === undefined) return {};
  return {
    transcript: [...run.transcript, { role: 'tool', callId, text }],
    openCalls: run.openCalls.filter((open) => open !== call),
    ...(call.name === 'finish' ? { finish: finishOf(call) ?? run.finish } : {}),
  };
}

function finishOf(call: ToolCall): Finish | null {
  const parsed = parseToolArguments(finishSchema, call.arguments);
  return parsed.ok ? parsed.value : null;
}

function compacted(run: Run, summary: string): Partial<Run> {
  const opening = run.transcript.slice(0, 2);
  return {
    transcript: [...opening, asUser(summaryPrompt(summary))],
    measured: { messages: 0, tokens: 0 },
  };
}

/** Something that the agent has to know with its next turn; an end that it was about to make is off. */
function told(run: Run, text: string): Partial<Run> {
  const newMessages = [...run.newMessages, text];
  return run.roundCommit === null ? { newMessages, finish: null } : { newMessages };
}

/** The files are as they were, once they are made again; what no commit holds is gone, and the agent may miss it. */
function workspaceReclaimed(run: Run, commit: string): Partial<Run> {
  const isTold = run.newMessages.includes(workspaceReclaimedText);
  const change = { isPrepared: false, setUp: null, saved: commit, isDirty: false };
  return isTold ? change : { ...change, ...told(run, workspaceReclaimedText) };
}

/** A message to a task whose work has ended asks for more: another round with a fresh budget. */
function messageReceived(run: Run, text: string): Partial<Run> {
  if (!hasWorkEnded(run)) return told(run, text);
  return { ...reopened(run, text), spent: { ...nothingSpent, roundsBefore: run.round } };
}

/** More budget lets a task that came to rest at its limit go on where it was, or one that was about to. */
function budgetExtended(run: Run, budget: Budget): Partial<Run> {
  if (isAtLimit(run.task)) return { budget, ...reopened(run, budgetExtendedText) };
  return isBeingDelivered(run) ? { budget, pending: null } : { budget };
}

/** Who goes on has to know what its last round came to, which the next turn would have told it. */
function reopened(run: Run, text: string): Partial<Run> {
  return {
    newMessages: [...untold(run, textsOfRound(run)), ...run.newMessages, text],
    // A delivery that goes on is called off: what is asked for now belongs to its result.
    pending: null,
    isAtRest: false,
    isStopping: false,
    deaths: {},
    setUp: run.setUp?.exitCode === 0 ? run.setUp : null,
    transcript: closeOpenCalls(run),
    openCalls: [],
    ...(run.turn > 0 ? { ...openRound, round: run.round + 1 } : openRound),
    lastChecks: run.roundChecks.length > 0 ? run.roundChecks : run.lastChecks,
  };
}

function untold({ newMessages }: Run, texts: readonly string[]): readonly string[] {
  return texts.filter((text) => !newMessages.includes(text));
}
