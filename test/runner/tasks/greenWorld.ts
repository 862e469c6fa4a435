// A world in which every step succeeds at once, for tests that change one kind of step.
import type { Fact } from '../../../shared/task/events.ts';
import { judgeCriteria } from '../../../runner/tasks/criteria.ts';
import type { Step } from '../../../runner/tasks/life.ts';
import { interruptedText } from '../../../runner/tasks/prompts.ts';
import type { Run } from '../../../runner/tasks/run.ts';
import type { World } from '../../support/pureLife.ts';
import { answerOf, callOf, checkResult } from '../../support/taskFacts.ts';

export const finishCall = (id: string, outcome = 'done') =>
  callOf(id, 'finish', { outcome, summary: 'It works now.', commitMessage: 'Mend the total' });

/** Where checks pass from round `greenFrom` on and the agent finishes with its first words of a round. */
export function greenWorld(changes: Partial<Record<Step['kind'], World>> = {}, greenFrom = 1): World {
  return (step, run) => changes[step.kind]?.(step, run) ?? endOf(step, run, greenFrom);
}

function endOf(step: Step, run: Run, greenFrom: number): readonly Fact[] {
  switch (step.kind) {
    case 'prepare':
      return [{ type: 'prepared', data: { durationMs: 1 } }];
    case 'setUp':
      return [
        { type: 'setUpEnded', data: { exitCode: 0, timedOut: false, durationMs: 1, tail: '', log: null } },
      ];
    case 'check':
      return [ofStep(step, checkResult(step.check.name, step.round, step.round >= greenFrom))];
    case 'judge': {
      const { round, commit } = step;
      return [{ type: 'criteriaJudged', data: { round, commit, results: judgeCriteria(run, commit, []) } }];
    }
    case 'crossRun': {
      const { tests: kind, round, commit } = step;
      const data = { round, kind, commit, ran: true, note: '', findings: [], durationMs: 1, log: null };
      return [{ type: 'crossRunEnded', data }];
    }
    case 'turn':
      return [answerOf(step.turn, [finishCall(`call-${step.turn}`)])];
    case 'compact': {
      const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 };
      return [{ type: 'compacted', data: { turn: step.turn, summary: 'Half done.', usage, costUsd: 0 } }];
    }
    case 'tool':
      return [toolEnded(step.turn, step.call, true, 'ok')];
    case 'recover':
      return [
        { type: 'interrupted', data: { step: step.call.name } },
        toolEnded(step.turn, step.call, false, interruptedText),
      ];
    case 'checkpoint':
      return [{ type: 'checkpointed', data: { turn: step.turn, commit: 'c'.repeat(40) } }];
    case 'commit':
      return [
        { type: 'committed', data: { round: step.round, commit: String(step.round).repeat(40), files: [] } },
      ];
    case 'inspect': {
      const { round, commit } = step;
      const data = { round, commit, findings: [], findingsLeftOut: 0, durationMs: 1 };
      return [{ type: 'integrityInspected', data }];
    }
    case 'deliver': {
      const { verdict, reason, summary } = step;
      const ref = 'refs/nightjar/tasks/x';
      return [{ type: 'delivered', data: { commit: run.head, ref, verdict, reason, summary } }];
    }
    case 'stop':
      return [{ type: 'stopped', data: { commit: null, ref: null } }];
    case 'giveUp': {
      const data = { error: step.error.toReport(), commit: null, ref: null, mayBeBilled: true };
      return [{ type: 'taskFailed', data }];
    }
  }
}

/** The result as one of the step's own check and commit. */
export function ofStep(
  { check, commit, proposedFor }: Extract<Step, { kind: 'check' }>,
  { data }: ReturnType<typeof checkResult>,
): Extract<Fact, { type: 'checkEnded' }> {
  const proposal = proposedFor === undefined ? {} : { proposedFor };
  return { type: 'checkEnded', data: { ...data, command: check.command, commit, ...proposal } };
}

function toolEnded(
  turn: number,
  call: { readonly id: string; readonly name: string },
  ok: boolean,
  text: string,
): Fact {
  const { id: callId, name } = call;
  return { type: 'toolEnded', data: { turn, callId, name, ok, text, log: null, durationMs: 1 } };
}
