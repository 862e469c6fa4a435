// What users get wrong and machines run out of: a clear error each time, and nothing lost.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError } from '../../shared/errors/errors.ts';
import type { ErrorCode } from '../../shared/errors/catalogue.ts';
import { byTurn, startScriptedModel } from '../support/scriptedModel.ts';
import { calm, ended, eventsOf, World } from './world.ts';

const finish = { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] };
const codeOf = (code: ErrorCode) => (error: unknown) =>
  error instanceof KnownError && error.code === code && error.remedy !== '';

describe('a model that can’t be used', function () {
  this.timeout(180_000);

  it('is named at hand-off when none is configured', async () => {
    await using world = await World.make([]);
    await world.startRunner({ OPENAI_API_KEY: '', OPENAI_BASE_URL: '' });
    await assert.rejects(world.handOff(await world.connect()), codeOf('modelNotConfigured'));
  });

  it('fails the task with what to do when the key is refused, and the work can go on later', async () => {
    await using world = await World.make(byTurn([finish]));
    await using strict = await startScriptedModel({ script: [], requiredKey: 'another-key' });
    await world.startRunner({ OPENAI_BASE_URL: strict.url });
    const connection = await world.connect();
    const task = await ended(connection, (await world.handOff(connection)).id);
    assert.deepEqual([task.status, task.error?.code], ['failed', 'modelKeyRefused']);
    assert.match(task.error?.remedy ?? '', /OPENAI_API_KEY/);
    const log = JSON.stringify(await eventsOf(connection, task.id)) + (world.runner?.output.join('') ?? '');
    assert.equal(log.includes('scripted-key'), false);
  });

  it('fails the task when the endpoint lacks the model', async () => {
    await using world = await World.make([]);
    await using small = await startScriptedModel({ script: [], knownModels: ['tiny'] });
    await world.startRunner({ OPENAI_BASE_URL: small.url });
    const connection = await world.connect();
    const task = await ended(connection, (await world.handOff(connection)).id);
    assert.deepEqual([task.status, task.error?.code], ['failed', 'modelUnknown']);
    assert.match(task.error?.message ?? '', /nightjar-scripted/);
  });

  it('is asked again after 429 and 500, visibly', async () => {
    await using world = await World.make(byTurn([[{ fail: 429, headers: { 'retry-after': '0' } }, finish]]));
    await world.startRunner();
    const connection = await world.connect();
    const task = await ended(connection, (await world.handOff(connection, { checks: [] })).id);
    assert.equal(task.status, 'readyForReview');
    assert.equal(
      (await eventsOf(connection, task.id)).filter(({ type }) => type === 'modelRetried').length,
      1,
    );
  });
});

describe('checks and set-up that can’t run', function () {
  this.timeout(180_000);

  it('names a check’s missing command', async () => {
    await using world = await World.make(byTurn([finish]));
    await world.startRunner();
    const connection = await world.connect();
    const checks = [{ name: 'lint', command: 'no-such-linter .', timeoutMs: 60_000 }];
    const task = await ended(
      connection,
      (await world.handOff(connection, { checks, budget: { rounds: 1 } })).id,
    );
    assert.deepEqual([task.status, task.verdict, task.checks[0]?.exitCode], ['failed', 'failed', 127]);
    const result = (await eventsOf(connection, task.id)).findLast((event) => event.type === 'checkEnded');
    assert.equal(result?.type, 'checkEnded');
    assert.match(result.data.problems[0]?.message ?? '', /no-such-linter/);
  });

  it('fails before any model call when the set-up fails', async () => {
    await using world = await World.make([]);
    await world.startRunner();
    const connection = await world.connect();
    const task = await ended(
      connection,
      (await world.handOff(connection, { setUp: 'echo no registry; exit 3' })).id,
    );
    assert.deepEqual(
      [task.status, task.error?.code, world.model.requests.length],
      ['failed', 'setUpFailed', 0],
    );
  });
});

describe('a runner without room', function () {
  this.timeout(180_000);

  it('refuses a shipment with a clear error, keeps its tasks, and takes it once there is room', async function () {
    // A small disk of its own can only be had as root on Linux, which is what CI is.
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
    await using world = await World.make(byTurn([finish]));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', world.data]);
    try {
      await world.configure({});
      await world.startRunner();
      const connection = await world.connect();
      const first = await ended(connection, (await world.handOff(connection, { checks: [] })).id);
      assert.equal(first.status, 'readyForReview');
      await writeFile(join(world.project, 'noise.bin'), randomBytes(8 * 1024 * 1024));
      await assert.rejects(world.handOff(connection, { checks: [] }), codeOf('diskFull'));
      assert.equal((await connection.request('tasks/list', {}, calm)).tasks.length, 1);
      execFileSync('mount', ['-o', 'remount,size=200m', world.data]);
      const second = await ended(connection, (await world.handOff(connection, { checks: [] })).id);
      assert.equal(second.status, 'readyForReview');
    } finally {
      await world.runner?.end();
      execFileSync('umount', ['-l', world.data]);
    }
  });
});
