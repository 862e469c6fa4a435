// The bill of a greedy model: whatever it takes and however often its answers are cut, it stays within the limit.
import assert from 'node:assert/strict';
import type { Conversation, Step } from '../support/scriptedModel.ts';
import { calm, ended, eventsOf, eventually, taskOf, World } from './world.ts';

/** US dollars per million tokens. */
const price = { input: 3, cached: 0.3, output: 15 };

/** What an endpoint would charge that counts every byte as a token and always answers as long as it may. */
class GreedyEndpoint {
  billedUsd = 0;
  #calls = 0;

  readonly script = (conversation: Conversation): Step => {
    this.#calls += 1;
    const input = conversation.messages.reduce(
      (sum, { content }) => sum + Buffer.byteLength(content ?? ''),
      0,
    );
    const output = conversation.max_completion_tokens ?? Infinity;
    this.billedUsd += (input * price.input + output * price.output) / 1_000_000;
    // Every third answer is cut when most of it has been made, and charged all the same.
    if (this.#calls % 3 === 0) return { cut: 'midStream' };
    const call = { name: 'read', arguments: { path: 'answer.txt' } };
    return { say: 'Reading on.', calls: [call], usage: { input, output } };
  };
}

async function worldWith(endpoint: GreedyEndpoint, config: object): Promise<World> {
  const world = await World.make(endpoint.script);
  await world.configure({ prices: { 'nightjar-scripted': price }, ...config });
  await world.startRunner();
  return world;
}

describe('a hard budget', function () {
  this.timeout(180_000);

  it('ends the work before the bill can pass it, delivers what there is, and goes on when raised', async () => {
    const endpoint = new GreedyEndpoint();
    await using world = await worldWith(endpoint, {});
    const connection = await world.connect();
    const { id } = await world.handOff(connection, { budget: { costUsd: 1 } });
    const task = await ended(connection, id);
    assert.deepEqual([task.status, task.endReason], ['failed', 'budgetUsedUp']);
    assert.ok(endpoint.billedUsd <= 1, `the endpoint billed $${endpoint.billedUsd}`);
    assert.ok(endpoint.billedUsd > 0.5, 'it gave up much too early');
    const { budget } = task;
    const before = task.turns;
    await connection.request('tasks/extendBudget', { taskId: id, budget: { ...budget, costUsd: 1.5 } }, calm);
    const after = await ended(connection, id);
    assert.ok(after.turns > before);
    assert.ok(endpoint.billedUsd <= 1.5, `the endpoint billed $${endpoint.billedUsd}`);
  });

  it('of the runner’s day holds for all tasks together', async () => {
    const endpoint = new GreedyEndpoint();
    await using world = await worldWith(endpoint, { dayCeilingUsd: 1.2, maxConcurrent: 3 });
    const connection = await world.connect();
    const ids: string[] = [];
    for (const title of ['one', 'two', 'three']) {
      const spec = { title, goal: title, context: '', criteria: [], constraints: '' };
      ids.push((await world.handOff(connection, { spec, budget: { costUsd: 5 } })).id);
    }
    const isHeld = async (id: string): Promise<boolean> =>
      (await eventsOf(connection, id)).at(-1)?.type === 'heldBack';
    await eventually(async () => (await Promise.all(ids.map(isHeld))).every(Boolean));
    assert.ok(endpoint.billedUsd <= 1.2, `the endpoint billed $${endpoint.billedUsd}`);
    const [first = ''] = ids;
    assert.match((await taskOf(connection, first)).activity, /ceiling for today/);
    // A restart on the same day gives nobody fresh money.
    await world.runner?.kill();
    await world.startRunner();
    await eventually(() => connection.state.kind === 'connected');
    const billed = endpoint.billedUsd;
    assert.equal((await taskOf(connection, first)).status, 'working');
    await connection.request('tasks/stop', { taskId: first }, calm);
    assert.equal((await ended(connection, first)).status, 'stopped');
    assert.equal(endpoint.billedUsd, billed);
  });
});
