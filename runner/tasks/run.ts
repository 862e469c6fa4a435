// All that the next decision about a task depends on, folded from its events.
import { applyEvent } from '../../shared/task/applyEvent.ts';
import type { EndReason, EventData, TaskEvent, ToolCall } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { digestOf } from './digest.ts';
import { firstPrompt, interruptedText, summaryPrompt, systemPrompt } from './prompts.ts';
import { finishSchema, parseToolArguments, type Finish } from './specialTools.ts';
import type { Message } from './transcript.ts';

/** Characters of failing checks' output that a round's prompt may hold. */
const digestChars = 12_000;

export type CheckResult = EventData<'checkEnded'>;

/** What has been spent since work was last asked for. */
interface Spent {
  readonly turns: number;
  /** Rounds that were over before. */
  readonly roundsBefore: number;
  readonly costUsd: number;
  readonly since: Date;
}

export interface Run {
  readonly task: Task;
  readonly created: EventData<'taskCreated'>;
  /** The started step whose end is not recorded. */
  readonly pending: TaskEvent | null;
  readonly isPrepared: boolean;
  readonly setUp: EventData<'setUpEnded'> | null;
  readonly baseline: readonly CheckResult[];
  readonly transcript: readonly Message[];
  /** Tool calls of the running turn that have no answer yet. */
  readonly openCalls: readonly ToolCall[];
  readonly turn: number;
  /** Counts from 1 with the first turn. */
  readonly round: number;
  /** Tokens that the newest model call took in. */
  readonly contextTokens: number;
  /** The agent's own word that its work on this round has ended. */
  readonly finish: Finish | null;
  /** The commit of this round's work, once made. */
  readonly roundCommit: string | null;
  readonly roundChecks: readonly CheckResult[];
  /** The commit that the next one stands on. */
  readonly head: string;
  /** When the agent last did something: the time that a commit of its work bears, so that it can be made again alike. */
  readonly workedAt: Date;
  readonly newMessages: readonly string[];
  readonly isStopping: boolean;
  readonly isAtRest: boolean;
  readonly spent: Spent;
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
  return { ...run, task, ...changeOf(run, event) };
}

function newRun(task: Task, created: EventData<'taskCreated'>, at: Date): Run {
  return {
    task,
    created,
    pending: null,
    isPrepared: false,
    setUp: null,
    baseline: [],
    transcript: [],
    openCalls: [],
    turn: 0,
    round: 1,
    contextTokens: 0,
    finish: null,
    roundCommit: null,
    roundChecks: [],
    head: created.snapshot.commit,
    workedAt: at,
    newMessages: [],
    isStopping: false,
    isAtRest: false,
    spent: { turns: 0, roundsBefore: 0, costUsd: 0, since: at },
  };
}

function changeOf(run: Run, event: TaskEvent): Partial<Run> {
  switch (event.type) {
    case 'prepareStarted':
      return {
        pending: event,
        ...(run.turn === 0 ? { spent: { ...run.spent, since: new Date(event.at) } } : {}),
      };
    case 'setUpStarted':
    case 'checkStarted':
    case 'toolStarted':
    case 'commitStarted':
    case 'deliverStarted':
      return { pending: event };
    case 'prepared':
      return { pending: null, isPrepared: true };
    case 'setUpEnded':
      return { pending: null, setUp: event.data };
    case 'checkEnded':
      return event.data.round === 0
        ? { pending: null, baseline: [...run.baseline, event.data] }
        : { pending: null, roundChecks: [...run.roundChecks, event.data] };
    case 'turnStarted':
      return { pending: event, ...turnStarted(run, event.data) };
    case 'turnAnswered':
      return { pending: null, workedAt: new Date(event.at), ...turnAnswered(run, event.data) };
    case 'toolEnded':
      return {
        pending: null,
        workedAt: new Date(event.at),
        ...callAnswered(run, event.data.callId, event.data.text),
      };
    case 'questionAnswered':
      return callAnswered(run, event.data.questionId, event.data.text);
    case 'compacted':
      return {
        ...compacted(run, event.data.summary),
        contextTokens: 0,
        spent: withCost(run.spent, event.data.costUsd),
      };
    case 'messageReceived':
      return messageReceived(run, event.data.text, new Date(event.at));
    case 'committed':
      return { pending: null, head: event.data.commit, roundCommit: event.data.commit };
    case 'stopRequested':
      return { isStopping: true };
    case 'delivered':
    case 'stopped':
    case 'taskFailed':
    case 'deleted':
      return { pending: null, isAtRest: true, isStopping: false };
    case 'markedDone':
      // The workspace is given up with it; more work would begin from the newest commit.
      return { isAtRest: true, isPrepared: false };
    case 'interrupted':
      return { pending: null };
    case 'taskCreated':
    case 'questionAsked':
    case 'modelRetried':
      return {};
  }
}

/** The first turn opens the conversation; the first turn after a failed round opens the next round. */
function turnStarted(run: Run, { turn, round }: EventData<'turnStarted'>): Partial<Run> {
  const opening: Message[] =
    run.transcript.length > 0
      ? []
      : [
          { role: 'system', text: systemPrompt },
          { role: 'user', text: firstPrompt(run.created, run.baseline) },
        ];
  const news = run.newMessages.map((text): Message => ({ role: 'user', text }));
  const isNewRound = run.roundCommit !== null;
  const findings: Message[] =
    isNewRound && run.roundChecks.some((check) => !check.passed) ? [roundFindings(run)] : [];
  return {
    turn,
    transcript: [...run.transcript, ...opening, ...findings, ...news],
    newMessages: [],
    round,
    ...(isNewRound ? openRound : {}),
  };
}

const openRound = { finish: null, roundCommit: null, roundChecks: [] } as const satisfies Partial<Run>;

function roundFindings(run: Run): Message {
  const failing = run.roundChecks.filter((check) => !check.passed);
  const failedBefore = new Set(run.baseline.filter((check) => !check.passed).map((check) => check.name));
  return {
    role: 'user',
    text: digestOf(
      failing.map((check) => ({ ...check, failedBefore: failedBefore.has(check.name) })),
      digestChars,
    ),
  };
}

function turnAnswered(run: Run, data: EventData<'turnAnswered'>): Partial<Run> {
  const answer: Message = { role: 'assistant', text: data.text, toolCalls: data.toolCalls };
  return {
    transcript: [...run.transcript, answer],
    openCalls: data.toolCalls,
    contextTokens: data.usage.inputTokens + data.usage.outputTokens,
    spent: { ...withCost(run.spent, data.costUsd), turns: run.spent.turns + 1 },
    // A model that calls no tool has said its last word on this round.
    ...(data.toolCalls.length === 0
      ? { finish: { outcome: 'done', summary: data.text, commitMessage: null } }
      : {}),
  };
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
  return { transcript: [...opening, { role: 'user', text: summaryPrompt(summary) }] };
}

/** A message to a task at rest asks for more work: another round with a fresh budget. */
function messageReceived(run: Run, text: string, at: Date): Partial<Run> {
  const newMessages = [...run.newMessages, text];
  if (!run.isAtRest)
    return run.finish === null
      ? { newMessages }
      : { newMessages, finish: run.roundCommit === null ? null : run.finish };
  return {
    newMessages,
    isAtRest: false,
    isStopping: false,
    spent: { turns: 0, roundsBefore: run.round, costUsd: 0, since: at },
    setUp: run.setUp?.exitCode === 0 ? run.setUp : null,
    transcript: closeOpenCalls(run),
    openCalls: [],
    ...(run.turn > 0 ? { ...openRound, round: run.round + 1 } : openRound),
  };
}

/** Every tool call needs an answer before the conversation can go on, else endpoints refuse it. */
function closeOpenCalls(run: Run): readonly Message[] {
  return [
    ...run.transcript,
    ...run.openCalls.map((call): Message => ({ role: 'tool', callId: call.id, text: interruptedText })),
  ];
}

function withCost(spent: Spent, costUsd: number | null): Spent {
  return { ...spent, costUsd: spent.costUsd + (costUsd ?? 0) };
}

/** Why the budget allows no further turn, or null. */
export function budgetLimit(run: Run, now: Date): EndReason | null {
  const { budget } = run.created;
  const isUsedUp =
    run.spent.turns >= budget.turns ||
    run.spent.costUsd >= budget.costUsd ||
    now.getTime() - run.spent.since.getTime() >= budget.wallTimeMs;
  return isUsedUp ? 'budgetUsedUp' : null;
}
