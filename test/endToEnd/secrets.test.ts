// A task that comes upon secrets: nothing that the runner keeps, shows or tells the model holds one.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasEnded } from '../../shared/task/hasEnded.ts';
import { joined, madeUp } from '../shared/secrets/plantedSecrets.ts';
import { byTurn } from '../support/scriptedModel.ts';
import { calm, World } from './world.ts';
import { keptBeneath } from './keptBeneath.ts';

const key = `key-${madeUp('url', 40)}`;
const token = joined(`gh|p_${madeUp('word', 36)}`);

describe('a task that comes upon secrets', () => {
  it('leaves them out of events, logs, live output and the conversation', async () => {
    let told = '';
    const script = byTurn([
      {
        say: `I try ${key}.`,
        calls: [
          { name: 'read', arguments: { path: 'settings.txt' } },
          { name: 'run', arguments: { command: 'for i in $(seq 2000); do tail -n 1 settings.txt; done' } },
        ],
      },
      { calls: [{ name: 'write', arguments: { path: 'answer.txt', content: '42\n' } }] },
      {
        calls: [
          {
            name: 'finish',
            arguments: { outcome: 'done', summary: `Used ${token}.`, commitMessage: `Use ${token}` },
          },
        ],
      },
    ]);
    await using world = await World.make((conversation) => {
      told += JSON.stringify(conversation.messages);
      return script(conversation);
    });
    await writeFile(join(world.project, 'settings.txt'), `model: ${key}\nforge: ${token}\n`);
    await world.startRunner({ OPENAI_API_KEY: key });
    await using connection = await world.connect();
    const { id: taskId } = await world.handOff(connection);
    let live = '';
    connection.followOutput(taskId, ({ text }) => {
      live += text;
    });
    const task = await ended(async () => (await connection.request('tasks/get', { taskId }, calm)).task);
    assert.equal(task.status, 'readyForReview');
    const events = JSON.stringify(
      await connection.request('events/list', { taskId, after: 0, limit: 500 }, calm),
    );
    const kept = await keptBeneath(world.data, ['nightjar.sqlite', 'nightjar.sqlite-wal', 'logs']);
    for (const [name, text] of Object.entries({ told, events, live, kept })) {
      assert.ok(text.includes('[secret: GitHub token]'), `${name} has come upon it`);
      assert.ok(!text.includes(token), `${name} shows the token`);
      assert.ok(!text.includes(key), `${name} shows the key`);
    }
    assert.ok(told.includes('[secret: model key]'));
    // The control: the agent's workspace does hold both.
    const files = await keptBeneath(world.data, ['workspaces']);
    assert.ok(files.includes(token) && files.includes(key));
  });
});

async function ended<T extends Parameters<typeof hasEnded>[0]>(look: () => Promise<T>): Promise<T> {
  const until = Date.now() + 60_000;
  for (;;) {
    const task = await look();
    if (hasEnded(task) || Date.now() > until) return task;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
