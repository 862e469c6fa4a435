// The steps that ask the model: a turn, and the shortening of a conversation that fills its window.
import type { Fact } from '../../shared/task/events.ts';
import { allowsAnotherTry, costOf } from '../tasks/budget.ts';
import type { Step } from '../tasks/life.ts';
import type { ModelAnswer, ModelRequest } from '../tasks/ports.ts';
import { compactionRequest } from '../tasks/prompts.ts';
import { elapsedMs, watcher, type StepCall } from './stepCall.ts';

/** Another attempt could cost more than the budget holds. */
class OutOfBudget extends Error {}

/** The model gave no answer, and what was set aside may be lost. */
const unanswered: readonly Fact[] = [{ type: 'interrupted', data: { step: 'model' } }];

export async function turn(step: Extract<Step, { kind: 'turn' }>, call: StepCall): Promise<readonly Fact[]> {
  const { run, ports } = call;
  const startedAt = ports.clock.now();
  const request = { messages: run.transcript, tools: ports.tools.definitions };
  const answer = await ask(request, step, call);
  if (answer === null) return unanswered;
  const { text, usage, requestBytes } = answer;
  const costUsd = costOf(run.created.price, usage);
  const durationMs = elapsedMs(ports.clock, startedAt);
  const toolCalls = [...answer.toolCalls];
  return [
    {
      type: 'turnAnswered',
      data: { turn: step.turn, text, toolCalls, usage, costUsd, requestBytes, durationMs },
    },
  ];
}

export async function compact(
  step: Extract<Step, { kind: 'compact' }>,
  call: StepCall,
): Promise<readonly Fact[]> {
  const { run } = call;
  const messages = [...run.transcript, { role: 'user', text: compactionRequest } as const];
  const answer = await ask({ messages, tools: [] }, step, call);
  if (answer === null) return unanswered;
  const { text: summary, usage } = answer;
  const costUsd = costOf(run.created.price, usage);
  return [{ type: 'compacted', data: { turn: step.turn, summary, usage, costUsd } }];
}

/** Null where further attempts could end past a limit. */
async function ask(
  request: Pick<ModelRequest, 'messages' | 'tools'>,
  step: Extract<Step, { kind: 'turn' | 'compact' }>,
  call: StepCall,
): Promise<ModelAnswer | null> {
  const { run, ports, signal } = call;
  let latest = run;
  try {
    return await ports.model.answer(
      { ...request, model: run.task.model, maxOutputTokens: step.maxOutputTokens },
      {
        signal,
        watch: step.kind === 'turn' ? watcher(run, ports, 'model') : () => undefined,
        onRetry: (retry) => {
          const isTight = retry.mayBeBilled && !allowsAnotherTry(latest, step, call.dayLeftUsd());
          if (isTight) throw new OutOfBudget();
          latest = call.record([{ type: 'modelRetried', data: { turn: step.turn, ...retry } }]);
        },
      },
    );
  } catch (error) {
    if (error instanceof OutOfBudget) return null;
    throw error;
  }
}
