// Events over real sockets: exactly once and in order, through any number of cuts.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Output } from '../../../shared/protocol/requests.ts';
import type { TaskEvent } from '../../../shared/task/events.ts';
import type { Task } from '../../../shared/task/task.ts';
import { CuttingProxy } from './cuttingProxy.ts';
import { calm, seqsOf, ServerWorld, token, until } from './serverWorld.ts';

/** What one watcher was told, in order. */
class Witness {
  readonly snapshots: { readonly tasks: readonly Task[]; readonly seq: number }[] = [];
  readonly events: TaskEvent[] = [];

  snapshot(tasks: readonly Task[], seq: number): void {
    this.snapshots.push({ tasks, seq });
  }

  event(event: TaskEvent): void {
    this.events.push(event);
  }
}

/** A client behind a proxy that cuts, with a watcher from a snapshot on and one from the first event on. */
class CutClient implements AsyncDisposable {
  readonly proxy: CuttingProxy;
  readonly fresh = new Witness();
  readonly whole = new Witness();
  readonly #stopReconnecting: () => void;

  private constructor(world: ServerWorld, proxy: CuttingProxy) {
    this.proxy = proxy;
    const connection = world.connection({
      resolveAddress: async () => ({ url: `ws://127.0.0.1:${proxy.port}`, token }),
    });
    // Connects again at once, where a persistent connection would wait ever longer.
    const reconnect = (): void => void connection.connect(calm).catch(() => undefined);
    this.#stopReconnecting = connection.onState(({ kind }) => {
      if (kind === 'closed') reconnect();
    });
    connection.watchTasks(this.fresh);
    connection.watchTasks(this.whole, { after: 0 });
    reconnect();
  }

  static async start(world: ServerWorld, random: () => number): Promise<CutClient> {
    return new CutClient(world, await CuttingProxy.start(world.server.address.port, random));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopReconnecting();
    await this.proxy[Symbol.asyncDispose]();
  }
}

describe('events', () => {
  let world: ServerWorld;

  beforeEach(async () => {
    world = await ServerWorld.start();
    world.createTask('one');
  });
  afterEach(async () => world[Symbol.asyncDispose]());

  it('come after a snapshot, each once', async () => {
    const connection = world.connection();
    const witness = new Witness();
    connection.watchTasks(witness);
    await connection.connect(calm);
    await until(() => witness.snapshots.length === 1, 'the snapshot');
    world.appendMessages('one', 3);
    await until(() => witness.events.length === 3, 'the events');
    assert.deepEqual(seqsOf(witness.events), [2, 3, 4]);
    assert.deepEqual(
      witness.snapshots[0]?.tasks.map(({ id }) => id),
      ['one'],
    );
  });

  it('are complete from where a watcher says, whoever else watches on the same connection', async () => {
    world.appendMessages('one', 500);
    const connection = world.connection();
    await connection.connect(calm);
    const [fresh, early, late] = [new Witness(), new Witness(), new Witness()];
    connection.watchTasks(fresh);
    connection.watchTasks(early, { after: 0 });
    await until(() => early.events.length === 501, 'the early watcher has all');
    world.appendMessages('one', 10);
    const stop = connection.watchTasks(late, { after: 400 });
    await until(() => late.events.length === 111 && early.events.length === 511, 'both have all');
    stop();
    world.appendMessages('one', 5);
    await until(() => early.events.length === 516 && fresh.events.length === 15, 'the others go on');
    assert.deepEqual(seqsOf(early.events), range(1, 516));
    assert.deepEqual(seqsOf(late.events), range(401, 511));
    assert.deepEqual(seqsOf(fresh.events), range(502, 516));
    assert.equal(fresh.snapshots.length, 1);
  });

  it('are the same for two clients', async () => {
    const witnesses = await Promise.all(
      [1, 2].map(async () => {
        const [connection, witness] = [world.connection(), new Witness()];
        connection.watchTasks(witness, { after: 0 });
        await connection.connect(calm);
        return witness;
      }),
    );
    world.appendMessages('one', 200);
    for (const { events } of witnesses) {
      await until(() => events.length === 201, 'all events');
      assert.deepEqual(seqsOf(events), range(1, 201));
    }
  });

  it('come exactly once and in order to five clients through 1,000 cuts', async function () {
    this.timeout(120_000);
    const random = seeded(20_261_101);
    const clients = await Promise.all(
      Array.from({ length: 5 }, () => CutClient.start(world, seeded(Math.floor(random() * 2 ** 32)))),
    );
    let appended = 1;
    while (clients.some(({ proxy }) => proxy.cuts < 200)) {
      for (const { proxy } of clients) if (!proxy.isCutting) proxy.cutSoon();
      // Else the log would grow faster than clients can follow that are always cut.
      const isFollowed = clients.every(({ whole }) => whole.events.length > appended - 200);
      const count = isFollowed ? 1 + Math.floor(random() * 20) : 0;
      if (count > 0) world.appendMessages('one', count, 'x'.repeat(Math.floor(random() * 2_000)));
      appended += count;
      await delay(1);
    }
    assert.ok(appended > 500, `only ${appended} events to lose`);
    for (const { proxy, fresh, whole } of clients) {
      proxy.holdStill();
      await until(() => whole.events.length >= appended, 'all events');
      assert.deepEqual(seqsOf(whole.events), range(1, appended));
      assert.equal(fresh.snapshots.length, 1);
      assert.deepEqual(seqsOf(fresh.events), range((fresh.snapshots[0]?.seq ?? 0) + 1, appended));
    }
    for (const client of clients) await client[Symbol.asyncDispose]();
  });

  it('start anew with a snapshot where another runner answers', async () => {
    await using other = await ServerWorld.start();
    other.createTask('two');
    let url = world.url;
    const connection = world.connection({ resolveAddress: async () => ({ url, token }), isPersistent: true });
    const witness = new Witness();
    connection.watchTasks(witness);
    await connection.connect(calm);
    await until(() => witness.snapshots.length === 1, 'the first snapshot');
    url = other.url;
    await world.stopServer();
    await until(() => witness.snapshots.length === 2, 'the second snapshot');
    assert.deepEqual(
      witness.snapshots[1]?.tasks.map(({ id }) => id),
      ['two'],
    );
    other.appendMessages('two', 1);
    await until(() => witness.events.length === 1, 'an event of the other runner');
  });

  it('leave no listener behind when a client goes', async () => {
    const connection = world.connection();
    connection.watchTasks(new Witness());
    await connection.connect(calm);
    assert.equal(world.outputListenerCount, 1);
    await connection[Symbol.asyncDispose]();
    await until(() => world.outputListenerCount === 0, 'the listener is gone');
  });
});

describe('output', () => {
  it('comes from the task that is followed, also after a break', async () => {
    await using world = await ServerWorld.start();
    for (const taskId of ['one', 'two']) world.createTask(taskId);
    const connection = world.connection({ isPersistent: true });
    await connection.connect(calm);
    const [ofOne, ofTwo]: [Output[], Output[]] = [[], []];
    const stopOne = connection.followOutput('one', (output) => ofOne.push(output));
    const say = (taskId: string): void => world.sendOutput({ taskId, source: 'model', text: 'hm' });
    await until(() => (say('one'), say('two'), ofOne.length > 0), 'output of one');
    const stopTwo = connection.followOutput('two', (output) => ofTwo.push(output));
    await until(() => (say('two'), ofTwo.length > 0), 'output of two, the newest');
    stopTwo();
    ofOne.length = 0;
    await until(() => (say('one'), ofOne.length > 0), 'output of one again');
    await world.stopServer();
    await world.startServer();
    await until(() => connection.state.kind === 'connected', 'the connection is back');
    ofOne.length = 0;
    await until(() => (say('one'), ofOne.length > 0), 'output after the break');
    stopOne();
    assert.ok(ofOne.every(({ taskId }) => taskId === 'one'));
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The same numbers from 0 to 1 in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
