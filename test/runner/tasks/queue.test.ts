// Who gets the next place: a table of single decisions, and over random arrivals what must always hold.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mostToldWaiting, queueSchema } from '../../../shared/protocol/queue.ts';
import { emptyQueue, placeInQueue } from '../../../shared/protocol/queuePlace.ts';
import {
  explain,
  join,
  leave,
  letIn,
  liftAfter,
  newQueue,
  nextTask,
  type Queue,
  type QueuedTask,
  type QueueLimits,
} from '../../../runner/tasks/queue.ts';

/** `a2 high begun`: the second task of repository a. */
function taskOf(words: string): QueuedTask {
  const [id = '', ...traits] = words.split(' ');
  const repository = id.charAt(0);
  return {
    id,
    title: `Task ${id}`,
    repository: { id: repository, name: `repository-${repository}` },
    priority: traits.includes('high') ? 'high' : traits.includes('low') ? 'low' : 'normal',
    hasBegun: traits.includes('begun'),
    isSuspect: traits.includes('suspect'),
  };
}

interface Scene {
  readonly limits?: Partial<QueueLimits>;
  readonly acting?: readonly string[];
  readonly waiting: readonly string[];
}

function queueOf({ limits, acting = [], waiting }: Scene): Queue {
  let queue = newQueue({ all: 100, perRepository: null });
  for (const words of acting) queue = letIn(join(queue, taskOf(words)), taskOf(words).id);
  for (const words of waiting) queue = join(queue, taskOf(words));
  return { ...queue, limits: { all: acting.length + 1, perRepository: null, ...limits } };
}

function order(queue: Queue): string[] {
  return explain(queue).waiting.map(({ taskId }) => taskId);
}

const table: readonly (Scene & {
  readonly name: string;
  readonly next: string | null;
  readonly order?: string;
})[] = [
  { name: 'nobody waits', waiting: [], next: null, order: '' },
  { name: 'the oldest of one repository', waiting: ['a1', 'a2', 'a3'], next: 'a1', order: 'a1 a2 a3' },
  {
    name: 'priority before age',
    waiting: ['a1 low', 'a2', 'a3 high', 'a4 high'],
    next: 'a3',
    order: 'a3 a4 a2 a1',
  },
  {
    name: 'priority before fairness',
    acting: ['a1', 'a2'],
    waiting: ['b1', 'a3 high'],
    next: 'a3',
    order: 'a3 b1',
  },
  {
    name: 'what has begun before what has not, and behind a higher priority',
    waiting: ['a1', 'b1', 'a2 begun', 'b2 high'],
    next: 'b2',
    order: 'b2 a2 b1 a1',
  },
  {
    name: 'the repository with the fewest acting tasks',
    acting: ['a1', 'a2', 'b1'],
    waiting: ['a3', 'a4', 'b2', 'b3', 'c1'],
    next: 'c1',
    order: 'c1 b2 a3 b3 a4',
  },
  {
    name: 'of equal repositories the one that waits longest for a place',
    acting: ['a1', 'b1', 'c1'],
    waiting: ['c2', 'b2', 'a2'],
    next: 'a2',
    order: 'a2 b2 c2',
  },
  {
    name: 'a hundred tasks of one repository do not keep another one waiting',
    waiting: [...Array.from({ length: 100 }, (_, index) => `a${index}`), 'b0', 'b1'],
    next: 'a0',
  },
  {
    name: 'no place is free',
    limits: { all: 2 },
    acting: ['a1', 'b1'],
    waiting: ['c1 high'],
    next: null,
    order: 'c1',
  },
  {
    name: 'a full repository lets the others past',
    limits: { perRepository: 2 },
    acting: ['a1', 'a2'],
    waiting: ['a3 high', 'b1 low'],
    next: 'b1',
    order: 'a3 b1',
  },
  {
    name: 'only tasks of full repositories wait',
    limits: { perRepository: 1 },
    acting: ['a1'],
    waiting: ['a2', 'a3'],
    next: null,
    order: 'a2 a3',
  },
  {
    name: 'one that may end the runner waits until nobody acts, and all others for it',
    acting: ['a1'],
    waiting: ['b1 high', 'c1 begun suspect'],
    next: null,
    order: 'b1 c1',
  },
  {
    name: 'of several that may end the runner the first, alone',
    waiting: ['b1 high', 'a1 suspect', 'c1 begun suspect'],
    next: 'c1',
    order: 'b1 c1 a1',
  },
  {
    name: 'nobody beside one that may end the runner',
    acting: ['a1 suspect'],
    waiting: ['b1 high'],
    next: null,
    order: 'b1',
  },
];

describe('the queue of tasks', () => {
  for (const { name, next, order: expected, ...scene } of table) {
    it(`decides: ${name}`, () => {
      const queue = queueOf(scene);
      assert.equal(nextTask(queue), next);
      if (expected !== undefined) assert.equal(order(queue).join(' '), expected);
    });
  }

  it('lets a long line and a short one take turns', () => {
    const names = order(queueOf(table.find(({ name }) => name.startsWith('a hundred'))!));
    assert.deepEqual(names.slice(0, 5), ['a0', 'b0', 'a1', 'b1', 'a2']);
  });

  it('takes the order in which the tasks really go', () => {
    let queue = queueOf({ waiting: ['a1', 'a2 low', 'b1', 'b2 high', 'c1 begun', 'a3', 'c2'] });
    queue = { ...queue, limits: { all: 10, perRepository: null } };
    const told = order(queue);
    const went: string[] = [];
    for (let id = nextTask(queue); id !== null; id = nextTask(queue)) {
      went.push(id);
      queue = letIn(queue, id);
    }
    assert.deepEqual(went, told);
  });

  it('orders a waiting task anew when its priority changes, and keeps its place otherwise', () => {
    let queue = queueOf({ waiting: ['a1', 'a2', 'a3'] });
    queue = join(queue, taskOf('a3 high'));
    assert.deepEqual(order(queue), ['a3', 'a1', 'a2']);
    queue = join(queue, taskOf('a3'));
    assert.deepEqual(order(queue), ['a1', 'a2', 'a3']);
    queue = join(queue, taskOf('a1 low'));
    assert.deepEqual(order(queue), ['a2', 'a3', 'a1']);
  });

  it('forgets a task that leaves, from the line or from its place', () => {
    let queue = queueOf({ acting: ['a1'], waiting: ['a2', 'a3'] });
    queue = leave(leave(queue, 'a2'), 'a1');
    assert.deepEqual([order(queue), queue.acting], [['a3'], []]);
  });

  it('lifts a task that later ones of a higher priority pass over and over', () => {
    let queue = queueOf({ waiting: ['a0 low'] });
    let count = 0;
    for (; count < 1_000 && queue.waiting.some(({ id }) => id === 'a0'); count += 1) {
      queue = join(queue, taskOf(`a${count + 1} high`));
      const id = nextTask(queue)!;
      queue = leave(letIn(queue, id), id);
    }
    // Two levels up it is as urgent as they are, and older.
    assert.equal(count, 2 * liftAfter + 1);
  });

  it('does not lift what only the limit of its own repository keeps back', () => {
    let queue = queueOf({ limits: { all: 3, perRepository: 1 }, acting: ['a1'], waiting: ['a2'] });
    for (let count = 0; count < 50; count += 1) {
      queue = join(queue, taskOf(`b${count}`));
      queue = leave(letIn(queue, nextTask(queue)!), `b${count}`);
    }
    queue = leave(join(queue, taskOf('b99 high')), 'a1');
    assert.equal(nextTask(queue), 'b99');
  });
});

describe('what is told of the queue', () => {
  const reasonOf = (scene: Scene, id: string): string | undefined =>
    placeInQueue(explain(queueOf(scene)), id)?.reason;

  it('names the tasks that hold the places', () => {
    const acting = ['a1', 'b1', 'c1'];
    assert.equal(
      reasonOf({ limits: { all: 3 }, acting, waiting: ['a2'] }, 'a2'),
      '3 of 3 places used by Task a1, Task b1, Task c1',
    );
    assert.equal(
      reasonOf({ limits: { all: 5 }, acting: [...acting, 'd1', 'e1'], waiting: ['a2'] }, 'a2'),
      '5 of 5 places used by Task a1, Task b1, Task c1 and 2 more',
    );
    assert.equal(
      reasonOf({ limits: { all: 1 }, acting: ['a1'], waiting: ['a2'] }, 'a2'),
      '1 of 1 place used by Task a1',
    );
  });

  it('says where it is the repository that is full', () => {
    const scene = { limits: { all: 4, perRepository: 2 }, acting: ['a1', 'a2', 'b1'], waiting: ['a3'] };
    assert.equal(reasonOf(scene, 'a3'), '2 of 2 places for repository-a used by Task a1, Task a2');
    assert.match(reasonOf({ ...scene, limits: { all: 3, perRepository: 2 } }, 'a3')!, /^3 of 3 places used/);
  });

  it('keeps long and hostile titles to one short line', () => {
    const title = `Mend\nthe ${'very '.repeat(5)}big😀${'😀'.repeat(50)}`;
    let queue = newQueue({ all: 1, perRepository: null });
    queue = letIn(join(queue, { ...taskOf('a1'), title }), 'a1');
    const { reason } = explain(join(queue, taskOf('a2'))).waiting[0]!;
    assert.match(reason, /^1 of 1 place used by Mend the very very [^\n]*😀…$/);
    assert.ok(reason.length < 80 && reason.isWellFormed());
  });

  it('counts places in words, and is bounded', () => {
    const waiting = Array.from({ length: mostToldWaiting + 500 }, (_, index) => `${'ab'[index % 2]}${index}`);
    const told = explain(queueOf({ limits: { all: 1 }, acting: ['c1'], waiting }));
    assert.equal(queueSchema.parse(told).waiting.length, mostToldWaiting);
    const placeOf = (position: number): string | undefined =>
      placeInQueue(told, told.waiting[position - 1]!.taskId)?.place;
    assert.deepEqual(
      [1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111].map(placeOf),
      ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '22nd', '103rd', '111th'].map(
        (place) => `${place} of 1500`,
      ),
    );
    assert.equal(placeInQueue(emptyQueue, 'a1'), null);
  });
});

/** One thing that happens: a task comes, or the nth of those that act ends, for good or to come back. */
const happening = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('comes' as const),
      repository: fc.constantFrom('a', 'a', 'a', 'b', 'c'),
      traits: fc.constantFrom('', 'high', 'high', 'low', 'begun'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ends' as const), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('changes' as const),
      which: fc.nat(20),
      traits: fc.constantFrom('high', 'low', 'begun low'),
    }),
  },
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

/** A runner's places without the work: what happens, and after it all places that may be filled are. */
class Play {
  queue: Queue;
  readonly entered: string[] = [];
  /** For each waiting task those that came later, and how often later ones had passed it when each of them came. */
  readonly #passed = new Map<string, number>();
  readonly #metBy = new Map<string, ReadonlyMap<string, number>>();
  #count = 0;

  constructor(limits: QueueLimits) {
    this.queue = newQueue(limits);
  }

  take(event: Happening): void {
    if (event.kind === 'comes') this.#come(`${event.repository}${(this.#count += 1)} ${event.traits}`);
    else if (event.kind === 'ends') this.end(event.which);
    else {
      const { waiting } = this.queue;
      const task = waiting[event.which % Math.max(1, waiting.length)];
      if (task !== undefined) this.queue = join(this.queue, taskOf(`${task.id} ${event.traits}`));
    }
    this.fill();
  }

  end(which: number): void {
    const { acting } = this.queue;
    const task = acting[which % Math.max(1, acting.length)];
    if (task !== undefined) this.queue = leave(this.queue, task.id);
  }

  fill(): void {
    for (let id = nextTask(this.queue); id !== null; id = nextTask(this.queue)) {
      this.#checkEntry(id);
      this.queue = letIn(this.queue, id);
      this.entered.push(id);
      this.#checkLimits();
    }
  }

  #come(words: string): void {
    const task = taskOf(words);
    this.#metBy.set(task.id, new Map(this.#passed));
    this.#passed.set(task.id, 0);
    this.queue = join(this.queue, task);
  }

  /** Nobody who came after a task had been passed over for so long gets a place before it. */
  #checkEntry(id: string): void {
    const met = this.#metBy.get(id) ?? new Map<string, number>();
    const { waiting, acting, limits } = this.queue;
    for (const task of waiting) {
      const isFull =
        limits.perRepository !== null &&
        acting.filter(({ repository }) => repository.id === task.repository.id).length >=
          limits.perRepository;
      const earlier = met.get(task.id);
      if (earlier === undefined || isFull) continue;
      assert.ok(earlier < 3 * liftAfter, `${id} went before ${task.id}, which had waited through ${earlier}`);
      this.#passed.set(task.id, (this.#passed.get(task.id) ?? 0) + 1);
    }
    this.#passed.delete(id);
  }

  #checkLimits(): void {
    const { acting, limits } = this.queue;
    assert.ok(acting.length <= limits.all);
    for (const tasks of Map.groupBy(acting, ({ repository }) => repository.id).values())
      assert.ok(tasks.length <= (limits.perRepository ?? Infinity));
  }
}

describe('the queue over random arrivals', () => {
  const limits = fc.record({
    all: fc.integer({ min: 1, max: 6 }),
    perRepository: fc.option(fc.integer({ min: 1, max: 3 })),
  });

  it('starves nobody, keeps the limits, and lets everybody in at the end', () => {
    const happenings = fc.array(happening, { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(limits, happenings, (limit, all) => {
        const play = new Play({ ...limit });
        for (const event of all) play.take(event);
        while (play.queue.acting.length > 0) {
          play.end(0);
          play.fill();
        }
        assert.equal(play.queue.waiting.length, 0);
        assert.equal(new Set(play.entered).size, all.filter(({ kind }) => kind === 'comes').length);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps a task of low priority waiting only so long under an endless stream of urgent ones', () => {
    const play = new Play({ all: 1, perRepository: null });
    play.take({ kind: 'comes', repository: 'a', traits: 'high' });
    play.take({ kind: 'comes', repository: 'a', traits: 'low' });
    for (let count = 0; count < 200 && !play.entered.includes('a2'); count += 1) {
      play.take({ kind: 'comes', repository: count % 2 === 0 ? 'b' : 'c', traits: 'high' });
      play.take({ kind: 'ends', which: 0 });
    }
    assert.ok(play.entered.includes('a2'));
    assert.ok(play.entered.length <= 3 * liftAfter + 2, `${play.entered.length} went first`);
  });

  it('decides the same for the same queue, and changes none', () => {
    fc.assert(
      fc.property(limits, fc.array(happening, { maxLength: 60 }), (limit, all) => {
        const play = new Play({ ...limit });
        for (const event of all) play.take(event);
        const before = structuredClone(play.queue);
        const { queue } = play;
        assert.deepEqual([nextTask(queue), explain(queue)], [nextTask(before), explain(before)]);
        for (const { id } of queue.waiting) assert.deepEqual(letIn(queue, id), letIn(before, id));
        assert.deepEqual(queue, before);
      }),
      { numRuns: 100 },
    );
  });
});
