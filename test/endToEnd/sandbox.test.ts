// The sandbox of a runner that is a process of its own: killed with it, refused without it, switched off and on again.
import assert from 'node:assert/strict';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { KnownError } from '../../shared/errors/errors.ts';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { byTurn, type Step } from '../support/scriptedModel.ts';
import { brokersOf } from '../runner/sandbox/brokers.ts';
import { isAlive } from '../runner/sandbox/processes.ts';
import { ensureSandbox } from '../workbench/systemPackages.ts';
import { calm, ended, eventsOf, eventually, processesWith, taskOf, World } from './world.ts';

const finish: Step = { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] };
const write: Step = { calls: [{ name: 'write', arguments: { path: 'answer.txt', content: '42\n' } }] };
const run = (command: string): Step => ({ calls: [{ name: 'run', arguments: { command } }] });
const ask: Step = { calls: [{ name: 'ask', arguments: { question: 'Which?', defaultAnswer: 'This' } }] };
const mark = `nightjar-sandboxed-${process.pid}`;

describe('the sandbox of a runner', function () {
  this.timeout(180_000);
  before(() => ensureSandbox(calm));

  it('ends with a killed runner: the broker, its sockets, the command and what it detached', async () => {
    await using world = await World.make(
      byTurn([run(`setsid sleep 600 & sleep 600 # ${mark}`), write, finish]),
    );
    const runner = await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection, { checks: [] });
    await eventually(async () => (await processesWith(mark)).length > 0);
    const [broker] = brokersOf(runner.pid);
    assert.ok(broker !== undefined && broker.children.length > 0);
    const pids = [broker.pid, ...broker.children];
    await runner.kill();
    await eventually(async () => (await processesWith(mark)).length === 0 && !pids.some(isAlive));
    assert.ok(!existsSync(broker.folder), 'the sockets are gone');
    const next = await world.startRunner();
    await eventually(() => connection.state.kind === 'connected');
    assert.equal((await ended(connection, id)).status, 'readyForReview');
    assert.equal(brokersOf(next.pid).length, 1);
    await next.end();
    assert.deepEqual(await readdir(join(world.data, 'commands')), []);
    assert.ok(!existsSync(dirname(broker.folder)), 'nothing is left in the temporary folder');
  });

  it('refuses work where bubblewrap is missing, ships nothing, and takes it once it is there', async () => {
    await using world = await World.make(byTurn([write, finish]));
    const programs = await programsBut(world, ['bwrap']);
    await world.startRunner({ PATH: programs.path });
    const connection = await world.connect();
    const refused = await world.handOff(connection).catch((error: unknown) => error);
    assert.ok(refused instanceof KnownError && refused.code === 'sandboxUnavailable', String(refused));
    assert.match(refused.message, /bubblewrap is not installed/);
    assert.match(refused.remedy, /install.* bubblewrap$/);
    assert.deepEqual((await connection.request('tasks/list', {}, calm)).tasks, []);
    assert.deepEqual(await readdir(join(world.data, 'stores')).catch(() => []), []);
    assert.deepEqual(await readdir(join(world.data, 'uploads')).catch(() => []), []);
    const { problem } = await connection.request('sandbox/examine', {}, calm);
    assert.match(problem?.command ?? '', /install/);
    await symlink(await found('bwrap'), join(programs.folder, 'bwrap'));
    const { id } = await world.handOff(connection);
    const task = await ended(connection, id);
    assert.deepEqual([task.verdict, task.sandbox], ['verified', 'srt']);
  });

  it('refuses a task of a client that did not ask before', async () => {
    await using world = await World.make(byTurn([write, finish]));
    const programs = await programsBut(world, []);
    await world.startRunner({ PATH: programs.path });
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    await ended(connection, id);
    const created = (await eventsOf(connection, id))[0];
    assert.ok(created?.type === 'taskCreated');
    const { repository, snapshot, spec, context, checks, setUp, trailers, createdBy } = created.data;
    const again = { repository, snapshot, spec, context, checks, setUp, trailers, createdBy };
    const params = { ...again, budget: {}, model: null, handOffId: 'another-hand-off' };
    const { task } = await connection.request('tasks/create', params, calm);
    await ended(connection, task.id);
    await world.runner?.end();
    await rm(join(programs.folder, 'bwrap'));
    await world.startRunner({ PATH: programs.path });
    await eventually(() => connection.state.kind === 'connected');
    const asked = connection.request('tasks/create', { ...params, handOffId: 'a-third-hand-off' }, calm);
    await assert.rejects(asked, { code: 'sandboxUnavailable' });
    assert.equal((await connection.request('tasks/list', {}, calm)).tasks.length, 2);
  });

  it('is none where it was switched off, and the task says so', async () => {
    await using world = await World.make(
      byTurn([run(`cat ${join('..', '..', '..', 'config.yaml')}`), write, finish]),
    );
    await world.configure({ sandbox: { mode: 'off', registries: [] } });
    const programs = await programsBut(world, ['bwrap', 'socat', 'rg']);
    await world.startRunner({ PATH: programs.path });
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    const task = await ended(connection, id);
    assert.deepEqual([task.verdict, task.sandbox], ['verified', 'none']);
    // What a sandbox would have kept it from.
    assert.ok((await toolText(connection, id)).includes('registries'));
  });

  for (const [first, then, told] of [
    ['required', 'off', 'none'],
    ['off', 'required', 'srt'],
  ] as const) {
    it(`of another kind is told in a task that goes on under it: ${first}, then ${then}`, async () => {
      await using world = await World.make(byTurn([ask, write, finish]));
      await world.configure({ sandbox: { mode: first, registries: [] } });
      const runner = await world.startRunner();
      const connection = await world.connect();
      const { id } = await world.handOff(connection);
      await eventually(async () => (await taskOf(connection, id)).status === 'needsInput');
      await runner.end();
      await world.configure({ sandbox: { mode: then, registries: [] } });
      await world.startRunner();
      await eventually(() => connection.state.kind === 'connected');
      await connection.request('tasks/reply', { taskId: id, messageId: 'message-1', text: 'This' }, calm);
      const task = await ended(connection, id);
      assert.deepEqual([task.verdict, task.sandbox], ['verified', told]);
      const changes = (await eventsOf(connection, id)).filter(({ type }) => type === 'sandboxChanged');
      assert.deepEqual(
        changes.map(({ data }) => data),
        [{ sandbox: told }],
      );
    });
  }
});

async function toolText(connection: RunnerConnection, taskId: string): Promise<string> {
  const events = await eventsOf(connection, taskId);
  return events.map((event) => (event.type === 'toolEnded' ? event.data.text : '')).join('\n');
}

interface Programs {
  readonly folder: string;
  readonly path: string;
}

/** A PATH that has all but some programs: a folder of links stands for the folders that have these. */
async function programsBut(world: World, missing: readonly string[]): Promise<Programs> {
  const folder = join(world.folder, 'programs');
  await mkdir(folder);
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((path) => path !== '');
  const isLinked = (path: string): boolean =>
    ['bwrap', 'socat', 'rg'].some((name) => existsSync(join(path, name)));
  for (const path of folders.filter(isLinked))
    for (const name of await readdir(path))
      if (!missing.includes(name)) await symlink(join(path, name), join(folder, name)).catch(() => undefined);
  return { folder, path: [folder, ...folders.filter((path) => !isLinked(path))].join(delimiter) };
}

async function found(program: string): Promise<string> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const folder = folders.find((path) => path !== '' && existsSync(join(path, program)));
  return join(folder ?? '/', program);
}
