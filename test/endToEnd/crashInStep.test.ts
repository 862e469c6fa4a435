// What a death inside of a step costs: a model call is made again, a command is reported, lost files come from the checkpoint.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchResult } from '../../shared/client/fetchResult.ts';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { openRepository } from '../../shared/repository/openRepository.ts';
import type { EventData, EventType } from '../../shared/task/events.ts';
import { interruptedText, workspaceLostText } from '../../runner/tasks/prompts.ts';
import { git } from '../demo/sampleProject.ts';
import { byTurn, type Conversation, type Step } from '../support/scriptedModel.ts';
import { putDyingGit } from './dyingGit.ts';
import { calm, ended, eventsOf, eventually, processesWith, World } from './world.ts';

const finish: Step = { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] };
const write = (path: string, content: string): Step => ({
  calls: [{ name: 'write', arguments: { path, content } }],
});
const run = (command: string): Step => ({ calls: [{ name: 'run', arguments: { command } }] });
const answer = write('answer.txt', '42\n');

const dataOf = async <Type extends EventType>(
  connection: RunnerConnection,
  taskId: string,
  type: Type,
): Promise<EventData<Type>[]> =>
  (await eventsOf(connection, taskId)).flatMap((event) =>
    event.type === type ? [event.data as EventData<Type>] : [],
  );

/** A file of the delivered branch, as the user's repository gets it. */
async function delivered(
  world: World,
  connection: RunnerConnection,
  taskId: string,
  file: string,
): Promise<string> {
  const repository = await openRepository(world.project, calm);
  const { ref } = await fetchResult({ connection, repository, taskId }, calm);
  return git(world.project, ['show', `${ref}:${file}`], calm);
}

describe('a runner that dies in a model call', function () {
  this.timeout(180_000);

  for (const [moment, dying] of [
    ['before the first byte', (kill: () => void): Step => (kill(), { hang: true })],
    // The second piece is late enough not to arrive before the death.
    [
      'in the middle of the answer',
      (kill: () => void): Step => ({ ...answer, chunkDelayMs: 2_000, onPiece: kill }),
    ],
  ] as const) {
    it(`asks the same once more: ${moment}`, async () => {
      let killing: Promise<void> | undefined;
      const kill = (): void => void (killing ??= world.runner?.kill());
      const steps = byTurn([run('echo one'), answer, finish]);
      const script = (conversation: Conversation): Step =>
        killing === undefined && conversation.messages.some(({ role }) => role === 'tool')
          ? dying(kill)
          : steps(conversation);
      await using world: World = await World.make(script);
      await world.startRunner();
      const connection = await world.connect();
      const { id } = await world.handOff(connection);
      await eventually(() => killing !== undefined);
      await killing;
      await world.startRunner();
      await eventually(() => connection.state.kind === 'connected');
      const task = await ended(connection, id);
      assert.deepEqual([task.status, task.verdict], ['readyForReview', 'verified']);
      assert.deepEqual(await dataOf(connection, id, 'interrupted'), [{ step: 'turnStarted' }]);
      const asked = world.model.requests.map(({ body }) => body.messages);
      assert.equal(asked.length, 4);
      assert.deepEqual(asked[2], asked[1]);
      assert.equal(await delivered(world, connection, id, 'answer.txt'), '42\n');
    });
  }
});

describe('a runner that dies in a command', function () {
  this.timeout(180_000);

  it('tells the agent so, with what the command had printed, and does not run it again', async () => {
    const mark = `nightjar-dying-command-${process.pid}`;
    const slow = `echo half done; echo ran >> ran.txt; sleep 60 # ${mark}`;
    await using world = await World.make(byTurn([run(slow), answer, finish]));
    const first = await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection, { checks: [] });
    const logs = join(world.data, 'logs', id);
    await eventually(async () => {
      const [log] = await readdir(logs).catch(() => []);
      return log !== undefined && (await readFile(join(logs, log), 'utf8')).includes('half done');
    });
    await first.kill();
    await world.startRunner();
    await eventually(() => connection.state.kind === 'connected');
    const task = await ended(connection, id);
    for (const line of await processesWith(mark)) process.kill(Number.parseInt(line), 'SIGKILL');
    const [told] = await dataOf(connection, id, 'toolEnded');
    assert.equal(told?.ok, false);
    assert.ok(told.text.startsWith(interruptedText));
    assert.match(told.text, /half done/);
    assert.ok(JSON.stringify(world.model.requests.at(-1)?.body).includes('half done'), 'the agent knows');
    assert.equal(task.status, 'readyForReview');
    assert.equal(await delivered(world, connection, id, 'ran.txt'), 'ran\n');
  });
});

describe('a workspace that is deleted', function () {
  this.timeout(180_000);
  const [first, second] = [write('first.txt', '1\n'), write('second.txt', '2\n')];

  /** Removes `part` of the only workspace. */
  const removeWorkspace = (world: World, part: string): void => {
    const workspaces = join(world.data, 'workspaces');
    for (const id of readdirSync(workspaces)) rmSync(join(workspaces, id, part), { recursive: true });
  };

  const assertWhole = async (world: World, connection: RunnerConnection, taskId: string): Promise<void> => {
    const task = await ended(connection, taskId);
    assert.deepEqual([task.status, task.verdict], ['readyForReview', 'verified']);
    const paths = task.files.map(({ path }) => path);
    assert.deepEqual(paths, ['answer.txt', 'first.txt', 'second.txt']);
    assert.equal(await delivered(world, connection, taskId, 'second.txt'), '2\n');
    assert.equal((await dataOf(connection, taskId, 'workspaceLost')).length, 1);
    const lastWords = JSON.stringify(world.model.requests.at(-1)?.body);
    assert.ok(lastWords.includes(workspaceLostText), 'the agent knows');
  };

  for (const [what, part] of [
    ['all of it', ''],
    ['its files', 'files'],
  ] as const) {
    it(`while the model thinks costs nothing: ${what}`, async () => {
      const steps = byTurn([first, second, answer, finish, finish]);
      let isDeleted = false;
      const script = (conversation: Conversation): Step => {
        const answers = conversation.messages.filter(({ role }) => role === 'tool').length;
        if (answers === 2 && !isDeleted) removeWorkspace(world, part);
        isDeleted ||= answers === 2;
        return steps(conversation);
      };
      await using world: World = await World.make(script);
      await world.startRunner();
      const connection = await world.connect();
      const { id } = await world.handOff(connection);
      await assertWhole(world, connection, id);
    });
  }

  it('by the agent’s own command costs that turn', async () => {
    const suicide = run('rm -rf "$PWD"');
    await using world = await World.make(byTurn([first, second, suicide, answer, finish, finish]));
    // In a sandbox the folder itself can't be removed: there only its files go, which is work like any other.
    await world.configure({ sandbox: { mode: 'off' } });
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    await assertWhole(world, connection, id);
  });

  it('while no runner runs costs nothing that was saved', async () => {
    let killing: Promise<void> | undefined;
    const steps = byTurn([first, second, answer, finish, finish]);
    const script = (conversation: Conversation): Step => {
      const answers = conversation.messages.filter(({ role }) => role === 'tool').length;
      if (answers === 2) killing ??= world.runner?.kill();
      return steps(conversation);
    };
    await using world: World = await World.make(script);
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    await eventually(() => killing !== undefined);
    await killing;
    removeWorkspace(world, '');
    await world.startRunner();
    await eventually(() => connection.state.kind === 'connected');
    await assertWhole(world, connection, id);
  });
});

describe('a runner that dies while it hands out a result', function () {
  this.timeout(180_000);

  for (const side of ['after', 'torn'] as const) {
    it(`hands it out when it is back: ${side === 'after' ? 'bundle made' : 'bundle not made'}`, async () => {
      await using world = await World.make(byTurn([answer, finish]));
      const PATH = await putDyingGit(world.folder, { side, at: 1, command: 'bundle' });
      const first = await world.startRunner({ PATH });
      const connection = await world.connect();
      const { id } = await world.handOff(connection);
      assert.equal((await ended(connection, id)).verdict, 'verified');
      await assert.rejects(delivered(world, connection, id, 'answer.txt'), { code: 'connectionLost' });
      await eventually(() => first.isGone);
      await world.startRunner();
      assert.deepEqual(await readdir(join(world.data, 'uploads')), []);
      const again = await world.connect();
      assert.equal(await delivered(world, again, id, 'answer.txt'), '42\n');
      await eventually(async () => (await readdir(join(world.data, 'uploads'))).length === 0);
    });
  }
});
