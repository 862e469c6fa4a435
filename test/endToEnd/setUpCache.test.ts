// The set-ups of whole tasks, in the real sandbox: one for many tasks and their checks, and a runner that dies while it keeps one.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import type { EventData } from '../../shared/task/events.ts';
import { runNightjar } from '../runner/cli/commandRun.ts';
import { byTurn, type Step } from '../support/scriptedModel.ts';
import { calm, ended, eventsOf, eventually, World } from './world.ts';

const finish: Step = { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] };
const write = (path: string, content: string): Step => ({
  calls: [{ name: 'write', arguments: { path, content } }],
});
const answer = write('answer.txt', '42\n');

/** Installs, and leaves a different stamp each time that it is run. */
const install = 'mkdir -p node_modules && date +%N > node_modules/stamp && echo installed here';
const check = {
  name: 'answer',
  command: 'node check.js && echo "stamp $(cat node_modules/stamp)"',
  timeoutMs: 60_000,
};
const draft = { setUp: install, checks: [check] };

async function onProject(script: readonly Step[]): Promise<World> {
  const world = await World.make(byTurn([...script]));
  await writeFile(join(world.project, '.gitignore'), 'node_modules\n');
  await writeFile(join(world.project, 'package.json'), '{}\n');
  await writeFile(join(world.project, 'package-lock.json'), '{}\n');
  return world;
}

async function setUpsOf(connection: RunnerConnection, ids: readonly string[]) {
  const all: EventData<'setUpEnded'>[] = [];
  for (const id of ids)
    for (const event of await eventsOf(connection, id)) if (event.type === 'setUpEnded') all.push(event.data);
  return all;
}

/** What the last check of the task saw of the set-up. */
async function stampOf(connection: RunnerConnection, id: string): Promise<string | undefined> {
  const last = (await eventsOf(connection, id)).findLast((event) => event.type === 'checkEnded');
  return last?.type === 'checkEnded' ? /stamp (\d+)/.exec(last.data.tail)?.[1] : undefined;
}

describe('the set-up of several tasks of a repository', function () {
  this.timeout(180_000);

  it('is done once, given to all their workspaces and checkouts, and told by the doctor', async () => {
    await using world = await onProject([answer, finish]);
    await world.startRunner();
    const connection = await world.connect();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await world.handOff(connection, draft)).id);
    for (const id of ids) assert.equal((await ended(connection, id)).verdict, 'verified');
    const setUps = await setUpsOf(connection, ids);
    assert.deepEqual(setUps.map(({ cached = false, exitCode, log }) => [cached, exitCode, log]).toSorted(), [
      [false, 0, 'setup.log'],
      ...Array<unknown>(4).fill([true, 0, null]),
    ]);
    const doctor = await runNightjar(['doctor', '--data', world.data], {
      env: { PATH: process.env['PATH'] ?? '' },
    });
    assert.match(doctor.stdout, /1 set-up kept for other tasks {2}[\d.]+ K?B/);
    assert.match(doctor.stdout, /✔ leftovers {2}none/);
  });

  it('is done by each checkout itself once the agent has changed what it depends on, and by no task from then on', async () => {
    const evil = write('package.json', '{ "scripts": { "postinstall": "./evil" } }\n');
    await using world = await onProject([answer, evil, finish]);
    await world.startRunner();
    const connection = await world.connect();
    const first = await world.handOff(connection, { ...draft, setUp: `npm ci --offline; ${install}` });
    assert.equal((await ended(connection, first.id)).verdict, 'verified');
    const kept = join(world.data, 'setUps', first.repository.id);
    assert.equal((await readdir(kept)).length, 1);
    const second = await world.handOff(connection, { ...draft, setUp: `npm ci --offline; ${install}` });
    await ended(connection, second.id);
    assert.equal((await readdir(kept)).length, 1, 'nothing of the agents is kept');
    const stamps = await Promise.all([first.id, second.id].map((id) => stampOf(connection, id)));
    assert.equal(new Set(stamps).size, 2, 'each has been set up for its check');
    assert.ok(stamps.every((stamp) => stamp !== undefined));
  });
});

describe('a runner that dies while it keeps a set-up', function () {
  this.timeout(180_000);

  it('leaves no half of it, and the task goes on', async () => {
    await using world = await onProject([answer, finish]);
    // Real copying, begun late, so that the runner is surely in the middle of it.
    const slow = join(world.folder, 'slow');
    await mkdir(slow);
    await writeFile(join(slow, 'cp'), '#!/bin/sh\nsleep 2\nexec /bin/cp "$@"\n');
    await chmod(join(slow, 'cp'), 0o755);
    const runner = await world.startRunner({ PATH: `${slow}:${process.env['PATH'] ?? ''}` });
    const connection = await world.connect();
    const { id, repository } = await world.handOff(connection, { ...draft, setUp: `sleep 4; ${install}` });
    const kept = join(world.data, 'setUps', repository.id);
    const unfinished = async () =>
      (await readdir(kept).catch(() => [])).filter((name) => name.includes('.new-'));
    await eventually(async () => (await unfinished()).length === 1);
    await runner.kill();
    assert.equal((await unfinished()).length, 1);
    await world.startRunner();
    await eventually(() => connection.state.kind === 'connected');
    assert.equal((await ended(connection, id)).verdict, 'verified');
    const [setUp, ...more] = await setUpsOf(connection, [id]);
    assert.deepEqual([setUp?.exitCode, setUp?.cached, more.length], [0, undefined, 0]);
    await connection.request('doctor', { mend: true }, calm);
    assert.deepEqual(await unfinished(), []);
    const after = await world.handOff(connection, { ...draft, setUp: `sleep 4; ${install}` });
    await ended(connection, after.id);
    assert.equal((await setUpsOf(connection, [after.id]))[0]?.cached, true);
    assert.ok(existsSync(kept));
  });
});
