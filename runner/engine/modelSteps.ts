// The steps that ask the model: a turn, and the shortening of a conversation that fills its window.
import { KnownError } from '../../shared/errors/errors.ts';
import type { Fact } from '../../shared/task/events.ts';
import { allowsAnotherTry, costOf } from '../tasks/budget.ts';
import type { Step } from '../tasks/life.ts';
import { modelTermsOf } from '../tasks/modelTerms.ts';
import type { ModelAnswer, ModelRequest } from '../tasks/ports.ts';
import { compactionRequest } from '../tasks/prompts.ts';
import { toolsFor } from '../tasks/proposals.ts';
import { RateLimited } from '../tasks/rateLimited.ts';
import { LostCall } from './lostCall.ts';
import { elapsedMs, watcher, type StepCall } from './stepCall.ts';

/** Another attempt could cost more than the budget holds. */
class OutOfBudget extends Error {}

/** The model gave no answer, and what was set aside may be lost. */
const unanswered: readonly Fact[] = [{ type: 'interrupted', data: { step: 'model' } }];

export async function turn(step: Extract<Step, { kind: 'turn' }>, call: StepCall): Promise<readonly Fact[]> {
  const { run, ports } = call;
  const startedAt = ports.clock.now();
  const tools = toolsFor(run.created.spec.criteria, ports.tools.definitions);
  const request = { messages: run.transcript, tools };
  const answer = await ask(request, step, call);
  if (!('text' in answer)) return answer;
  const { text, usage, requestBytes } = answer;
  const costUsd = costOf(modelTermsOf(run).price, usage);
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
  if (!('text' in answer)) return answer;
  const { text: summary, usage } = answer;
  const costUsd = costOf(modelTermsOf(run).price, usage);
  return [{ type: 'compacted', data: { turn: step.turn, summary, usage, costUsd } }];
}

/** Facts where the call came to nothing: further attempts could end past a limit, or the endpoint asks to wait. */
async function ask(
  request: Pick<ModelRequest, 'messages' | 'tools'>,
  step: Extract<Step, { kind: 'turn' | 'compact' }>,
  call: StepCall,
): Promise<ModelAnswer | readonly Fact[]> {
  const { run, ports, signal } = call;
  const refusals = run.rateLimit?.refusals ?? 0;
  let latest = run;
  const lost = new AbortController();
  try {
    return await ports.model.answer(
      { ...request, model: run.task.model, maxOutputTokens: step.maxOutputTokens, refusals },
      {
        signal,
        watch: step.kind === 'turn' ? watcher(run, ports, 'model') : () => undefined,
        onRetry: (retry) => {
          const isTight = retry.mayBeBilled && !allowsAnotherTry(latest, step, call.dayLeftUsd());
          if (isTight) throw new OutOfBudget();
          latest = call.record([{ type: 'modelRetried', data: { turn: step.turn, ...retry } }]);
        },
        onLost: () => {
          lost.abort();
        },
      },
    );
  } catch (error) {
    if (error instanceof OutOfBudget) return unanswered;
    if (error instanceof RateLimited) return [rateLimited(error, step, call)];
    throw lost.signal.aborted && error instanceof KnownError ? new LostCall(error) : error;
  }
}

function rateLimited(
  { endpoint, waitMs, refusals }: RateLimited,
  { kind, turn }: Extract<Step, { kind: 'turn' | 'compact' }>,
  { ports }: StepCall,
): Fact {
  const until = new Date(ports.clock.now().getTime() + Math.ceil(waitMs)).toISOString();
  const answered = kind === 'turn' ? turn - 1 : turn;
  return { type: 'rateLimited', data: { turn: answered, endpoint, until, refusals } };
}
