// The queue as the log tells it is the queue as it was: over random lives of tasks, and beyond the events that are read.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEvent } from '../../../shared/task/applyEvent.ts';
import type { Fact, TaskEvent } from '../../../shared/task/events.ts';
import type { Task } from '../../../shared/task/task.ts';
import { join, leave, letIn, newQueue, nextTask, type Queue } from '../../../runner/tasks/queue.ts';
import { QueueHistory, queuedTaskOf } from '../../../runner/tasks/queueHistory.ts';
import { createdData, eventAt, firstTime } from '../../support/taskFacts.ts';

const prepare: Fact = { type: 'prepareStarted', data: {} };
const stopped: Fact = { type: 'stopped', data: { commit: null, ref: null } };

/** A runner's queue with the log that it writes. */
class Live {
  readonly events: TaskEvent[] = [];
  readonly tasks = new Map<string, Task>();
  queue: Queue;

  constructor(perRepository: number | null) {
    this.queue = newQueue({ all: 3, perRepository });
  }

  create(id: string, priority: Task['priority']): void {
    const data = createdData({ priority });
    const repository = { ...data.repository, id: id.charAt(0).repeat(32) };
    this.#record(id, { type: 'taskCreated', data: { ...data, repository } });
    const task = this.tasks.get(id);
    if (task !== undefined) this.queue = join(this.queue, queuedTaskOf(task, false));
  }

  fill(): void {
    for (let id = nextTask(this.queue); id !== null; id = nextTask(this.queue)) {
      this.queue = letIn(this.queue, id);
      this.#record(id, prepare);
    }
  }

  end(which: number): void {
    const id = this.queue.acting[which % Math.max(1, this.queue.acting.length)]?.id;
    if (id === undefined) return;
    this.#record(id, stopped);
    this.queue = leave(this.queue, id);
  }

  #record(id: string, fact: Fact): void {
    const seq = this.events.length + 1;
    const event = eventAt(fact, seq, new Date(firstTime.getTime() + seq * 1_000), id);
    this.events.push(event);
    this.tasks.set(id, applyEvent(this.tasks.get(id) ?? null, event));
  }
}

const known = ({ waiting, served }: Queue): unknown => ({
  waiting: waiting.map(({ id, passedOver }) => [id, passedOver]),
  served,
});

function historyOf({ events, tasks, queue }: Live, from = 0): Queue {
  const since = new Date(firstTime.getTime() + (from + 1) * 1_000);
  const history = new QueueHistory(queue.limits, [...tasks.values()], since);
  for (const event of events.slice(from)) history.add(event);
  return history.queue();
}

describe('the history of the queue', () => {
  it('tells who waits, how often each was passed over, and whose turn it was', () => {
    const happening = fc.oneof(
      fc.record({
        repository: fc.constantFrom('a', 'b', 'c'),
        priority: fc.constantFrom<Task['priority'][]>('low', 'normal', 'high'),
      }),
      fc.nat(2),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(null, 1, 2),
        fc.array(happening, { maxLength: 60 }),
        (limit, happenings) => {
          const live = new Live(limit);
          happenings.forEach((what, index) => {
            if (typeof what === 'number') live.end(what);
            else live.create(`${what.repository}${index}`, what.priority);
            live.fill();
          });
          assert.deepEqual(known(historyOf(live)), known(live.queue));
        },
      ),
    );
  });

  it('puts first who has waited for longer than its events tell', () => {
    const live = new Live(null);
    for (const id of ['a1', 'a2', 'a3', 'a4', 'b1']) live.create(id, 'normal');
    const from = live.events.length;
    live.create('c1', 'normal');
    live.fill();
    const { waiting } = historyOf(live, from);
    assert.deepEqual(
      waiting.map(({ id }) => id),
      live.queue.waiting.map(({ id }) => id),
    );
  });
});
