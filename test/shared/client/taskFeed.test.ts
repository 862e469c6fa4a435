// How the feed moves the runner's one flow of events when another watcher joins, in the order that is hardest.
import assert from 'node:assert/strict';
import { TaskFeed, type FeedSource } from '../../../shared/client/taskFeed.ts';
import type { RequestResult } from '../../../shared/protocol/requests.ts';
import type { TaskEvent } from '../../../shared/task/events.ts';
import { eventAt, firstTime } from '../../support/taskFacts.ts';

type Subscribed = RequestResult<'events/subscribe'>;

/** A runner whose answers the test gives when it likes. */
class Runner implements FeedSource {
  readonly runnerId: string;
  readonly asked: (number | null)[] = [];
  readonly failures: unknown[] = [];
  readonly #answers: PromiseWithResolvers<Subscribed>[] = [];

  constructor(runnerId = 'runner') {
    this.runnerId = runnerId;
  }

  async subscribe({ after }: { readonly after: number | null }): Promise<Subscribed> {
    this.asked.push(after);
    const answer = Promise.withResolvers<Subscribed>();
    this.#answers.push(answer);
    return answer.promise;
  }

  fail(error: unknown): void {
    this.failures.push(error);
  }

  async answer(seq: number): Promise<void> {
    this.#answers.shift()?.resolve({ seq, tasks: [] });
    await turn();
  }

  async refuse(error: Error): Promise<void> {
    this.#answers.shift()?.reject(error);
    await turn();
  }
}

class Watcher {
  readonly told: (number | string)[] = [];

  snapshot(_tasks: unknown, seq: number): void {
    this.told.push(`snapshot ${seq}`);
  }

  event({ seq }: TaskEvent): void {
    this.told.push(seq);
  }
}

describe('task feed', () => {
  let feed: TaskFeed;
  let runner: Runner;
  const deliver = (...seqs: number[]): void => {
    for (const seq of seqs) feed.deliver(eventAt({ type: 'stopRequested', data: {} }, seq, firstTime));
  };

  beforeEach(() => {
    feed = new TaskFeed();
    runner = new Runner();
  });

  it('holds back what comes too early while the flow is moved for another watcher', async () => {
    const [first, second] = [new Watcher(), new Watcher()];
    feed.watch(first, 0);
    feed.attach(runner);
    await runner.answer(3);
    deliver(1, 2, 3);
    feed.watch(second, null);
    await runner.answer(5);
    // The flow stands at 5 for the snapshot; the first watcher lacks 4 and 5.
    deliver(6);
    assert.deepEqual(first.told, [1, 2, 3]);
    await runner.answer(6);
    deliver(4, 5, 6, 7);
    assert.deepEqual(runner.asked, [0, null, 3]);
    assert.deepEqual(first.told, [1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(second.told, ['snapshot 5', 6, 7]);
  });

  it('asks once for watchers that join while it asks, and once more for all of them', async () => {
    const watchers = [new Watcher(), new Watcher(), new Watcher()];
    feed.attach(runner);
    for (const watcher of watchers) feed.watch(watcher, 7);
    assert.deepEqual(runner.asked, [7]);
    await runner.answer(9);
    assert.deepEqual(runner.asked, [7, 7]);
    await runner.answer(9);
    deliver(8);
    for (const { told } of watchers) assert.deepEqual(told, [8]);
  });

  it('goes on from each cursor on a new connection, and ignores the answers of the old one', async () => {
    const watcher = new Watcher();
    feed.watch(watcher, 2);
    feed.attach(runner);
    feed.detach();
    const next = new Runner();
    feed.attach(next);
    await runner.answer(9);
    deliver(9);
    assert.deepEqual(watcher.told, []);
    await next.answer(9);
    deliver(3, 3, 2, 4);
    assert.deepEqual(watcher.told, [3, 4]);
  });

  it('tells a watcher that left nothing more, and the connection of a failure', async () => {
    const watcher = new Watcher();
    const stop = feed.watch(watcher, null);
    feed.attach(runner);
    stop();
    await runner.answer(5);
    deliver(6);
    assert.deepEqual(watcher.told, []);
    feed.watch(watcher, 5);
    const error = new Error('no');
    await runner.refuse(error);
    assert.deepEqual(runner.failures, [error]);
  });

  it('starts anew where another runner answers', async () => {
    const watcher = new Watcher();
    feed.watch(watcher, 5);
    feed.attach(runner);
    await runner.answer(5);
    feed.detach();
    const other = new Runner('other');
    feed.attach(other);
    await other.answer(2);
    deliver(3);
    assert.deepEqual(watcher.told, ['snapshot 2', 3]);
  });
});

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
