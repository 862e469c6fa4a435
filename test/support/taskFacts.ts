// Facts and events for tests of pure code: complete, plausible, and overridable where a test cares.
import { defaultBudget, type Check } from '../../shared/spec/spec.ts';
import { emptyContext } from '../../shared/task/context.ts';
import {
  eventVersion,
  type EventData,
  type Fact,
  type TaskEvent,
  type ToolCall,
} from '../../shared/task/events.ts';

export const snapshotCommit = 'a'.repeat(40);
const baseCommit = 'b'.repeat(40);
export const firstTime = new Date('2026-01-01T00:00:00.000Z');

/** For model calls whose cost does not matter. */
export const noReservation = { reservedUsd: 0, reservedTokens: 0, maxOutputTokens: 1_000 };

export function checkNamed(name: string): Check {
  return { name, command: `npm run ${name}`, timeoutMs: 60_000 };
}

export function createdData(changes: Partial<EventData<'taskCreated'>> = {}): EventData<'taskCreated'> {
  return {
    spec: { title: 'Fix the cart', goal: 'The total is right.', context: '', criteria: [], constraints: '' },
    repository: { id: '0'.repeat(32), name: 'shop', folder: '/home/me/shop', branch: 'main' },
    snapshot: { commit: snapshotCommit, base: baseCommit },
    context: emptyContext,
    checks: [checkNamed('test')],
    setUp: null,
    model: 'scripted',
    contextTokens: 1_000,
    budget: defaultBudget,
    trailers: ['Assisted-by: Nightjar (scripted)'],
    createdBy: 'commandLine',
    handOffId: 'hand-off-1',
    sandbox: 'none',
    price: null,
    priority: 'normal',
    fork: null,
    ...changes,
  };
}

/** Turns facts into a log: `seq` from 1, one second apart. */
export function eventsFrom(facts: readonly Fact[], taskId = 'fix-the-cart-1'): TaskEvent[] {
  return facts.map((fact, index) =>
    eventAt(fact, index + 1, new Date(firstTime.getTime() + index * 1_000), taskId),
  );
}

export function eventAt(fact: Fact, seq: number, at: Date, taskId = 'fix-the-cart-1'): TaskEvent {
  return { ...fact, seq, taskId, at: at.toISOString(), version: eventVersion };
}

export function checkResult(
  name: string,
  round: number,
  passed: boolean,
): Extract<Fact, { type: 'checkEnded' }> {
  return {
    type: 'checkEnded',
    data: {
      round,
      name,
      command: `npm run ${name}`,
      commit: snapshotCommit,
      passed,
      problems: passed
        ? []
        : [{ file: 'cart.js', line: 3, column: null, severity: 'error', message: `${name} is broken` }],
      problemsLeftOut: 0,
      exitCode: passed ? 0 : 1,
      timedOut: false,
      durationMs: 5,
      tail: passed ? 'ok' : 'not ok',
      log: null,
    },
  };
}

export function answerOf(
  turn: number,
  toolCalls: ToolCall[],
  text = '',
): Extract<Fact, { type: 'turnAnswered' }> {
  const usage = { inputTokens: 10, cachedTokens: 0, outputTokens: 5 };
  return {
    type: 'turnAnswered',
    data: { turn, text, toolCalls, usage, costUsd: 0.01, requestBytes: 100, durationMs: 7 },
  };
}

export function callOf(id: string, name: string, values: Readonly<Record<string, unknown>>): ToolCall {
  return { id, name, arguments: JSON.stringify(values) };
}
