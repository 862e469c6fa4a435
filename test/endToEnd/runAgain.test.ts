// A task that is run again: with what a person has allowed since, and from a turn of the first with that one's files.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { byTurn, type ScriptedCall } from '../support/scriptedModel.ts';
import { calm, ended, World } from './world.ts';

const write = (path: string): ScriptedCall => ({ name: 'write', arguments: { path, content: `${path}\n` } });
const script = byTurn([
  { calls: [write('first.txt')] },
  { calls: [write('second.txt')] },
  { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] },
]);

describe('a task that is run again', function () {
  this.timeout(180_000);

  it('keeps the hosts that a person has allowed', async () => {
    await using world = await World.make(script);
    await world.startRunner();
    const connection = await world.connect();
    const network = { mode: 'hosts' as const, hosts: ['api.example.com'] };
    const { id: taskId } = await ended(
      connection,
      (await world.handOff(connection, { checks: [], network })).id,
    );
    await connection.request('tasks/allow', { taskId, hosts: ['more.example.com'] }, calm);
    const { task } = await connection.request('tasks/runAgain', { taskId }, calm);
    const hosts = ['api.example.com', 'more.example.com'];
    assert.deepEqual(task.network, { mode: 'hosts', hosts });
    await ended(connection, task.id);
  });

  it('has the files of the turn that it goes on from, and needs the first task no longer', async () => {
    await using world = await World.make(script);
    await world.startRunner();
    const connection = await world.connect();
    const first = await ended(connection, (await world.handOff(connection, { checks: [] })).id);
    assert.deepEqual(namesOf(first), ['first.txt', 'second.txt']);
    const { task } = await connection.request('tasks/runAgain', { taskId: first.id, fromTurn: 1 }, calm);
    await connection.request('tasks/delete', { taskId: first.id }, calm);
    const again = await ended(connection, task.id);
    assert.deepEqual(namesOf(again), ['first.txt', 'second.txt']);
    assert.ok(existsSync(join(world.data, 'workspaces', again.id, 'files', 'first.txt')));
  });
});

function namesOf({ files }: { readonly files: readonly { readonly path: string }[] }): string[] {
  return files.map(({ path }) => path).filter((path) => /^(first|second)\.txt$/.test(path));
}
