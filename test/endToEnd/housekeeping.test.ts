// A runner that keeps its house: processes and locks of a killed one, workspaces that give way, and what a doctor says of it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventType } from '../../shared/task/events.ts';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { git } from '../demo/sampleProject.ts';
import { runNightjar } from '../runner/cli/commandRun.ts';
import { byTurn, type Step } from '../support/scriptedModel.ts';
import { calm, ended, eventsOf, eventually, processesWith, taskOf, World } from './world.ts';

const finish: Step = { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] };
const write: Step = { calls: [{ name: 'write', arguments: { path: 'answer.txt', content: '42\n' } }] };
const run = (command: string): Step => ({ calls: [{ name: 'run', arguments: { command } }] });
const ask: Step = { calls: [{ name: 'ask', arguments: { question: 'Which one?', defaultAnswer: 'This.' } }] };

const countOf = async (connection: RunnerConnection, taskId: string, type: EventType): Promise<number> =>
  (await eventsOf(connection, taskId)).filter((event) => event.type === type).length;
const storeOf = (world: World, repositoryId: string): string =>
  join(world.data, 'stores', `${repositoryId}.git`);

describe('a runner after one that was killed', function () {
  this.timeout(180_000);
  const mark = `nightjar-orphan-${process.pid}`;

  it('ends what the commands of that one left running, before a task goes on', async () => {
    const loop = `while :; do date > beat; sleep 0.05; done # ${mark}`;
    const script = [run(`setsid sh -c '${loop}' & sh -c 'trap "" TERM; ${loop}'`), write, finish];
    await using world = await World.make(byTurn(script));
    // In a sandbox they end with the runner.
    await world.configure({ sandbox: { mode: 'off' } });
    const first = await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection, { checks: [] });
    await eventually(async () => (await processesWith(mark)).length >= 2);
    await first.kill();
    assert.ok((await processesWith(mark)).length >= 2, 'they outlive their runner');
    const second = await world.startRunner();
    // The runner is there, and has taken nothing up before they were gone.
    assert.deepEqual(await processesWith(mark), []);
    await eventually(() => connection.state.kind === 'connected');
    assert.equal((await ended(connection, id)).status, 'readyForReview');
    assert.match(second.output.join(''), /the last runner left \d+ processes and 0 locks: ended and removed/);
  });

  it('removes the locks that a git of that one left in the store', async () => {
    await using world = await World.make(byTurn([{ ...write, delayMs: 1_000 }, finish]));
    const first = await world.startRunner();
    const connection = await world.connect();
    const task = await world.handOff(connection, { checks: [] });
    await eventually(async () => (await countOf(connection, task.id, 'turnStarted')) > 0);
    await first.kill();
    const store = storeOf(world, task.repository.id);
    await mkdir(join(store, 'refs/nightjar/tasks'), { recursive: true });
    for (const lock of ['packed-refs.lock', 'HEAD.lock', `refs/nightjar/tasks/${task.id}.lock`])
      await writeFile(join(store, lock), '');
    await world.startRunner();
    assert.equal(existsSync(join(store, 'packed-refs.lock')), false);
    await eventually(() => connection.state.kind === 'connected');
    assert.equal((await ended(connection, task.id)).status, 'readyForReview');
  });
});

describe('a workspace that gave way to the disk budget', function () {
  this.timeout(180_000);

  /** A runner that may keep next to nothing, and a task that gets the answer right and then comes to `script`. */
  async function onTinyBudget(script: readonly Step[]): Promise<World> {
    const world = await World.make(byTurn([...script]));
    await world.configure({ diskGiB: 0.000001 });
    await world.startRunner();
    return world;
  }
  const mend = async (connection: RunnerConnection): Promise<readonly string[]> =>
    (await connection.request('doctor', { mend: true }, calm)).mended;

  it('comes back by itself when the user wants more, with all files and the set-up', async () => {
    const look = run('cat answer.txt; cat made-by-set-up');
    await using world = await onTinyBudget([write, finish, look, finish]);
    await writeFile(join(world.project, '.gitignore'), 'made-by-set-up\n');
    const connection = await world.connect();
    const { id } = await world.handOff(connection, { setUp: 'echo set up > made-by-set-up' });
    await ended(connection, id);
    const workspace = join(world.data, 'workspaces', id);
    assert.ok(existsSync(workspace));
    assert.ok((await mend(connection)).includes(`Put away the workspace of ${id} to save room.`));
    assert.equal(existsSync(workspace), false);
    assert.equal((await taskOf(connection, id)).status, 'readyForReview');
    await connection.request('tasks/reply', { taskId: id, messageId: 'message-1', text: 'And now?' }, calm);
    await eventually(async () => (await countOf(connection, id, 'delivered')) === 2);
    const events = await eventsOf(connection, id);
    const looked = events.findLast((event) => event.type === 'toolEnded' && event.data.name === 'run');
    assert.match(JSON.stringify(looked), /42\\nset up/);
    assert.deepEqual(
      [(await taskOf(connection, id)).verdict, await countOf(connection, id, 'setUpEnded')],
      ['verified', 2],
    );
    assert.equal(await countOf(connection, id, 'workspaceLost'), 0);
  });

  it('comes back with the answer of a person, even after a restart', async () => {
    await using world = await onTinyBudget([{ calls: [...write.calls!, ...ask.calls!] }, finish]);
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    await eventually(async () => (await taskOf(connection, id)).status === 'needsInput');
    assert.ok((await mend(connection)).includes(`Put away the workspace of ${id} to save room.`));
    await world.runner?.end();
    await world.startRunner();
    await eventually(() => connection.state.kind === 'connected');
    const { status, question } = await taskOf(connection, id);
    assert.equal(status, 'needsInput');
    assert.equal(existsSync(join(world.data, 'workspaces', id)), false, 'nobody needs it yet');
    await connection.request(
      'tasks/reply',
      { taskId: id, messageId: 'message-1', text: question!.text },
      calm,
    );
    assert.equal((await ended(connection, id)).verdict, 'verified');
  });
});

describe('what a deleted task leaves', function () {
  this.timeout(180_000);

  it('is nothing: folders and logs go with it, its refs in the next quiet moment', async () => {
    await using world = await World.make(byTurn([write, run('seq 100000'), finish]));
    await world.startRunner();
    const connection = await world.connect();
    const { id, repository } = await world.handOff(connection);
    await ended(connection, id);
    const refs = (): Promise<string> =>
      git(
        storeOf(world, repository.id),
        ['for-each-ref', 'refs/nightjar/turns', 'refs/nightjar/tasks'],
        calm,
      );
    assert.match(await refs(), /refs\/nightjar\/turns\/\S+\/1\n/);
    await connection.request('tasks/delete', { taskId: id }, calm);
    for (const folder of ['workspaces', 'logs', 'checkouts'])
      assert.equal(existsSync(join(world.data, folder, id)), false, folder);
    await eventually(async () => (await refs()) === '');
  });
});

describe('nightjar doctor', function () {
  this.timeout(180_000);

  it('tells what is left over and what each task takes, and mends it', async () => {
    await using world = await World.make(byTurn([write, finish]));
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    await ended(connection, id);
    await mkdir(join(world.data, 'workspaces/some-deleted-task/files'), { recursive: true });
    const env = { PATH: process.env['PATH'] ?? '' };
    const doctor = async (...more: string[]) =>
      runNightjar(['doctor', '--data', world.data, ...more], { env });
    const before = await doctor();
    assert.equal(before.exitCode, 1, before.stdout);
    assert.match(before.stdout, /✖ leftovers {2}workspaces\/some-deleted-task\n.*nightjar doctor --mend/);
    assert.match(before.stdout, new RegExp(`${id} +Ready to review +[\\d.]+ KB +[\\d.]+ K?B +just now`));
    assert.match(before.stdout, /1 store of repositories {2}[\d.]+ KB/);
    const mended = await doctor('--mend', '--json');
    assert.equal(mended.exitCode, 0, mended.stdout);
    assert.deepEqual((JSON.parse(mended.stdout) as { mended: string[] }).mended, [
      'Removed workspaces/some-deleted-task.',
    ]);
    const after = await doctor();
    assert.equal(after.exitCode, 0, after.stdout);
    assert.match(after.stdout, /✔ leftovers {2}none/);
    assert.equal(await readFile(join(world.data, 'workspaces', id, 'files/answer.txt'), 'utf8'), '42\n');
  });
});
