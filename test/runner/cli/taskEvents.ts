// Makes events of a task for tests: numbered, dated, everything that does not matter filled in.
import type { EventData, EventType, Fact, TaskEvent } from '../../../shared/task/events.ts';
import { emptyContext } from '../../../shared/task/context.ts';
import { defaultBudget } from '../../../shared/spec/spec.ts';

const base = 'b'.repeat(40);
const snapshot = 'c'.repeat(40);
export const commit = 'd'.repeat(40);

/** The facts as recorded events of one task, in order. */
export function recorded(facts: readonly Fact[], taskId = 'task-1'): TaskEvent[] {
  return facts.map((fact, index) => ({
    ...fact,
    seq: index + 1,
    taskId,
    at: new Date(Date.UTC(2026, 0, 1, 12, 0, index)).toISOString(),
    version: 1,
  }));
}

export function fact<Type extends EventType>(type: Type, data: EventData<Type>): Fact {
  return { type, data } as unknown as Fact;
}

export const created = fact('taskCreated', {
  spec: { title: 'Mend the cart', goal: 'Mend it', context: '', criteria: [], constraints: '' },
  repository: { id: '0'.repeat(32), name: 'shop', folder: '/home/robin/shop', branch: 'main' },
  snapshot: { commit: snapshot, base },
  context: emptyContext,
  checks: [{ name: 'tests', command: 'npm test', timeoutMs: 1_000 }],
  setUp: null,
  model: 'small-model',
  contextTokens: 8_000,
  budget: defaultBudget,
  trailers: [],
  createdBy: 'commandLine',
  handOffId: 'hand-off-1',
  sandbox: 'none',
  price: null,
  priority: 'normal',
  fork: null,
});

export function checkEnded(data: Partial<EventData<'checkEnded'>>): Fact {
  return fact('checkEnded', {
    round: 1,
    name: 'tests',
    command: 'npm test',
    commit,
    passed: true,
    problems: [],
    problemsLeftOut: 0,
    exitCode: 0,
    timedOut: false,
    durationMs: 1_200,
    tail: '',
    log: null,
    ...data,
  });
}

export function turnAnswered(turn: number, text: string, calls: readonly [string, object][]): Fact {
  return fact('turnAnswered', {
    turn,
    text,
    toolCalls: calls.map(([name, input], index) => ({
      id: `call-${index}`,
      name,
      arguments: JSON.stringify(input),
    })),
    usage: { inputTokens: 900, cachedTokens: 0, outputTokens: 100 },
    costUsd: 0.02,
    requestBytes: 4_000,
    durationMs: 800,
  });
}

export const delivered = fact('delivered', {
  commit,
  ref: 'refs/nightjar/tasks/task-1',
  verdict: 'verified',
  reason: 'checksPassed',
  summary: 'Mended.',
});
