// A task that ends its runner each time: it is given up with its work kept, and a task beside it hardly notices.
import assert from 'node:assert/strict';
import { byTurn, type Conversation, type Step } from '../support/scriptedModel.ts';
import { bundleDyingRunner, type RunnerBundle } from './runnerBundle.ts';
import { calm, eventsOf, eventually, taskOf, World } from './world.ts';
import { hasEnded } from '../../shared/task/hasEnded.ts';

const call = (name: string, values: object): Step => ({ calls: [{ name, arguments: values }] });
const finish = call('finish', { outcome: 'done', summary: 'Done.' });
const write = (path: string, content: string): Step => call('write', { path, content });
const spec = (title: string) => ({ title, goal: title, context: '', criteria: [], constraints: '' });
const deadlyCall = call('run', { command: 'echo deadly' });
/** Five that end in the call, and the one that gives up. */
const startsWanted = 6;

describe('a task that ends its runner each time', function () {
  this.timeout(180_000);
  let runner: RunnerBundle;
  before(async () => {
    runner = await bundleDyingRunner();
  });
  after(async () => {
    await runner[Symbol.asyncDispose]();
  });

  it('is given up after the fifth time with its work kept, and the task beside it ends well', async () => {
    const thirdStart = Promise.withResolvers<null>();
    let innocentCalls = 0;
    const deadlySteps = byTurn([write('kept.txt', 'kept\n'), ...Array<Step>(9).fill(deadlyCall)]);
    const innocentSteps = byTurn([write('answer.txt', '42\n'), finish]);
    const script = (conversation: Conversation): Step => {
      if (JSON.stringify(conversation.messages).includes('Be deadly')) return deadlySteps(conversation);
      innocentCalls += 1;
      // Under way whenever the other one ends the runner, as if it were to blame, too.
      return { ...innocentSteps(conversation), after: thirdStart.promise };
    };
    await using world = await World.make(script);
    const env = { NIGHTJAR_TEST_DEATH: 'call', NIGHTJAR_TEST_DEATH_AT: '1' };
    let starts = 0;
    const start = async (): Promise<void> => {
      starts += 1;
      if (starts === 3) thirdStart.resolve(null);
      await world.startRunner(env, runner.entry);
    };
    await start();
    const connection = await world.connect();
    const innocent = await world.handOff(connection, { spec: spec('Be innocent') });
    await eventually(() => innocentCalls === 1);
    const deadly = await world.handOff(connection, { spec: spec('Be deadly') });
    const isOver = async (): Promise<boolean> => {
      if (world.runner?.isGone === true) await start();
      if (connection.state.kind !== 'connected') return false;
      const ids = [innocent.id, deadly.id];
      return (await Promise.all(ids.map((id) => taskOf(connection, id).then(hasEnded, () => false)))).every(
        Boolean,
      );
    };
    await eventually(isOver);
    const failed = await taskOf(connection, deadly.id);
    assert.deepEqual([failed.status, failed.error?.code], ['failed', 'runnerEndedAgain']);
    assert.match(failed.error?.message ?? '', /^The runner ended 5 times while running echo deadly\.$/);
    assert.deepEqual(
      failed.files.map(({ path }) => path),
      ['kept.txt'],
    );
    assert.equal((await taskOf(connection, innocent.id)).verdict, 'verified');
    assert.equal(starts, startsWanted);
    const { task } = await connection.request('tasks/runAgain', { taskId: deadly.id }, calm);
    assert.notEqual(task.id, deadly.id);
    await connection.request('tasks/stop', { taskId: task.id }, calm);
  });

  it('is not one whose runner was told to end, however often', async () => {
    let calls = 0;
    const steps = byTurn([write('answer.txt', '42\n'), finish]);
    const hanging = 4;
    await using world = await World.make((conversation) =>
      (calls += 1) <= hanging ? { hang: true } : steps(conversation),
    );
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    for (let count = 1; count <= hanging; count += 1) {
      await eventually(() => calls === count);
      await world.runner?.end();
      await world.startRunner();
    }
    await eventually(() => connection.state.kind === 'connected');
    await eventually(async () => hasEnded(await taskOf(connection, id)));
    assert.equal((await taskOf(connection, id)).verdict, 'verified');
    const ends = (await eventsOf(connection, id)).filter(({ type }) => type === 'runnerEnded');
    assert.deepEqual(
      ends.map(({ data }) => data),
      Array(hanging).fill({ inOrder: true }),
    );
  });
});
