// A client that does not take what it asked for: it costs the runner nothing, and nobody else notices.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { protocolVersion } from '../../../shared/protocol/requests.ts';
import type { TaskEvent } from '../../../shared/task/events.ts';
import { calm, ServerWorld, token, until } from './serverWorld.ts';

describe('a client that does not read', () => {
  let world: ServerWorld;

  beforeEach(async () => {
    world = await ServerWorld.start();
    world.createTask('one');
  });
  afterEach(async () => world[Symbol.asyncDispose]());

  it('has its events wait in the log, not in memory', async function () {
    this.timeout(60_000);
    let readSeq = 0;
    const { store } = world;
    await using observed = await ServerWorld.start({
      log: {
        snapshot: () => store.snapshot(),
        task: (taskId) => store.task(taskId),
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

  it('takes no memory and keeps nobody waiting, through 50,000 events', async function () {
    this.timeout(120_000);
    const [batches, batchSize, text] = [100, 500, 'x'.repeat(2_000)];
    const slow = await openSlow(world);
    const connection = world.connection();
    let told = 0;
    connection.watchTasks({ snapshot: () => undefined, event: () => void (told += 1) }, { after: 0 });
    await connection.connect(calm);
    await until(() => told === 1, 'the other client is there');
    const before = liveMiB();
    for (let batch = 1; batch <= batches; batch += 1) {
      world.appendMessages('one', batchSize, text);
      await until(() => told === 1 + batch * batchSize, 'the other client has all of them');
    }
    const grownMiB = liveMiB() - before;
    assert.ok((batches * batchSize * text.length) / 2 ** 20 > 90, 'kept in memory they would show');
    assert.ok(grownMiB < 50, `it takes ${grownMiB.toFixed(0)} MiB more`);
    slow.terminate();
  });
});

/** What is still in use after all garbage is gone. */
function liveMiB(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

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
