// Several people on one runner with TLS: tokens from its command line, hand-offs of one repository, stores of their own.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, chmod, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { handOff } from '../../shared/client/handOff.ts';
import { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { readRunnerRecord } from '../../shared/client/runnerRecord.ts';
import { openRepository, type Repository } from '../../shared/repository/openRepository.ts';
import { specFromGoal } from '../../shared/spec/parseSpec.ts';
import { emptyContext } from '../../shared/task/context.ts';
import type { Task } from '../../shared/task/task.ts';
import type { TaskObject } from '../../runner/cli/taskObject.ts';
import { startRunner, type Runner } from '../../runner/runner.ts';
import { createSampleProject, git } from '../demo/sampleProject.ts';
import { startScriptedModel, type ScriptedModel } from '../support/scriptedModel.ts';
import { runNightjar, type CommandRun } from './cli/commandRun.ts';
import { calm, until } from './server/serverWorld.ts';

const finish = {
  name: 'finish',
  arguments: { outcome: 'done', summary: 'Nothing to do.', commitMessage: 'Do nothing' },
};
const run = { name: 'run', arguments: { command: 'seq 20000' } };

describe('a runner with several owners', function () {
  this.timeout(60_000);
  let folder: string;
  let data: string;
  let model: ScriptedModel;
  let runner: Runner;
  let repository: Repository;
  const connections: RunnerConnection[] = [];
  const tokens = new Map<string, string>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-owners-'));
    data = join(folder, 'data');
    // As an earlier version may have left it.
    await mkdir(data);
    await writeFile(join(data, 'config.yaml'), 'tls: true\n');
    await chmod(data, 0o755);
    await chmod(join(data, 'config.yaml'), 0o644);
    await createSampleProject(join(folder, 'project'), calm);
    repository = await openRepository(join(folder, 'project'), calm);
    model = await startScriptedModel({
      script: ({ messages }) => ({ calls: [messages.some(({ role }) => role === 'tool') ? finish : run] }),
    });
    runner = await startRunner(
      {
        ...{ dataFolder: data, host: '127.0.0.1', port: 0, endsWhenIdle: false },
        env: { PATH: process.env['PATH'], OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'key' },
        logStream: new Writable({ write: (_chunk, _encoding, done) => done() }),
      },
      calm,
    );
    for (const name of ['alice', 'bob']) {
      const { stdout, stderr, exitCode } = await ownerSays('token', 'create', name, '--scope', 'work');
      assert.deepEqual([exitCode, stderr], [0, '']);
      tokens.set(name, stdout.trim());
    }
  });
  after(async () => {
    for (const connection of connections) await connection[Symbol.asyncDispose]();
    await runner[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** On the machine of the runner, by its record. */
  const ownerSays = async (...args: string[]): Promise<CommandRun> =>
    runNightjar([...args, '--data', data], { cwd: repository.root });
  /** From elsewhere, with a token of one's own. */
  const says = async (name: string, ...args: string[]): Promise<CommandRun> =>
    runNightjar([...args, '--runner', `${runner.url}#fingerprint=${runner.fingerprint ?? ''}`], {
      cwd: repository.root,
      env: { NIGHTJAR_TOKEN: tokens.get(name) ?? '', PATH: process.env['PATH'] ?? '' },
    });
  const connect = async (token: string): Promise<RunnerConnection> => {
    const connection = new RunnerConnection({
      resolveAddress: async () => ({ url: runner.url, fingerprint: runner.fingerprint, token }),
      ...{ clientName: 'tests', clientVersion: '0', isPersistent: false },
    });
    connections.push(connection);
    await connection.connect(calm);
    return connection;
  };
  const shipAs = async (
    connection: RunnerConnection,
    goal: string,
  ): Promise<{ task: Task; isFirst: boolean }> => {
    const draft = { spec: specFromGoal(goal), context: emptyContext, checks: [], setUp: null, model: null };
    const rest = { budget: {}, trailers: null, createdBy: 'commandLine', skip: [] } as const;
    const onProgress = (): void => undefined;
    const { task, receipt } = await handOff(
      { connection, repository, draft: { ...draft, ...rest }, onProgress },
      calm,
    );
    await until(async () => {
      const { status } = (await connection.request('tasks/get', { taskId: task.id }, calm)).task;
      return status === 'readyForReview';
    }, `${goal} is ready`);
    return { task, isFirst: receipt.isFirst };
  };

  it('keeps what one has shipped of a repository from the others', async () => {
    const [alice, bob] = [await connect(tokens.get('alice') ?? ''), await connect(tokens.get('bob') ?? '')];
    const owner = await connect(runner.token);
    const ofAlice = await shipAs(alice, 'Alice’s work');
    assert.deepEqual([ofAlice.task.owner, ofAlice.isFirst], ['alice', true]);
    assert.equal((await shipAs(alice, 'More of Alice’s work')).isFirst, false, 'her own store has it');
    const head = await git(repository.root, ['rev-parse', 'HEAD'], calm);
    const has = async (connection: RunnerConnection): Promise<number> => {
      const params = { repositoryId: repository.id, candidates: [head.trim()] };
      return (await connection.request('bundles/negotiate', params, calm)).have.length;
    };
    assert.deepEqual([await has(alice), await has(bob), await has(owner)], [1, 0, 0]);
    assert.equal((await shipAs(bob, 'Bob’s work')).isFirst, true);
    assert.equal((await shipAs(owner, 'The owner’s work')).task.owner, undefined);
    assert.deepEqual((await readdir(join(data, 'stores'))).sort(), [
      `${repository.id}-alice.git`,
      `${repository.id}-bob.git`,
      `${repository.id}.git`,
    ]);
    // A task on the snapshot of another is none.
    const created = await createdOf(alice, ofAlice.task.id);
    await assert.rejects(
      bob.request(
        'tasks/create',
        { ...created, snapshot: { ...created.snapshot, commit: '1'.repeat(40) }, handOffId: 'one-of-bob' },
        calm,
      ),
      /not in the store/,
    );
  });

  it('shows each their own, and brings it home', async () => {
    const list = async (run: Promise<CommandRun>): Promise<string[]> =>
      (JSON.parse((await run).stdout) as TaskObject[]).map(({ title }) => title).sort();
    const ofAlice = ['Alice’s work', 'More of Alice’s work'];
    assert.deepEqual(await list(says('alice', 'list', '--json')), ofAlice);
    assert.deepEqual(await list(says('bob', 'list', '--json')), ['Bob’s work']);
    assert.equal((await list(ownerSays('list', '--json'))).length, 4);
    assert.match((await ownerSays('list')).stdout, /Bob’s work.*bob: unverified/);
    assert.deepEqual(await says('bob', 'show', 'alice'), {
      exitCode: 2,
      stdout: '',
      stderr: 'error: There is no task alice.\n       List the tasks with "nightjar list".\n',
    });
    assert.equal((await says('alice', 'diff', 'alice-s-work')).exitCode, 0);
    const [log] = await readdir(join(data, 'logs', await idOf('alice-s-work')));
    assert.ok(log !== undefined, 'the command left a log');
  });

  it('lets others have what is shared with them', async () => {
    assert.equal(
      (await says('alice', 'share', 'alice-s-work')).stdout.trim(),
      '✔ Shared with everybody on this runner',
    );
    const shown = JSON.parse((await says('bob', 'show', 'alice-s-work', '--json')).stdout) as TaskObject;
    assert.deepEqual([shown.owner, shown.isShared], ['alice', true]);
    assert.equal((await says('bob', 'diff', 'alice-s-work')).exitCode, 0);
    const refused = await says('bob', 'share', 'alice-s-work', '--stop');
    assert.match(refused.stderr, /shared with you, but belongs to alice/);
    const again = await says('bob', 'again', 'alice-s-work', '--json');
    const { owner, isShared } = JSON.parse(again.stdout) as TaskObject;
    assert.deepEqual([owner, isShared], ['alice', true], 'it stays in the same hands');
    assert.equal((await says('alice', 'share', 'alice-s-work', '--stop')).exitCode, 2, 'two tasks begin so');
    assert.equal((await says('alice', 'share', await idOf('alice-s-work'), '--stop')).exitCode, 0);
    assert.equal((await says('bob', 'show', await idOf('alice-s-work'))).exitCode, 2);
  });

  it('keeps everything in its data folder to itself', async function () {
    assert.equal((await readRunnerRecord(data))?.fingerprint, runner.fingerprint);
    if (process.platform === 'win32') return;
    const modeOf = async (...path: string[]): Promise<number> =>
      (await stat(join(data, ...path))).mode & 0o777;
    assert.equal(await modeOf(), 0o700);
    const names = await readdir(data, { withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map(({ name }) => name);
    for (const name of [
      'nightjar.sqlite',
      'nightjar.sqlite-wal',
      'runner.json',
      'token',
      'tokens.json',
      'config.yaml',
    ])
      assert.ok(files.includes(name), name);
    for (const name of files) assert.equal(await modeOf(name), 0o600, name);
    const logs = await readdir(join(data, 'logs'), { recursive: true, withFileTypes: true });
    assert.ok(
      logs.some((entry) => entry.isFile()),
      'there is a log',
    );
    for (const entry of logs) {
      const mode = (await stat(join(entry.parentPath, entry.name))).mode & 0o777;
      assert.equal(mode, entry.isFile() ? 0o600 : 0o700, entry.name);
    }
    for (const token of tokens.values())
      for (const name of files)
        assert.ok(!(await readFile(join(data, name))).includes(token), `a token is in ${name}`);
  });

  it('refuses whoever’s token was taken back', async () => {
    assert.match((await ownerSays('token', 'list')).stdout, /alice {2}work.*\n.*bob {4}work/);
    assert.equal((await says('bob', 'token', 'revoke', 'alice')).exitCode, 1, 'not for everybody');
    assert.equal((await ownerSays('token', 'revoke', 'alice')).exitCode, 0);
    const { exitCode, stderr } = await says('alice', 'list');
    assert.equal(exitCode, 3);
    assert.match(stderr, /it was revoked/);
    assert.equal((await says('bob', 'list')).exitCode, 0);
  });

  async function idOf(start: string): Promise<string> {
    const tasks = JSON.parse((await ownerSays('list', '--json')).stdout) as TaskObject[];
    const ids = tasks.filter(({ id }) => id.startsWith(start)).map(({ id }) => id);
    return ids.at(-1) ?? '';
  }

  async function createdOf(connection: RunnerConnection, taskId: string) {
    const { events } = await connection.request('events/list', { taskId, after: 0, limit: 1 }, calm);
    const [first] = events;
    if (first?.type !== 'taskCreated') throw new Error('The first event is another one.');
    const { spec, repository, snapshot, context, checks, setUp, model, budget, trailers, createdBy } =
      first.data;
    return {
      spec,
      repository,
      snapshot,
      context,
      checks,
      setUp,
      model,
      budget,
      trailers,
      createdBy,
    };
  }
});
