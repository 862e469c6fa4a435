// Tasks in every state for tests of the model: made by folding events, like real ones.
import { applyEvent } from '../../../shared/task/applyEvent.ts';
import type { Fact } from '../../../shared/task/events.ts';
import type { IntegrityState, Status, Task } from '../../../shared/task/task.ts';
import { createdData, eventsFrom, noReservation } from '../../support/taskFacts.ts';

const commit = 'c'.repeat(40);

const delivered: Fact = {
  type: 'delivered',
  data: {
    commit,
    ref: 'refs/nightjar/tasks/1',
    verdict: 'verified',
    reason: 'checksPassed',
    summary: 'Done.',
  },
};
const committed: Fact = {
  type: 'committed',
  data: {
    round: 1,
    commit,
    files: [{ path: 'src/cart.js', oldPath: null, status: 'modified', added: 4, removed: 1 }],
  },
};

/** What brings a new task into each status. */
const ways: Readonly<Record<Status, readonly Fact[]>> = {
  queued: [],
  preparing: [{ type: 'prepareStarted', data: {} }],
  working: [{ type: 'turnStarted', data: { turn: 1, round: 1, ...noReservation } }],
  checking: [{ type: 'checkStarted', data: { round: 1, name: 'test', command: 'npm run test', commit } }],
  needsInput: [
    {
      type: 'questionAsked',
      data: {
        questionId: 'q1',
        text: 'Round up\nor down?',
        defaultAnswer: 'up',
        deadlineAt: '2026-01-01T01:00:00.000Z',
      },
    },
  ],
  readyForReview: [committed, delivered],
  failed: [
    {
      type: 'taskFailed',
      data: {
        error: { code: 'diskFull', message: 'The disk is full.', remedy: 'Free some space.', mayRetry: true },
        commit: null,
        ref: null,
      },
    },
  ],
  stopped: [{ type: 'stopped', data: { commit: null, ref: null } }],
  done: [committed, delivered, { type: 'markedDone', data: {} }],
};

export const allStatuses = Object.keys(ways) as Status[];

/** A task in the given status; `changes` overwrite what the events made. */
export function taskIn(status: Status, changes: Partial<Task> = {}): Task {
  const facts: Fact[] = [{ type: 'taskCreated', data: createdData() }, ...ways[status]];
  let task: Task | null = null;
  for (const event of eventsFrom(facts)) task = applyEvent(task, event);
  if (task === null) throw new Error('no event made the task');
  return { ...task, ...changes };
}

/** What an inspection found on the commit of a made-up result: `count` skipped tests. */
export function skipped(count: number): IntegrityState {
  const findings = Array.from({ length: count }, (_, index) => ({
    kind: 'testSkipped' as const,
    file: 'test/cart.test.js',
    line: index + 1,
    side: 'after' as const,
    message: `The test “total ${index}” is skipped`,
    excerpt: 'it.skip(…)',
    foundBy: 'syntax' as const,
  }));
  return { commit, isInspected: true, findings, findingsLeftOut: 0, crossRuns: [] };
}
