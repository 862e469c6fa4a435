// A machine that went down in the middle of a command: a file that lost its end is never taken for the agent's work.
import assert from 'node:assert/strict';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchResult } from '../../shared/client/fetchResult.ts';
import { openRepository } from '../../shared/repository/openRepository.ts';
import { interruptedText, workspaceLostText } from '../../runner/tasks/prompts.ts';
import { git } from '../demo/sampleProject.ts';
import { byTurn, type Step } from '../support/scriptedModel.ts';
import { calm, ended, eventsOf, eventually, World } from './world.ts';

const call = (name: string, values: object): Step => ({ calls: [{ name, arguments: values }] });
const finish = call('finish', { outcome: 'done', summary: 'Done.' });

describe('a machine that went down in the middle of a command', function () {
  this.timeout(180_000);

  const slow = call('run', { command: 'echo half done; sleep 60' });
  const script = byTurn([call('write', { path: 'answer.txt', content: '42\n' }), slow, finish, finish]);

  /** The file is torn after a checkpoint, while a command runs; the machine has started again or not. */
  async function lifeThroughRestart(world: World, boot: 'another boot' | 'the same boot') {
    const first = await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection, { checks: [] });
    const logs = join(world.data, 'logs', id);
    await eventually(async () => {
      const [log] = await readdir(logs).catch(() => []);
      return log !== undefined && (await readFile(join(logs, log), 'utf8')).includes('half done');
    });
    await first.kill();
    const workspace = join(world.data, 'workspaces', id);
    await truncate(join(workspace, 'files', 'answer.txt'), 0);
    const bootFile = join(workspace, 'boot');
    assert.match(await readFile(bootFile, 'utf8'), /^[\da-f-]+$/i, 'this machine says when it was started');
    if (boot === 'another boot') await writeFile(bootFile, '00000000-0000-0000-0000-000000000000');
    await world.startRunner();
    await eventually(() => connection.state.kind === 'connected');
    await ended(connection, id);
    const events = await eventsOf(connection, id);
    const repository = await openRepository(world.project, calm);
    const { ref } = await fetchResult({ connection, repository, taskId: id }, calm);
    return { events, delivered: await git(world.project, ['show', `${ref}:answer.txt`], calm) };
  }

  it('goes on from the newest checkpoint, and tells the agent of both', async () => {
    await using world = await World.make(script);
    const { events, delivered } = await lifeThroughRestart(world, 'another boot');
    assert.equal(delivered, '42\n');
    const lost = events.filter(({ type }) => type === 'workspaceLost');
    assert.deepEqual(
      lost.map(({ data }) => data),
      [{ reason: 'machineRestarted' }],
    );
    const lastWords = JSON.stringify(world.model.requests.at(-1)?.body);
    assert.ok(lastWords.includes(interruptedText) && lastWords.includes('half done'), 'the cut-off command');
    assert.ok(lastWords.includes(workspaceLostText), 'the files');
  });

  it('would deliver the torn file if nobody looked', async () => {
    await using world = await World.make(script);
    const { events, delivered } = await lifeThroughRestart(world, 'the same boot');
    assert.equal(delivered, '');
    assert.ok(events.every(({ type }) => type !== 'workspaceLost'));
  });
});
