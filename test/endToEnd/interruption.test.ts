// What happens when the runner, the client or the user breaks in: kill -9, lost connections, stop at every stage.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventType } from '../../shared/task/events.ts';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { byTurn, type Step } from '../support/scriptedModel.ts';
import { calm, ended, eventsOf, eventually, processesWith, taskOf, World } from './world.ts';

const finish: Step = { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] };
const write: Step = { calls: [{ name: 'write', arguments: { path: 'answer.txt', content: '42\n' } }] };
const run = (command: string): Step => ({ calls: [{ name: 'run', arguments: { command } }] });

const happened = async (connection: RunnerConnection, taskId: string, type: EventType): Promise<void> =>
  eventually(async () => (await eventsOf(connection, taskId)).some((event) => event.type === type));

describe('a runner that is killed', function () {
  this.timeout(180_000);

  for (const [moment, script] of [
    ['modelStarted', [{ ...write, delayMs: 1_500 }, finish]],
    ['toolStarted', [run('sleep 1.5; echo slow'), write, finish]],
  ] as const) {
    it(`goes on after a restart from ${moment === 'toolStarted' ? 'a command' : 'a model call'}`, async () => {
      await using world = await World.make(byTurn([...script]));
      const first = await world.startRunner();
      const connection = await world.connect();
      const { id } = await world.handOff(connection);
      await happened(connection, id, moment === 'toolStarted' ? 'toolStarted' : 'turnStarted');
      await first.kill();
      await world.startRunner();
      await eventually(() => connection.state.kind === 'connected');
      const task = await ended(connection, id);
      assert.deepEqual([task.status, task.verdict], ['readyForReview', 'verified']);
      const types = (await eventsOf(connection, id)).map(({ type }) => type);
      assert.equal(types.filter((type) => type === 'interrupted').length, 1);
      assert.equal(types.filter((type) => type === 'taskCreated').length, 1);
    });
  }

  it('shows all tasks again, and a client misses no event', async () => {
    await using world = await World.make(byTurn([{ ...write, delayMs: 800 }, finish]));
    const first = await world.startRunner();
    const connection = await world.connect();
    const seen: number[] = [];
    connection.watchTasks(
      { snapshot: () => undefined, event: ({ seq }) => void seen.push(seq) },
      { after: 0 },
    );
    const { id } = await world.handOff(connection);
    await happened(connection, id, 'turnStarted');
    await first.kill();
    await world.startRunner();
    await eventually(() => connection.state.kind === 'connected');
    await ended(connection, id);
    const all = (await eventsOf(connection, id)).map(({ seq }) => seq);
    await eventually(() => seen.length >= all.length);
    assert.deepEqual(seen, all);
  });

  it('lets no second runner onto its data folder', async () => {
    await using world = await World.make([]);
    await world.startRunner();
    const second = await world.startRunner().then(
      () => 'started',
      (error: unknown) => String(error),
    );
    assert.match(second, /Another runner already uses the data folder/);
  });
});

describe('stopping', function () {
  this.timeout(180_000);
  const mark = `nightjar-stop-${process.pid}`;

  for (const [stage, wanted, script, changes] of [
    ['the set-up', 'setUpStarted', [finish], { setUp: `sleep 60 # ${mark}` }],
    [
      'the baseline',
      'checkStarted',
      [finish],
      { checks: [{ name: 'slow', command: `sleep 60 # ${mark}`, timeoutMs: 90_000 }] },
    ],
    ['a model call', 'turnStarted', [{ hang: true }], {}],
    ['a command', 'toolStarted', [run(`sleep 60 # ${mark}`)], {}],
  ] as const) {
    it(`in ${stage} ends at once and leaves no process`, async () => {
      await using world = await World.make(byTurn([...script] as Step[]));
      await world.startRunner();
      const connection = await world.connect();
      const { id } = await world.handOff(connection, changes as object);
      await happened(connection, id, wanted);
      const startedAt = performance.now();
      await connection.request('tasks/stop', { taskId: id }, calm);
      const task = await ended(connection, id);
      assert.equal(task.status, 'stopped');
      assert.ok(performance.now() - startedAt < 5_000, 'it took too long');
      assert.deepEqual(await processesWith(mark), []);
    });
  }

  it('in a check keeps the work that was done, on the task’s ref', async () => {
    const slowUnlessWrong = `node check.js && sleep 60 # ${mark}`;
    await using world = await World.make(byTurn([write, finish]));
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection, {
      checks: [{ name: 'slow', command: slowUnlessWrong, timeoutMs: 90_000 }],
    });
    await eventually(async () => (await taskOf(connection, id)).status === 'checking');
    await connection.request('tasks/stop', { taskId: id }, calm);
    const task = await ended(connection, id);
    assert.deepEqual([task.status, task.files.map(({ path }) => path)], ['stopped', ['answer.txt']]);
    assert.equal(task.ref, `refs/nightjar/tasks/${id}`);
    assert.deepEqual(await processesWith(mark), []);
  });

  it('while shipping leaves no task', async () => {
    await using world = await World.make([]);
    await world.startRunner();
    const connection = await world.connect();
    await writeFile(join(world.project, 'big.bin'), Buffer.alloc(4 * 1024 * 1024, 1));
    const { handOff } = await import('../../shared/client/handOff.ts');
    const { openRepository } = await import('../../shared/repository/openRepository.ts');
    const { specFromGoal } = await import('../../shared/spec/parseSpec.ts');
    const { emptyContext } = await import('../../shared/task/context.ts');
    const controller = new AbortController();
    const draft = {
      spec: specFromGoal('Never'),
      context: emptyContext,
      checks: [],
      setUp: null,
      model: null,
      budget: {},
      trailers: null,
      createdBy: 'commandLine' as const,
      skip: [],
    };
    const shipping = handOff(
      {
        connection,
        repository: await openRepository(world.project, calm),
        draft,
        onProgress: ({ step }) => {
          if (step === 'ship') controller.abort();
        },
      },
      controller.signal,
    );
    await assert.rejects(shipping);
    assert.deepEqual((await connection.request('tasks/list', {}, calm)).tasks, []);
  });

  it('deletes a running task with all that belongs to it', async () => {
    await using world = await World.make(byTurn([run(`sleep 60 # ${mark}`)]));
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    await happened(connection, id, 'toolStarted');
    await connection.request('tasks/delete', { taskId: id }, calm);
    assert.deepEqual((await connection.request('tasks/list', {}, calm)).tasks, []);
    assert.deepEqual(await processesWith(mark), []);
    await assert.rejects(taskOf(connection, id), { code: 'taskUnknown' });
  });
});

describe('two clients on one runner', function () {
  this.timeout(180_000);

  it('see the same task, and either may answer its question', async () => {
    const ask: Step = {
      calls: [{ name: 'ask', arguments: { question: 'Which answer?', defaultAnswer: '41' } }],
    };
    await using world = await World.make(byTurn([ask, write, finish]));
    await world.startRunner();
    const one = await world.connect();
    const two = await world.connect();
    const { id } = await world.handOff(one);
    await eventually(async () => (await taskOf(two, id)).status === 'needsInput');
    assert.equal((await taskOf(two, id)).question?.text, 'Which answer?');
    await two.request('tasks/reply', { taskId: id, messageId: 'message-1', text: '42' }, calm);
    assert.equal((await ended(one, id)).verdict, 'verified');
    assert.deepEqual(await taskOf(one, id), await taskOf(two, id));
  });
});
