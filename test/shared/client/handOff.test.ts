// The whole hand-off and the way back: a real repository, a real server, a real store behind it.
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchResult } from '../../../shared/client/fetchResult.ts';
import { handOff, type HandOffDraft, type HandOffProgress } from '../../../shared/client/handOff.ts';
import type { RunnerConnection } from '../../../shared/client/runnerConnection.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import { runProcess } from '../../../shared/host/processes.ts';
import type { HandOff } from '../../../shared/protocol/requests.ts';
import { openRepository, type Repository } from '../../../shared/repository/openRepository.ts';
import { defaultBudget } from '../../../shared/spec/spec.ts';
import { emptyContext } from '../../../shared/task/context.ts';
import { StoreRefs } from '../../../runner/workspaces/storeRefs.ts';
import { createStores, type Stores } from '../../../runner/workspaces/stores.ts';
import { calm, ServerWorld, until } from '../../runner/server/serverWorld.ts';
import { createdData } from '../../support/taskFacts.ts';

const draft: HandOffDraft = {
  spec: createdData().spec,
  context: emptyContext,
  checks: [],
  setUp: null,
  model: null,
  budget: {},
  trailers: null,
  createdBy: 'commandLine',
  skip: [],
  network: { mode: 'off', hosts: [] },
  secrets: ['NPM_TOKEN'],
};

describe('hand-off', () => {
  let folder: string;
  let temporary: string | undefined;
  let world: ServerWorld;
  let stores: Stores;
  let repository: Repository;
  let connection: RunnerConnection;
  let steps: string[];
  let created: HandOff[];
  let deleted: string[];
  /** Runs on the runner while it looks what it has, before it answers. */
  let whileNegotiating: () => Promise<void> | void;
  /** Runs on the runner in the middle of a creation, before it answers. */
  let whileCreating: () => Promise<void> | void;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-hand-off-')));
    // Whatever the client leaves in the folder for temporary files shows here.
    temporary = process.env['TMPDIR'];
    process.env['TMPDIR'] = await mkdtemp(join(folder, 'temporary-'));
    [steps, created, deleted] = [[], [], []];
    whileNegotiating = whileCreating = () => undefined;
    stores = createStores({ dataFolder: join(folder, 'data'), refs: new StoreRefs() });
    world = await startWorld();
    connection = world.connection({ isPersistent: true });
    await connection.connect(calm);
    repository = await makeRepository(join(folder, 'project'));
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
    await rm(folder, { recursive: true, force: true });
  });

  const startWorld = async (): Promise<ServerWorld> =>
    ServerWorld.start({
      handlers: {
        'bundles/negotiate': async ({ repositoryId, candidates }, signal) => {
          await whileNegotiating();
          return { have: await stores.negotiate(repositoryId, candidates, signal) };
        },
        'tasks/create': async (params) => {
          const isNew = !created.some(({ handOffId }) => handOffId === params.handOffId);
          created.push(params);
          if (isNew) createOn(world, params);
          await whileCreating();
          return { task: world.store.task(taskId)! };
        },
        'tasks/delete': async (params) => {
          deleted.push(params.taskId);
          return {};
        },
      },
      transfers: {
        receiveBundle: async (bundle, signal) => stores.receiveBundle(bundle, signal),
        makeResultBundle: async (id, have, file, signal) =>
          stores.makeResultBundle({ repositoryId: repository.id, taskId: id, have, file }, signal),
      },
    });
  const hand = async (signal = calm, onProgress: (progress: HandOffProgress) => void = () => undefined) =>
    handOff(
      {
        connection,
        repository,
        draft,
        onProgress: (progress) => {
          steps.push(progress.step);
          onProgress(progress);
        },
      },
      signal,
    );
  const nothingIsLeft = async (): Promise<void> => {
    assert.equal(await git(repository.root, 'for-each-ref', 'refs/nightjar/'), '');
    const isEmpty = async (): Promise<boolean> =>
      (await world.uploadedFiles()).length === 0 &&
      !(await readdir(process.env['TMPDIR'] ?? '')).some(isOfClient);
    await until(isEmpty, 'no temporary file is left');
    assert.deepEqual(world.bugs, []);
  };

  it('ships the working tree, the second time only what is new', async () => {
    const first = await hand();
    assert.deepEqual([...new Set(steps)], ['snapshot', 'negotiate', 'bundle', 'ship', 'create']);
    assert.equal(first.receipt.isFirst, true);
    assert.equal(first.task.id, taskId);
    assert.deepEqual(created[0]?.snapshot, { commit: first.receipt.snapshot, base: first.receipt.base });
    assert.equal(created[0].repository.branch, 'main');
    assert.deepEqual([created[0].network, created[0].secrets], [{ mode: 'off', hosts: [] }, ['NPM_TOKEN']]);
    assert.deepEqual(await stores.negotiate(repository.id, [first.receipt.snapshot], calm), [
      first.receipt.snapshot,
    ]);
    await writeFile(join(repository.root, 'more.txt'), 'more');
    const second = await hand();
    assert.equal(second.receipt.isFirst, false);
    assert.ok(
      second.receipt.bundleBytes < first.receipt.bundleBytes / 2,
      `${second.receipt.bundleBytes} bytes`,
    );
  });

  for (const step of ['snapshot', 'negotiate', 'bundle', 'ship'] as const) {
    it(`leaves nothing behind when it is cancelled at the step "${step}"`, async () => {
      const controller = new AbortController();
      const cancelled = hand(controller.signal, (progress) => {
        if (progress.step === step) controller.abort(new Error('no, thanks'));
      });
      await assert.rejects(cancelled, /no, thanks/);
      assert.deepEqual(created, []);
      await nothingIsLeft();
    });
  }

  it('leaves nothing behind when it is cancelled while the runner looks what it has', async () => {
    const controller = new AbortController();
    whileNegotiating = () => controller.abort(new Error('no, thanks'));
    await assert.rejects(hand(controller.signal), /no, thanks/);
    assert.deepEqual(created, []);
    await nothingIsLeft();
  });

  it('leaves nothing behind when the runner can’t say what it has', async () => {
    whileNegotiating = async () => Promise.reject(new KnownError('diskFull'));
    await assert.rejects(hand(), { code: 'diskFull' });
    await nothingIsLeft();
  });

  it('takes the task back when it is cancelled while that is created', async () => {
    const controller = new AbortController();
    whileCreating = () => controller.abort(new Error('too late?'));
    await assert.rejects(hand(controller.signal), /too late/);
    assert.deepEqual(deleted, [taskId]);
    await nothingIsLeft();
  });

  it('creates one task where the connection breaks in between', async () => {
    whileCreating = async () => {
      whileCreating = () => undefined;
      // As a broken network would: the creation is done, its answer is lost.
      await world.stopServer();
      await restart();
    };
    const restart = async (): Promise<void> => {
      const { store } = world;
      await world.startServer({
        handlers: {
          'tasks/create': async (params) => {
            created.push(params);
            return { task: store.task(taskId)! };
          },
        },
      });
    };
    const { task } = await hand();
    assert.equal(task.id, taskId);
    assert.equal(created.length, 2);
    assert.equal(created[0]?.handOffId, created[1]?.handOffId);
  });

  it('leaves nothing behind when the runner refuses it', async () => {
    whileCreating = async () => Promise.reject(new KnownError('modelNotConfigured'));
    await assert.rejects(hand(), new KnownError('modelNotConfigured'));
    await nothingIsLeft();
  });

  it('brings the result back, and only once', async () => {
    const { receipt } = await hand();
    const store = join(folder, 'data');
    const commit = await commitOnRunner(store, repository.id, receipt.snapshot);
    world.store.append(taskId, [delivered(commit)], new Date());
    const before = await git(repository.root, 'status', '--porcelain');
    const result = await fetchResult({ connection, repository, taskId }, calm);
    assert.deepEqual(result, { ref: `refs/nightjar/tasks/${taskId}`, commit });
    assert.equal(await git(repository.root, 'show', `${commit}:answer.txt`), '42');
    assert.equal(await git(repository.root, 'status', '--porcelain'), before);
    await rm(join(folder, 'data'), { recursive: true });
    assert.deepEqual(
      await fetchResult({ connection, repository, taskId }, calm),
      result,
      'nothing is asked for again',
    );
  });

  it('brings back a result that changed nothing', async () => {
    const { receipt } = await hand();
    await pointOnRunner(join(folder, 'data'), repository.id, receipt.snapshot);
    world.store.append(taskId, [delivered(receipt.snapshot)], new Date());
    const result = await fetchResult({ connection, repository, taskId }, calm);
    assert.equal(result.commit, receipt.snapshot);
  });

  it('says that there is no result yet', async () => {
    await hand();
    await assert.rejects(
      fetchResult({ connection, repository, taskId }, calm),
      new KnownError('resultMissing', { task: taskId }),
    );
  });
});

const taskId = 'fix-the-answer';

function createOn(world: ServerWorld, { repository, snapshot, spec }: HandOff): void {
  const data = createdData({ repository, snapshot, spec, budget: defaultBudget });
  world.store.append(taskId, [{ type: 'taskCreated', data }], new Date());
}

function delivered(commit: string) {
  const ref = `refs/nightjar/tasks/${taskId}`;
  const data = { commit, ref, verdict: 'verified', reason: 'checksPassed', summary: '' } as const;
  return { type: 'delivered', data } as const;
}

/** What the client makes for its own temporary files; other folders there are the tests'. */
function isOfClient(name: string): boolean {
  return /^nightjar-(?!server-)/.test(name);
}

async function makeRepository(root: string): Promise<Repository> {
  await git(tmpdir(), 'init', '-q', '-b', 'main', root);
  await writeFile(join(root, 'answer.txt'), '41\n');
  await writeFile(join(root, 'large.txt'), Array.from({ length: 3_000 }, () => Math.random()).join('\n'));
  await git(root, 'add', '-A');
  await git(root, 'commit', '-q', '-m', 'A question');
  await appendFile(join(root, 'answer.txt'), 'uncommitted\n');
  await writeFile(join(root, 'untracked.txt'), 'untracked\n');
  return openRepository(root, calm);
}

async function commitOnRunner(dataFolder: string, repositoryId: string, parent: string): Promise<string> {
  const store = await storeOf(dataFolder, repositoryId);
  const blobFile = join(dataFolder, 'blob');
  await writeFile(blobFile, '42\n');
  const blob = await git(store, 'hash-object', '-w', blobFile);
  const index = { GIT_INDEX_FILE: join(dataFolder, 'index') };
  await gitWith(index, store, 'update-index', '--add', '--cacheinfo', `100644,${blob},answer.txt`);
  const tree = await gitWith(index, store, 'write-tree');
  const commit = await git(store, 'commit-tree', '-p', parent, '-m', 'The answer', tree);
  await pointOnRunner(dataFolder, repositoryId, commit);
  return commit;
}

async function pointOnRunner(dataFolder: string, repositoryId: string, commit: string): Promise<void> {
  const store = await storeOf(dataFolder, repositoryId);
  await git(store, 'update-ref', `refs/nightjar/tasks/${taskId}`, commit);
}

async function storeOf(dataFolder: string, repositoryId: string): Promise<string> {
  const found = await readdir(dataFolder, { recursive: true });
  const store = found.find((path) => path.includes(repositoryId));
  assert.ok(store !== undefined, found.join('\n'));
  return join(dataFolder, store);
}

async function git(cwd: string, ...args: string[]): Promise<string> {
  return gitWith({}, cwd, ...args);
}

async function gitWith(
  env: Readonly<Record<string, string>>,
  cwd: string,
  ...args: string[]
): Promise<string> {
  const identity = {
    GIT_AUTHOR_NAME: 'Tests',
    GIT_AUTHOR_EMAIL: 'tests@example.com',
    GIT_COMMITTER_NAME: 'Tests',
    GIT_COMMITTER_EMAIL: 'tests@example.com',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const result = await runProcess({
    file: 'git',
    args,
    cwd,
    env: { PATH: process.env['PATH'], ...identity, ...env },
    signal: calm,
  });
  assert.equal(result.exitCode, 0, result.stderr.toString());
  return result.stdout.toString().trimEnd();
}
