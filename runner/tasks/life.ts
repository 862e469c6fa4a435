// The life of a task as a pure decision: from what has happened so far, what happens next.
import { KnownError } from '../../shared/errors/errors.ts';
import type { Check } from '../../shared/spec/spec.ts';
import type { EndReason, Fact, Message, TaskEvent, ToolCall, Verdict } from '../../shared/task/events.ts';
import type { CrossRunKind } from '../../shared/task/integrity.ts';
import type { LimitReason } from '../../shared/task/stuck.ts';
import { reserve } from './budget.ts';
import { deathsIn, isSuspect, mostDeaths, withDeath, wordsOf } from './deaths.ts';
import { bestRound, roundOf, takenFact } from './bestRound.ts';
import { messagesOfNextTurn } from './conversation.ts';
import { areToJudge } from './criteria.ts';
import { nextCrossRun } from './crossRuns.ts';
import { isHarmless } from './harmlessTools.ts';
import { needsInspection, withIntegrity } from './integrityVerdict.ts';
import { modelTermsOf } from './modelTerms.ts';
import { compactionRequest, hypothesisFirstText } from './prompts.ts';
import { nextProposalRun, proposalOf } from './proposals.ts';
import type { Run } from './run.ts';
import type { Reservation } from './spending.ts';
import { askSchema, finishSchema, parseToolArguments, proposingTool } from './specialTools.ts';
import { followingFact, stuckFact } from './stuck.ts';
import { canBeMended, verdictOf } from './verdict.ts';

/** Milliseconds that a question waits for a person before its default answer is taken. */
const questionPatienceMs = 15 * 60_000;

/** The share of the model's window that may be full before the conversation is shortened. */
const fullShare = 0.75;

/** An effect on the world; the engine records its start, does it, and records its end. */
export type Step =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'setUp'; readonly command: string }
  | {
      readonly kind: 'check';
      readonly round: number;
      readonly check: Check;
      readonly commit: string;
      /** The criterion that the agent proposed it for. */
      readonly proposedFor?: number;
    }
  | { readonly kind: 'judge'; readonly round: number; readonly commit: string }
  | {
      readonly kind: 'crossRun';
      readonly tests: CrossRunKind;
      readonly round: number;
      readonly commit: string;
    }
  | ({ readonly kind: 'turn'; readonly turn: number; readonly round: number } & Reservation)
  | ({ readonly kind: 'compact'; readonly turn: number } & Reservation)
  | { readonly kind: 'tool'; readonly turn: number; readonly call: ToolCall }
  /** Finds out what is left of a tool call that was cut off. */
  | { readonly kind: 'recover'; readonly turn: number; readonly call: ToolCall; readonly startedSeq: number }
  | { readonly kind: 'checkpoint'; readonly turn: number }
  | { readonly kind: 'commit'; readonly round: number }
  /** Finds by reading what the commit did to the tests. */
  | { readonly kind: 'inspect'; readonly round: number; readonly commit: string }
  | {
      readonly kind: 'deliver';
      readonly verdict: Verdict;
      readonly reason: EndReason;
      readonly summary: string;
    }
  | { readonly kind: 'stop' }
  /** Ends the task with this error, what was done so far kept. */
  | { readonly kind: 'giveUp'; readonly error: KnownError };

export type Decision =
  | { readonly kind: 'step'; readonly step: Step }
  /** Facts that follow from what is known, without an effect. */
  | { readonly kind: 'record'; readonly facts: readonly Fact[] }
  /** Nothing to do until an answer comes or the time is there. */
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'rest' };

/** What a decision takes from outside of the task. */
export interface Surroundings {
  readonly now: Date;
  /** US dollars that the runner may still spend today, Infinity where it has no ceiling. */
  readonly dayLeftUsd: number;
}

/** What happens next in a task. The same run and surroundings always give the same decision. */
export function decide(run: Run, around: Surroundings): Decision {
  if (run.isAtRest) return { kind: 'rest' };
  if (run.pending !== null) return afterInterruption(run);
  if (run.isStopping) return step({ kind: 'stop' });
  // A task that waits for a person needs no workspace, and may have none.
  const question = questionDecision(run, around.now);
  if (question !== null) return question;
  const isGivenUp = run.course.isRollingBack && run.course.takenRound === null;
  if (!run.isPrepared || isGivenUp) return step({ kind: 'prepare' });
  return setUpDecision(run) ?? baselineDecision(run) ?? workDecision(run, around);
}

function step(next: Step): Decision {
  return { kind: 'step', step: next };
}

/** What a new runner records of a task when it first acts, before it does anything: until then the step that was cut off stays cut off once. */
export function factsOfTakeUp(run: Run): readonly Fact[] {
  return isCutOff(run) ? [{ type: 'runnerEnded', data: { inOrder: false } }] : [];
}

/** Whether what the task does next may be what ends the runner; `isTakenUp`: whether this runner has recorded what it found. */
export function mustActAlone(run: Run, isTakenUp: boolean): boolean {
  const { deaths, pending } = run;
  if (isTakenUp || pending === null || !isCutOff(run)) return isSuspect(run);
  return isSuspect({ ...run, deaths: withDeath(deaths, pending) });
}

function isCutOff(run: Run): boolean {
  return run.pending !== null && !run.isAtRest && !run.wasLeftInOrder;
}

/**
 * A step was started and its end is not known. What is harmless is simply done again; a tool call may have
 * changed something, so the agent is told instead.
 */
function afterInterruption(run: Run): Decision {
  const { pending } = run;
  if (pending !== null && !run.isStopping && deathsIn(run.deaths, pending) >= mostDeaths)
    return giveUp(run, pending);
  if (pending?.type !== 'toolStarted' || isHarmless(pending.data.name))
    return { kind: 'record', facts: [{ type: 'interrupted', data: { step: pending?.type ?? '' } }] };
  const { turn, callId: id, name, arguments: json } = pending.data;
  return step({ kind: 'recover', turn, call: { id, name, arguments: json }, startedSeq: pending.seq });
}

/** Where even that has ended a runner, the task only ends: its work so far is in its checkpoints. */
function giveUp(run: Run, pending: TaskEvent): Decision {
  const count = deathsIn(run.deaths, pending);
  const error = new KnownError('runnerEndedAgain', { count, step: wordsOf(pending) });
  if (count === mostDeaths) return step({ kind: 'giveUp', error });
  const data = { error: error.toReport(), commit: null, ref: null, mayBeBilled: true };
  return { kind: 'record', facts: [{ type: 'taskFailed', data }] };
}

function setUpDecision(run: Run): Decision | null {
  const command = run.created.setUp;
  if (command === null) return null;
  if (run.setUp === null) return step({ kind: 'setUp', command });
  if (run.setUp.exitCode === 0) return null;
  const error = new KnownError('setUpFailed', { command, exitCode: run.setUp.exitCode }).toReport();
  return { kind: 'record', facts: [{ type: 'taskFailed', data: { error, commit: null, ref: null } }] };
}

function baselineDecision(run: Run): Decision | null {
  // A task that already works needs no baseline any more, even if its start was interrupted.
  if (run.turn > 0) return null;
  const check = run.created.checks[run.baseline.length];
  return check === undefined
    ? null
    : step({ kind: 'check', round: 0, check, commit: run.created.snapshot.commit });
}

function questionDecision(run: Run, now: Date): Decision | null {
  const { question } = run.task;
  if (question === null) return null;
  const deadline = new Date(question.deadlineAt);
  if (now < deadline) return { kind: 'wait', until: deadline };
  const data = { questionId: question.id, text: question.defaultAnswer, by: 'default' } as const;
  return { kind: 'record', facts: [{ type: 'questionAnswered', data }] };
}

function workDecision(run: Run, around: Surroundings): Decision {
  const following = followingFact(run, new Date(around.now.getTime() + questionPatienceMs));
  if (following !== null) return { kind: 'record', facts: [following] };
  const call = run.openCalls[0];
  if (call !== undefined) return callDecision(run, call, around.now);
  if (run.roundCommit !== null) return afterCommit(run, run.roundCommit, around);
  if (run.finish !== null || isUsedUp(run) || run.course.hasGivenUp)
    return step({ kind: 'commit', round: run.round });
  if (run.isDirty) return step({ kind: 'checkpoint', turn: run.turn });
  return nextTry(run, around);
}

/** The next model call; where the work goes in circles something is changed first. */
function nextTry(run: Run, around: Surroundings): Decision {
  // What was said since the last turn may be the way out.
  const fact = run.newMessages.length > 0 ? null : stuckFact(run);
  return fact === null ? nextCall(run, around) : { kind: 'record', facts: [fact] };
}

/** The next model call, with what it may cost set aside; it waits for the endpoint's limit, and where the runner's ceiling for today is used up. */
function nextCall(run: Run, { now, dayLeftUsd }: Surroundings): Decision {
  if (run.rateLimit !== null && now < run.rateLimit.until)
    return { kind: 'wait', until: run.rateLimit.until };
  const reservation = reserve(run, messagesOfNextCall(run), dayLeftUsd);
  if (typeof reservation === 'string') return holdBack(run, now);
  if (isFull(run)) return step({ kind: 'compact', turn: run.turn, ...reservation });
  // After a commit the next turn opens the next round.
  const round = run.roundCommit === null ? run.round : run.round + 1;
  return step({ kind: 'turn', turn: run.turn + 1, round, ...reservation });
}

function holdBack(run: Run, now: Date): Decision {
  const until = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
  if (run.isHeldBack) return { kind: 'wait', until };
  return { kind: 'record', facts: [{ type: 'heldBack', data: { until: until.toISOString() } }] };
}

function isFull(run: Run): boolean {
  return run.measured.tokens > modelTermsOf(run).contextTokens * fullShare;
}

function messagesOfNextCall(run: Run): readonly Message[] {
  return isFull(run) ? [{ role: 'user', text: compactionRequest }] : messagesOfNextTurn(run);
}

/** Whether the task's own budget allows no further model call. */
function isUsedUp(run: Run): boolean {
  const { budget, spent } = run;
  return (
    spent.turns >= budget.turns ||
    spent.costUsd >= budget.costUsd ||
    spent.workedMs >= budget.wallTimeMs ||
    reserve(run, messagesOfNextCall(run), Infinity) === 'budget'
  );
}

function callDecision(run: Run, call: ToolCall, now: Date): Decision {
  if (call.name === 'ask') return askDecision(run, call, now);
  if (call.name === 'finish') return finishDecision(run, call);
  if (call.name === proposingTool) return proposalDecision(run, call);
  if (run.course.hypothesisTurns > 0 && !isHarmless(call.name))
    return answered(run, call, false, hypothesisFirstText);
  return step({ kind: 'tool', turn: run.turn, call });
}

function askDecision(run: Run, call: ToolCall, now: Date): Decision {
  const ask = parseToolArguments(askSchema, call.arguments);
  if (!ask.ok) return answered(run, call, false, ask.text);
  const { question: text, defaultAnswer } = ask.value;
  const deadlineAt = new Date(now.getTime() + questionPatienceMs).toISOString();
  return {
    kind: 'record',
    facts: [{ type: 'questionAsked', data: { questionId: call.id, text, defaultAnswer, deadlineAt } }],
  };
}

function finishDecision(run: Run, call: ToolCall): Decision {
  const finish = parseToolArguments(finishSchema, call.arguments);
  return answered(
    run,
    call,
    finish.ok,
    finish.ok ? 'The runner commits your work and runs the checks now.' : finish.text,
  );
}

function proposalDecision(run: Run, call: ToolCall): Decision {
  const { proposed, text } = proposalOf(run.created.spec.criteria, call.arguments);
  const facts = proposed === null ? [] : [{ type: 'checkProposed', data: proposed } as const];
  return answered(run, call, proposed !== null, text, facts);
}

function answered(
  run: Run,
  call: ToolCall,
  ok: boolean,
  text: string,
  facts: readonly Fact[] = [],
): Decision {
  const data = { turn: run.turn, callId: call.id, name: call.name, ok, text, log: null, durationMs: 0 };
  return { kind: 'record', facts: [...facts, { type: 'toolEnded', data }] };
}

/** The round's work is committed: check it, then deliver it or go on. */
function afterCommit(run: Run, commit: string, around: Surroundings): Decision {
  // An earlier one where the best round was taken: what it lacks, as a log of an earlier version lets it, is made up for.
  const round = roundOf(run);
  const check = run.created.checks[run.roundChecks.length];
  if (check !== undefined) return step({ kind: 'check', round, check, commit });
  const judging = criteriaDecision(run, { round, commit });
  if (judging !== null) return judging;
  if (needsInspection(run.task, commit)) return step({ kind: 'inspect', round, commit });
  const limit = limitOf(run);
  const { takenRound, takenReason } = run.course;
  // What was a limit then may be none now: an earlier round has fewer words to tell the model.
  if (takenRound !== null) return delivery(run, commit, takenReason ?? limit ?? 'roundsUsedUp');
  if (run.newMessages.length > 0 && limit === null) return nextCall(run, around);
  // What was said since and is not heard any more was not done, however green the checks are.
  const reason = run.newMessages.length > 0 ? limit : endReason(run, verdictOf(run), limit);
  if (reason === null) return nextTry(run, around);
  if (reason !== limit) return delivery(run, commit, reason);
  const best = bestRound(run);
  if (best !== null && best.commit !== commit) return { kind: 'record', facts: [takenFact(best, limit)] };
  return delivery(run, commit, reason);
}

/** What would be delivered as good is put to the test first, whatever the agent says of it. */
function delivery(run: Run, commit: string, reason: EndReason): Decision {
  const verdict = verdictOf(run);
  const crossing = crossRunDecision(run, verdict, commit);
  if (crossing !== null) return crossing;
  const proved = withIntegrity(verdict, run.task.integrity, commit);
  return step({ kind: 'deliver', verdict: proved, reason, summary: run.finish?.summary ?? '' });
}

/** What ends the work although checks fail. */
function limitOf(run: Run): LimitReason | null {
  // More budget is no help there.
  if (run.course.hasGivenUp) return 'stuck';
  return isUsedUp(run) ? 'budgetUsedUp' : roundLimit(run);
}

function criteriaDecision(
  run: Run,
  place: { readonly round: number; readonly commit: string },
): Decision | null {
  if (!areToJudge(run, place)) return null;
  const proposal = nextProposalRun(run, place.commit);
  if (proposal !== null) return step({ kind: 'check', round: place.round, ...proposal });
  return step({ kind: 'judge', ...place });
}

function crossRunDecision(run: Run, verdict: Verdict, commit: string): Decision | null {
  if (verdict !== 'verified' && verdict !== 'partlyVerified') return null;
  const next = nextCrossRun(run, commit);
  if (next === null) return null;
  if (next.skipped !== null)
    return { kind: 'record', facts: [{ type: 'crossRunEnded', data: next.skipped }] };
  return step({ kind: 'crossRun', tests: next.tests, round: roundOf(run), commit });
}

function roundLimit(run: Run): LimitReason | null {
  return run.round - run.spent.roundsBefore >= run.budget.rounds ? 'roundsUsedUp' : null;
}

/** Why the task ends here, or null where another round may mend what fails. */
function endReason(run: Run, verdict: Verdict, limit: EndReason | null): EndReason | null {
  if (run.finish?.outcome === 'cannot') return 'agentGaveUp';
  if (verdict === 'verified' || (verdict === 'partlyVerified' && !canBeMended(run))) return 'checksPassed';
  if (verdict === 'unverified') return run.finish === null ? limit : 'noChecks';
  return limit;
}
