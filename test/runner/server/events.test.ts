// Events over real sockets: exactly once and in order, through any number of cuts, for fast and for slow clients.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { protocolVersion, type Output } from '../../../shared/protocol/requests.ts';
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

  it('come exactly once and in order through 200 cuts', async function () {
    this.timeout(120_000);
    const random = seeded(20_261_101);
    await using proxy = await CuttingProxy.start(world.server.address.port, random);
    const connection = world.connection({
      resolveAddress: async () => ({ url: `ws://127.0.0.1:${proxy.port}`, token }),
    });
    // Connects again at once, where a persistent connection would wait ever longer.
    const reconnect = (): void => void connection.connect(calm).catch(() => undefined);
    const stopReconnecting = connection.onState(({ kind }) => {
      if (kind === 'closed') reconnect();
    });
    const [fresh, whole] = [new Witness(), new Witness()];
    connection.watchTasks(fresh);
    connection.watchTasks(whole, { after: 0 });
    reconnect();
    let appended = 1;
    for (let cut = 1; cut <= 200; cut += 1) {
      proxy.cutSoon();
      while (proxy.cuts < cut) {
        const count = 1 + Math.floor(random() * 20);
        world.appendMessages('one', count, 'x'.repeat(Math.floor(random() * 2_000)));
        appended += count;
        await delay(5);
      }
    }
    proxy.holdStill();
    await until(() => whole.events.length >= appended, 'all events');
    assert.deepEqual(seqsOf(whole.events), range(1, appended));
    assert.equal(fresh.snapshots.length, 1);
    assert.deepEqual(seqsOf(fresh.events), range((fresh.snapshots[0]?.seq ?? 0) + 1, appended));
    assert.ok(proxy.cuts >= 200);
    stopReconnecting();
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

  it('wait in the log, not in memory, for a client that does not read', async function () {
    this.timeout(60_000);
    let readSeq = 0;
    const { store } = world;
    await using observed = await ServerWorld.start({
      log: {
        snapshot: () => store.snapshot(),
        onAppend: (listener) => store.onAppend(listener),
        eventsAfter: (seq, limit) => {
          const events = store.eventsAfter(seq, limit);
          readSeq = Math.max(readSeq, events.at(-1)?.seq ?? 0);
          return events;
        },
      },
    });
    const slow = await openSlow(observed);
    const text = 'x'.repeat(100_000);
    for (let batch = 0; batch < 20; batch += 1) {
      world.appendMessages('one', 30, text);
      await delay(5);
    }
    // Some lie in the system's buffers and one batch in ours; all would be 60 MB.
    assert.ok(readSeq < 300, `${readSeq} events were read for a client that takes none`);
    const seqs: number[] = [];
    slow.on('message', (data: Buffer) => {
      const { params } = JSON.parse(data.toString()) as { params?: Partial<TaskEvent> };
      if (params?.seq !== undefined) seqs.push(params.seq);
    });
    slow.resume();
    await until(() => seqs.length === 601, 'the slow client gets all in the end');
    assert.deepEqual(seqs, range(1, 601));
    assert.equal(readSeq, 601, 'the meter works');
    slow.terminate();
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

async function openSlow(world: ServerWorld): Promise<WebSocket> {
  const socket = new WebSocket(`${world.url}/rpc`, { headers: { authorization: `Bearer ${token}` } });
  await once(socket, 'open');
  const ask = async (id: number, method: string, params: object): Promise<void> => {
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    await once(socket, 'message');
  };
  await ask(1, 'initialize', { protocolVersion, clientName: 'slow', clientVersion: '1' });
  await ask(2, 'output/follow', { taskId: 'one' });
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 3, method: 'events/subscribe', params: { after: 0 } }));
  socket.pause();
  return socket;
}

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
