// A task that its endpoint's rate limit holds back: it says until when, keeps nobody from working, and goes on by itself.
import assert from 'node:assert/strict';
import { byTurn, scriptedModelName, type Step } from '../support/scriptedModel.ts';
import { ended, eventsOf, eventually, taskOf, World } from './world.ts';

const write: Step = { calls: [{ name: 'write', arguments: { path: 'answer.txt', content: '42\n' } }] };
const finish: Step = { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] };
const refusal: Step = { fail: 429, headers: { 'retry-after': '4' } };

describe('a task before the rate limit of its endpoint', function () {
  this.timeout(180_000);

  it('gives its only place to a task with another model, says so, and then makes the same turn', async () => {
    let refusals = 0;
    const steps = byTurn([write, finish]);
    await using world = await World.make((conversation) => {
      const isFirst = conversation.model === scriptedModelName && refusals === 0;
      if (isFirst) refusals += 1;
      return isFirst ? refusal : steps(conversation);
    });
    await world.configure({ maxConcurrent: 1 });
    await world.startRunner();
    const connection = await world.connect();
    const limited = await world.handOff(connection);
    await eventually(async () => (await taskOf(connection, limited.id)).waitsUntil !== undefined);
    const { activity, status, turns } = await taskOf(connection, limited.id);
    const { host } = new URL(world.model.url);
    assert.deepEqual(
      [activity, status, turns],
      [`Waiting for the rate limit of http://${host}/v1`, 'working', 0],
    );
    const other = await world.handOff(connection, { model: 'another-model' });
    assert.equal((await ended(connection, other.id)).verdict, 'verified');
    const task = await ended(connection, limited.id);
    assert.deepEqual([task.verdict, task.turns, task.waitsUntil], ['verified', 2, undefined]);
    const events = await eventsOf(connection, limited.id);
    const turnsStarted = events.flatMap(({ type, data }) => (type === 'turnStarted' ? [data.turn] : []));
    assert.deepEqual(turnsStarted, [1, 1, 2]);
    const again = events.filter(({ type }) => type === 'turnStarted')[1]?.seq ?? 0;
    const otherTurns = (await eventsOf(connection, other.id)).filter(({ type }) => type === 'turnAnswered');
    assert.ok((otherTurns[0]?.seq ?? Infinity) < again, 'the other one worked while this one waited');
    assert.equal(refusals, 1);
  });
});
