// Whose tasks a client sees: its own and what others share, in every request, event, output and line of the queue.
import assert from 'node:assert/strict';
import type { RunnerConnection } from '../../../shared/client/runnerConnection.ts';
import type { ErrorCode } from '../../../shared/errors/catalogue.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import { requests, type Output, type RequestName } from '../../../shared/protocol/requests.ts';
import type { Fact, TaskEvent } from '../../../shared/task/events.ts';
import type { Task } from '../../../shared/task/task.ts';
import { TaskStore } from '../../../extension/model/taskStore.ts';
import { explain, join, letIn, newQueue } from '../../../runner/tasks/queue.ts';
import { calm, ServerWorld, token, until } from './serverWorld.ts';

const known =
  (code: ErrorCode) =>
  (error: unknown): boolean =>
    error instanceof KnownError && error.code === code;

/** What a client was told, and what the extension would show after it. */
class Witness {
  readonly store = new TaskStore();
  readonly events: TaskEvent[] = [];
  snapshots = 0;

  snapshot(tasks: readonly Task[]): void {
    this.snapshots += 1;
    this.store.snapshot(tasks);
  }

  event(event: TaskEvent): void {
    this.events.push(event);
    this.store.apply(event);
  }

  get ids(): string[] {
    return this.store
      .all()
      .map(({ id }) => id)
      .sort();
  }
}

const shared = (isShared: boolean): Fact => ({ type: 'sharingChanged', data: { isShared } });

describe('tasks of several owners', () => {
  let world: ServerWorld;
  let alice: RunnerConnection;
  let bob: RunnerConnection;

  beforeEach(async () => {
    world = await ServerWorld.start();
    alice = await world.connectionOf('alice', 'work');
    bob = await world.connectionOf('bob', 'work');
    world.createTask('ours');
    world.createTask('of-alice', { owner: 'alice' });
    world.createTask('of-bob', { owner: 'bob' });
  });
  afterEach(async () => world[Symbol.asyncDispose]());

  const record = (taskId: string, ...facts: Fact[]): void =>
    void world.store.append(taskId, facts, new Date());
  const idsOf = async (connection: RunnerConnection): Promise<string[]> => {
    const [listed, subscribed] = [
      await connection.request('tasks/list', {}, calm),
      await connection.request('events/subscribe', { after: null }, calm),
    ];
    assert.deepEqual(listed.tasks, subscribed.tasks);
    return listed.tasks.map(({ id }) => id);
  };
  const watch = async (connection: RunnerConnection): Promise<Witness> => {
    const witness = new Witness();
    connection.watchTasks(witness);
    await until(() => witness.snapshots > 0, 'the snapshot');
    return witness;
  };

  it('are listed to their owner, and to those who run the runner', async () => {
    const [runner, admin] = [world.connection(), await world.connectionOf('carol', 'admin')];
    await runner.connect(calm);
    assert.deepEqual(await idsOf(alice), ['of-alice']);
    assert.deepEqual(await idsOf(bob), ['of-bob']);
    assert.deepEqual(await idsOf(runner), ['ours', 'of-alice', 'of-bob']);
    assert.deepEqual(await idsOf(admin), ['ours', 'of-alice', 'of-bob']);
    record('of-bob', shared(true));
    assert.deepEqual(await idsOf(alice), ['of-alice', 'of-bob']);
    record('of-bob', shared(false));
    assert.deepEqual(await idsOf(alice), ['of-alice']);
  });

  it('are to others as if they were not there, in every request that names one', async () => {
    const names = (Object.keys(requests) as RequestName[]).filter((name) => 'taskId' in shapeOf(name));
    assert.ok(names.length >= 14, names.join());
    for (const name of names) {
      const ask = async (taskId: string) => alice.request(name, { ...paramsFor(name), taskId }, calm);
      for (const taskId of ['of-bob', 'ours', 'not-there'])
        await assert.rejects(ask(taskId), new KnownError('taskUnknown', { task: taskId }), name);
      await ask('of-alice');
    }
  });

  it('that are shared may be worked on, but neither deleted nor shared by others', async () => {
    record('of-bob', shared(true));
    for (const name of ['tasks/get', 'tasks/stop', 'logs/read', 'images/read', 'bundles/download'] as const)
      await alice.request(name, { ...paramsFor(name), taskId: 'of-bob' }, calm);
    await assert.rejects(alice.request('tasks/delete', { taskId: 'of-bob' }, calm), known('notYourTask'));
    const unshare = { taskId: 'of-bob', isShared: false };
    await assert.rejects(alice.request('tasks/share', unshare, calm), known('notYourTask'));
    await bob.request('tasks/share', unshare, calm);
    const admin = await world.connectionOf('carol', 'admin');
    await admin.request('tasks/delete', { taskId: 'of-bob' }, calm);
  });

  it('send their events to those who see them only, in order', async () => {
    const [ofAlice, ofBob] = [await watch(alice), await watch(bob)];
    for (let count = 0; count < 50; count += 1)
      for (const taskId of ['of-alice', 'ours', 'of-bob']) world.appendMessages(taskId, 1);
    record('of-bob', { type: 'deleted', data: { spentTodayUsd: 0, owner: 'bob' } });
    world.store.forget('of-bob');
    world.createTask('last', { owner: 'alice' });
    await until(
      () => ofAlice.ids.includes('last') && !ofBob.ids.includes('of-bob'),
      'the last event of each',
    );
    const [idsOfAlice, idsOfBob] = [ofAlice, ofBob].map(
      ({ events }) => new Set(events.map((one) => one.taskId)),
    );
    assert.deepEqual([...idsOfAlice!], ['of-alice', 'last']);
    assert.deepEqual([...idsOfBob!], ['of-bob']);
    const seqs = ofAlice.events.map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.toSorted((one, other) => one - other),
    );
    assert.equal(ofAlice.events.length, 51);
  });

  it('that are shared appear to others as they are by then, and go again', async () => {
    const witness = await watch(alice);
    world.appendMessages('of-bob', 3);
    record('of-bob', shared(true));
    world.appendMessages('of-bob', 2);
    record('of-bob', { type: 'markedDone', data: {} });
    await until(() => witness.store.get('of-bob')?.status === 'done', 'what happens to it later');
    assert.deepEqual(witness.store.get('of-bob'), world.store.task('of-bob'));
    assert.deepEqual(witness.ids, ['of-alice', 'of-bob']);
    world.appendMessages('of-alice', 2);
    record('of-bob', shared(false));
    world.appendMessages('of-alice', 2);
    const own = (): TaskEvent[] => witness.events.filter(({ taskId }) => taskId === 'of-alice');
    await until(() => own().length === 4, 'the events of her own task, each once');
    assert.deepEqual(witness.ids, ['of-alice']);
    record('of-bob', shared(true));
    await until(() => witness.ids.length === 2, 'it is shared again');
    record('of-bob', { type: 'deleted', data: { spentTodayUsd: 0, owner: 'bob', wasShared: true } });
    await until(() => witness.ids.length === 1, 'it is deleted');
  });

  it('that were shared, or no longer, while a client was away are right when it comes back', async () => {
    world.createTask('second-of-bob', { owner: 'bob' });
    record('second-of-bob', shared(true));
    const before = new Witness();
    const { seq, tasks } = await alice.request('events/subscribe', { after: null }, calm);
    before.snapshot(tasks ?? []);
    await alice.request('events/subscribe', { after: seq }, calm);
    await alice[Symbol.asyncDispose]();
    record('of-bob', shared(true));
    world.appendMessages('of-bob', 2);
    record('second-of-bob', shared(false));
    record('second-of-bob', { type: 'deleted', data: { spentTodayUsd: 0, owner: 'bob', wasShared: true } });
    world.store.forget('second-of-bob');
    alice.watchTasks(before, { after: seq });
    await alice.connect(calm);
    await until(() => before.ids.includes('of-bob') && !before.ids.includes('second-of-bob'), 'all is right');
    assert.deepEqual(before.store.get('of-bob'), world.store.task('of-bob'));
  });

  it('send their output to those who see them only, and no longer than they do', async () => {
    const heard: Output[] = [];
    record('of-bob', shared(true));
    await alice.request('output/follow', { taskId: 'of-bob' }, calm);
    alice.followOutput('of-bob', (output) => heard.push(output));
    const say = (text: string): void => world.sendOutput({ taskId: 'of-bob', source: 'model', text });
    await until(() => (say('open'), heard.length > 0), 'the output of a shared task');
    record('of-bob', shared(false));
    await alice.request('tasks/list', {}, calm);
    say('secret');
    await alice.request('tasks/list', {}, calm);
    assert.ok(heard.every(({ text }) => text === 'open'));
  });

  it('that wait are told to others as a number', async () => {
    const queued = (id: string) => ({
      ...({ id, title: `Title of ${id}`, priority: 'normal', hasBegun: false, isSuspect: false } as const),
      repository: { id: id.slice(0, 5), name: 'shop' },
    });
    const ids = ['ours', 'of-bob', 'of-alice', 'second-of-bob'];
    world.createTask('second-of-bob', { owner: 'bob' });
    const all = ids.reduce((queue, id) => join(queue, queued(id)), newQueue({ all: 1, perRepository: null }));
    const queue = letIn(all, 'of-bob');
    await world.stopServer();
    await world.startServer({
      queue: { current: (sees) => explain(queue, sees), onChange: () => () => undefined },
    });
    const told = async (connection: RunnerConnection): Promise<unknown> => {
      await connection.connect(calm);
      await connection.request('events/subscribe', { after: null }, calm);
      return connection.queue;
    };
    assert.deepEqual(await told(alice), {
      waiting: [{ taskId: 'of-alice', position: 2, reason: '1 of 1 place used by another task' }],
      total: 3,
    });
    assert.deepEqual(await told(bob), {
      waiting: [{ taskId: 'second-of-bob', position: 3, reason: '1 of 1 place used by Title of of-bob' }],
      total: 3,
    });
    const owner = world.connection({ resolveAddress: async () => ({ url: world.url, token }) });
    await owner.connect(calm);
    await owner.request('events/subscribe', { after: null }, calm);
    assert.equal(owner.queue.waiting.length, 3);
  });
});

function shapeOf(name: RequestName): object {
  const { params } = requests[name];
  return 'shape' in params ? params.shape : {};
}

/** Parameters beside `taskId` that fit. */
function paramsFor(name: RequestName): object {
  switch (name) {
    case 'events/list':
      return { after: 0, limit: 1 };
    case 'bundles/download':
      return { have: [] };
    case 'tasks/reply':
      return { messageId: 'message-1', text: 'hello' };
    case 'tasks/extendBudget':
      return { budget: {} };
    case 'tasks/allow':
      return { hosts: ['packages.example'] };
    case 'tasks/prioritize':
      return { priority: 'high' };
    case 'tasks/share':
      return { isShared: true };
    case 'images/read':
      return { image: 'a.png', offset: 0, limitBytes: 1 };
    case 'logs/read':
      return { log: 'log', offset: 0, limitBytes: 1 };
    default:
      return {};
  }
}
