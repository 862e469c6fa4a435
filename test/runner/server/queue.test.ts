// The waiting list over real sockets: at once, after changes, gathered, and never piled up for a slow client.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { TaskQueue } from '../../../shared/protocol/queue.ts';
import { emptyQueue } from '../../../shared/protocol/queuePlace.ts';
import { QueueFlow, type QueueSink } from '../../../runner/server/queueFlow.ts';
import type { QueueSource } from '../../../runner/server/ports.ts';
import { calm, ServerWorld, until } from './serverWorld.ts';

const queueOf = (...ids: readonly string[]): TaskQueue => ({
  waiting: ids.map((taskId, index) => ({ taskId, position: index + 1, reason: '1 of 1 place used by x' })),
  total: ids.length,
});

class Source implements QueueSource {
  queue = emptyQueue;
  readonly listeners = new Set<() => void>();
  /** How often somebody asked for the list. */
  asked = 0;

  current(): TaskQueue {
    this.asked += 1;
    return this.queue;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  change(...ids: readonly string[]): void {
    this.queue = queueOf(...ids);
    for (const listener of this.listeners) listener();
  }
}

class Sink implements QueueSink {
  readonly sent: TaskQueue[] = [];
  mustWait = false;

  send(queue: TaskQueue): void {
    this.sent.push(queue);
  }

  isFull(): boolean {
    return this.mustWait;
  }
}

describe('the queue on a connection', () => {
  const watcher = { snapshot: () => undefined, event: () => undefined };

  it('is known with the answer of a subscription, follows changes, and is forgotten with the connection', async () => {
    const source = new Source();
    source.change('one', 'two');
    await using world = await ServerWorld.start({ queue: source });
    const connection = world.connection({ isPersistent: true });
    await connection.connect(calm);
    assert.deepEqual([source.asked, source.listeners.size], [0, 0]);
    await connection.request('events/subscribe', { after: null }, calm);
    assert.deepEqual(connection.queue, queueOf('one', 'two'));
    const heard: TaskQueue[] = [];
    connection.onQueue((queue) => heard.push(queue));
    source.change('two');
    await until(() => connection.queue.total === 1, 'the change');
    assert.deepEqual(heard, [queueOf('two')]);
    await world.stopServer();
    await until(() => connection.queue === emptyQueue, 'it is forgotten');
    assert.equal(source.listeners.size, 0);
  });

  it('comes again on a new connection', async () => {
    const source = new Source();
    source.change('one');
    await using world = await ServerWorld.start({ queue: source });
    const connection = world.connection({ isPersistent: true });
    connection.watchTasks(watcher);
    await connection.connect(calm);
    await until(() => connection.queue.total === 1, 'the list');
    await world.stopServer();
    await until(() => connection.queue.total === 0, 'the break');
    source.change('one', 'two', 'three');
    await world.startServer({ queue: source });
    await until(() => connection.queue.total === 3, 'the list anew');
  });
});

describe('the flow of the queue', () => {
  it('gathers a thousand changes into few messages, the last of which is right', async () => {
    const source = new Source();
    const sink = new Sink();
    using flow = new QueueFlow(source, sink);
    flow.begin();
    for (let count = 0; count < 1_000; count += 1) {
      source.change(`task-${count}`);
      if (count % 100 === 0) await delay(5);
    }
    await until(() => sink.sent.at(-1)?.waiting[0]?.taskId === 'task-999', 'the last one');
    assert.ok(sink.sent.length < 10, `${sink.sent.length} messages`);
  });

  it('sends nothing that the client knows already', async () => {
    const source = new Source();
    const sink = new Sink();
    using flow = new QueueFlow(source, sink);
    flow.begin();
    const { asked } = source;
    source.change();
    await until(() => source.asked > asked, 'the list is looked at');
    assert.deepEqual(sink.sent, [emptyQueue]);
    flow.begin();
    assert.equal(sink.sent.length, 2, 'who subscribes anew gets it anew');
  });

  it('keeps nothing for a client that takes nothing, and tells it the newest later', async () => {
    const source = new Source();
    const sink = new Sink();
    using flow = new QueueFlow(source, sink);
    sink.mustWait = true;
    flow.begin();
    for (let count = 0; count < 100; count += 1) source.change(`task-${count}`);
    assert.deepEqual([sink.sent, source.asked], [[], 0]);
    sink.mustWait = false;
    await until(() => sink.sent.length > 0, 'it is told');
    assert.deepEqual(sink.sent, [queueOf('task-99')]);
  });

  it('ends with the connection', async () => {
    const source = new Source();
    const sink = new Sink();
    const flow = new QueueFlow(source, sink);
    flow.begin();
    source.change('one');
    flow[Symbol.dispose]();
    assert.equal(source.listeners.size, 0);
    await delay(400);
    assert.deepEqual(sink.sent, [emptyQueue]);
  });
});
