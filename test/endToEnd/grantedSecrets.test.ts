// Variables that the user grants to a task: in the environment of its commands, masked wherever they are shown, and no keys.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { readRunnerRecord } from '../../shared/client/runnerRecord.ts';
import { KnownError } from '../../shared/errors/errors.ts';
import type { RequestParams } from '../../shared/protocol/requests.ts';
import { byTurn, type Step } from '../support/scriptedModel.ts';
import { ensureSandbox } from '../workbench/systemPackages.ts';
import { calm, ended, eventsOf, World } from './world.ts';
import { keptBeneath } from './keptBeneath.ts';

const secret = 'a-value-that-nobody-must-see';
const environment = {
  REGISTRY_PASSWORD: secret,
  OTHER_PASSWORD: 'another-value-not-granted',
  GITHUB_TOKEN: 'made-up-forge-key-1',
  ANTHROPIC_API_KEY: 'made-up-model-key-1',
  MODEL_KEY_BY_ANOTHER_NAME: 'scripted-key',
};

const run = (command: string): Step => ({ calls: [{ name: 'run', arguments: { command } }] });
const steps: readonly Step[] = [
  run('env; [ ${#REGISTRY_PASSWORD} = 28 ] && echo it has the value'),
  run('printf %s "$REGISTRY_PASSWORD" | base64'),
  run('echo "$REGISTRY_PASSWORD" > kept.txt'),
  { calls: [{ name: 'read', arguments: { path: 'kept.txt' } }] },
  run('rm kept.txt'),
  { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] },
];

describe('variables granted to a task', function () {
  this.timeout(180_000);
  let world: World;
  let told = '';
  before(async () => {
    await ensureSandbox(calm);
    const script = byTurn([...steps]);
    world = await World.make((conversation) => {
      told += JSON.stringify(conversation.messages);
      return script(conversation);
    });
    await world.startRunner(environment);
  });
  after(() => world[Symbol.asyncDispose]());

  /** A hand-off of what the runner has already, with variables. */
  async function paramsWith(secrets: readonly string[]): Promise<RequestParams<'tasks/create'>> {
    const connection = await world.connect();
    const { tasks } = await connection.request('tasks/list', {}, calm);
    const { id } = tasks[0] ?? (await world.handOff(connection));
    await ended(connection, id);
    const created = (await eventsOf(connection, id))[0];
    assert.ok(created?.type === 'taskCreated');
    const { repository, snapshot, spec, context, checks, setUp, trailers, createdBy } = created.data;
    const again = { repository, snapshot, spec, context, checks, setUp, trailers, createdBy };
    return { ...again, budget: {}, model: null, handOffId: randomUUID(), secrets: [...secrets] };
  }

  it('are in the environment of its commands, and nowhere to be read', async () => {
    const connection = await world.connect();
    const params = await paramsWith(['REGISTRY_PASSWORD']);
    let live = '';
    const { task } = await connection.request('tasks/create', params, calm);
    connection.followOutput(task.id, ({ text }) => {
      live += text;
    });
    told = '';
    await ended(connection, task.id);
    const events = JSON.stringify(await eventsOf(connection, task.id));
    const kept = await keptBeneath(world.data, ['nightjar.sqlite', 'nightjar.sqlite-wal', 'logs']);
    const record = await readFile(join(world.data, 'runner.log'), 'utf8').catch(() => '');
    for (const [name, text] of Object.entries({ told, events, live, kept, record })) {
      assert.ok(!text.includes(secret), `${name} shows it`);
      assert.ok(!text.includes(Buffer.from(secret).toString('base64')), `${name} shows it in another form`);
      assert.ok(!text.includes('another-value-not-granted'), `${name} has one that was not granted`);
    }
    const printed = await printedOf(connection, task.id);
    assert.match(printed, /it has the value/, 'it was there');
    for (const [name, text] of Object.entries({ told, printed, live }))
      assert.ok(text.includes('[secret: REGISTRY_PASSWORD]'), `${name} tells that it was there`);
  });

  it('are not there without being granted', async () => {
    const connection = await world.connect();
    const { task } = await connection.request('tasks/create', await paramsWith([]), calm);
    await ended(connection, task.id);
    const printed = await printedOf(connection, task.id);
    assert.ok(printed.includes('NIGHTJAR=1'), 'the environment was printed');
    assert.doesNotMatch(printed, /it has the value|REGISTRY_PASSWORD=/);
  });

  for (const [name, why] of [
    ['GITHUB_TOKEN', /key of a model or of a forge/],
    ['ANTHROPIC_API_KEY', /key of a model or of a forge/],
    ['OPENAI_API_KEY', /key of a model or of a forge/],
    ['MODEL_KEY_BY_ANOTHER_NAME', /key of a model or of a forge/],
    ['gitlab_token', /key of a model or of a forge/],
    ['NIGHTJAR_MODEL', /key of a model or of a forge/],
    ['NOT_SET_ANYWHERE', /not set/],
  ] as const) {
    it(`are never ${name}`, async () => {
      const connection = await world.connect();
      const asked = connection.request('tasks/create', await paramsWith([name]), calm);
      await assert.rejects(asked, (error: unknown) => {
        assert.ok(error instanceof KnownError && error.code === 'secretNotGranted');
        assert.match(error.message, why);
        return true;
      });
    });
  }

  it('are granted by those who run the runner alone', async () => {
    const admin = await world.connect();
    // Every holder has stores of their own, so the second is refused for what it has not shipped.
    for (const [scope, code] of [
      ['work', 'secretNotGranted'],
      ['admin', 'bundleCorrupted'],
    ] as const) {
      const { token } = await admin.request('tokens/create', { name: `of-${scope}`, scope }, calm);
      await using connection = await connectedWith(world, token);
      const params = await paramsWith(['REGISTRY_PASSWORD']);
      await assert.rejects(connection.request('tasks/create', params, calm), { code });
    }
  });
});

/** What the tools of a task answered. */
async function printedOf(connection: RunnerConnection, taskId: string): Promise<string> {
  const events = await eventsOf(connection, taskId);
  return events.map((event) => (event.type === 'toolEnded' ? event.data.text : '')).join('\n');
}

async function connectedWith(world: World, token: string): Promise<RunnerConnection> {
  const record = await readRunnerRecord(world.data);
  const connection = new RunnerConnection({
    resolveAddress: async () => ({ url: record?.url ?? '', token }),
    clientName: 'test',
    clientVersion: '0',
    isPersistent: false,
  });
  await connection.connect(calm);
  return connection;
}
