// Does the steps that a decision asks for: what is recorded before, the effect, what is recorded after.
import type { Fact } from '../../shared/task/events.ts';
import type { Step } from '../tasks/life.ts';
import type { Reservation } from '../tasks/spending.ts';
import { inspect } from './inspectStep.ts';
import { LostCall } from './lostCall.ts';
import { compact, turn } from './modelSteps.ts';
import type { StepCall } from './stepCall.ts';
import { check } from './checkSteps.ts';
import { judge } from './criteriaSteps.ts';
import { crossRun } from './crossRunSteps.ts';
import { checkpoint, commit, deliver, prepare, recover, setUp, stop, tool } from './workspaceSteps.ts';

/** The fact that is on disk before a step begins; null for a step that is harmless to lose without a trace. */
export function startOf(step: Step): Fact | null {
  switch (step.kind) {
    case 'prepare':
      return { type: 'prepareStarted', data: {} };
    case 'setUp':
      return { type: 'setUpStarted', data: { command: step.command } };
    case 'check': {
      const { name, command } = step.check;
      const { round, commit, proposedFor } = step;
      const proposal = proposedFor === undefined ? {} : { proposedFor };
      return { type: 'checkStarted', data: { round, name, command, commit, ...proposal } };
    }
    case 'crossRun': {
      const { tests, round, commit } = step;
      return { type: 'crossRunStarted', data: { round, kind: tests, commit } };
    }
    case 'turn': {
      const { turn, round } = step;
      return { type: 'turnStarted', data: { turn, round, ...reservationOf(step) } };
    }
    case 'compact':
      return { type: 'compactionStarted', data: { turn: step.turn, ...reservationOf(step) } };
    case 'tool': {
      const { id, name, arguments: json } = step.call;
      return { type: 'toolStarted', data: { turn: step.turn, callId: id, name, arguments: json } };
    }
    case 'commit':
      return { type: 'commitStarted', data: { round: step.round } };
    case 'deliver':
      return { type: 'deliverStarted', data: {} };
    case 'inspect':
      return { type: 'inspectionStarted', data: { round: step.round, commit: step.commit } };
    case 'judge':
    case 'recover':
    case 'checkpoint':
    case 'stop':
    case 'giveUp':
      return null;
  }
}

function reservationOf({ reservedUsd, reservedTokens, maxOutputTokens }: Reservation): Reservation {
  return { reservedUsd, reservedTokens, maxOutputTokens };
}

/** The steps that act on the workspace's files, which may be lost. */
const needsWorkspace: ReadonlySet<Step['kind']> = new Set(['setUp', 'tool', 'checkpoint', 'commit']);

/** Does the step and returns the facts of its end. Rejects with KnownError or, once `signal` is aborted, with its reason. */
export async function perform(step: Step, call: StepCall): Promise<readonly Fact[]> {
  if (needsWorkspace.has(step.kind)) {
    const why = await call.ports.workspaces.whyLost(call.run.task.id);
    if (why !== null) return [{ type: 'workspaceLost', data: why === 'gone' ? {} : { reason: why } }];
  }
  switch (step.kind) {
    case 'prepare':
      return prepare(call);
    case 'setUp':
      return setUp(step.command, call);
    case 'check':
      return check(step, call);
    case 'judge':
      return judge(step, call);
    case 'crossRun':
      return crossRun(step, call);
    case 'turn':
      return turn(step, call);
    case 'compact':
      return compact(step, call);
    case 'tool':
      return tool(step, call);
    case 'recover':
      return recover(step, call);
    case 'checkpoint':
      return checkpoint(step.turn, call);
    case 'commit':
      return [await commit(step.round, call)];
    case 'inspect':
      return inspect(step, call);
    case 'deliver':
      return deliver(step, call);
    case 'stop':
      return stop(call);
    case 'giveUp':
      throw new LostCall(step.error);
  }
}
