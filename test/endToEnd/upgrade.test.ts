// Data folders across versions: an older one is taken over with all its tasks, a newer one is refused untouched.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, renameSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { runProcess } from '../../shared/host/processes.ts';
import { eventVersion } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { git } from '../demo/sampleProject.ts';
import { titles, upgradeScript, wantedAnswer } from '../fixtures/dataFolders/tasks.ts';
import type { Conversation, Step } from '../support/scriptedModel.ts';
import { calm, ended, eventsOf, World } from './world.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'dataFolders');
const archives = (await readdir(fixtures)).filter((name) => name.endsWith('.tgz'));

async function unpack(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700, recursive: true });
  const args = ['-xzf', join(fixtures, archive), '-C', folder];
  const { exitCode, stderr } = await runProcess({ file: 'tar', args, env: process.env, signal: calm });
  assert.equal(exitCode, 0, stderr.toString());
}

/** What the older version's tasks say, and for all others a word to end with. */
function script(conversation: Conversation): Step {
  const isOlder = Object.values(titles).some((title) =>
    JSON.stringify(conversation.messages).includes(title),
  );
  return isOlder ? upgradeScript(conversation) : { say: 'Nothing to do.' };
}

async function taskNamed(connection: RunnerConnection, title: string): Promise<Task> {
  const { tasks } = await connection.request('tasks/list', {}, calm);
  const task = tasks.find((one) => one.title === title);
  assert.ok(task !== undefined, `${title} is shown`);
  return task;
}

const fileOf = async ({ data }: World, { repository, ref }: Task, file: string): Promise<string> =>
  git(join(data, 'stores', `${repository.id}.git`), ['show', `${ref ?? ''}:${file}`], calm);

describe('a data folder of an earlier version', function () {
  this.timeout(180_000);

  it('is kept for every version there was', () => {
    const numbers = archives.map((name) => Number(/^v(\d+)\.tgz$/.exec(name)?.[1])).toSorted((a, b) => a - b);
    assert.deepEqual(
      numbers.filter((number) => number < eventVersion),
      Array.from({ length: eventVersion - 1 }, (_, index) => index + 1),
    );
  });

  for (const archive of archives) {
    describe(archive, () => {
      let world: World;
      let connection: RunnerConnection;

      before(async () => {
        world = await World.make(script);
        await unpack(archive, world.data);
        await world.startRunner();
        connection = await world.connect();
      });
      after(async () => world[Symbol.asyncDispose]());

      it('shows what was finished, with its branch', async () => {
        const task = await taskNamed(connection, titles.finished);
        assert.deepEqual([task.status, task.verdict, task.turns], ['readyForReview', 'verified', 2]);
        assert.equal(await fileOf(world, task, 'answer.txt'), '42\n');
        const { patch } = await connection.request('tasks/diff', { taskId: task.id }, calm);
        assert.match(patch, /-41\n\+42/);
        assert.ok((await eventsOf(connection, task.id)).every(({ version }) => version === eventVersion));
      });

      it('goes on with the answer that was waited for', async () => {
        const { id, status, question } = await taskNamed(connection, titles.waiting);
        assert.deepEqual([status, question?.text], ['needsInput', 'Which answer?']);
        const reply = { taskId: id, messageId: 'message-1', text: wantedAnswer };
        await connection.request('tasks/reply', reply, calm);
        const task = await ended(connection, id);
        assert.deepEqual([task.status, task.verdict], ['readyForReview', 'verified']);
        assert.equal(await fileOf(world, task, 'answer.txt'), '42\n');
      });

      it('ends what was cut off, on top of what had been committed', async () => {
        const { id } = await taskNamed(connection, titles.cutOff);
        const task = await ended(connection, id);
        assert.deepEqual([task.status, task.verdict, task.rounds], ['readyForReview', 'verified', 2]);
        const files = task.files.map(({ path }) => path);
        assert.deepEqual(files, ['answer.txt', 'kept.md', 'notes.md']);
        assert.equal(await fileOf(world, task, 'answer.txt'), '42\n');
        assert.equal(await fileOf(world, task, 'kept.md'), 'From the first round.\n');
      });

      it('takes new tasks', async () => {
        const task = await ended(connection, (await world.handOff(connection, { checks: [] })).id);
        assert.equal(task.status, 'readyForReview');
        assert.equal((await connection.request('tasks/list', {}, calm)).tasks.length, 4);
      });
    });
  }
});

describe('a data folder of a later version', function () {
  this.timeout(180_000);

  for (const [what, name] of [
    ['whose database is newer', 'storeVersion'],
    ['whose events are newer', 'eventVersion'],
  ] as const) {
    for (const ending of ['ended', 'was killed'] as const) {
      it(`is refused and left as it is, byte by byte: ${what}, of a runner that ${ending}`, async () => {
        await using world = await World.make(script);
        const later = await world.startRunner();
        const connection = await world.connect();
        await ended(connection, (await world.handOff(connection, { checks: [] })).id);
        await later.end();
        raise(join(world.data, 'nightjar.sqlite'), name, ending === 'was killed');
        const before = await hashesIn(world.data);
        const refusal = await world.startRunner().then(
          () => 'it started',
          (error: unknown) => String(error),
        );
        assert.match(refusal, /was written by a newer Nightjar \(version \d+, this one knows \d+\)/);
        assert.match(refusal, /Update Nightjar/);
        assert.deepEqual(await hashesIn(world.data), before);
        assert.equal([...before.keys()].includes('nightjar.sqlite-wal'), ending === 'was killed');
      });
    }
  }
});

/** Makes the log one of a version that is one higher, closed in good order or left by a runner that was killed. */
function raise(file: string, name: string, isKilled: boolean): void {
  const database = new DatabaseSync(file);
  database.prepare('UPDATE meta SET value = value + 1 WHERE name = ?').run(name);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO meta VALUES ('laterOn', 'something more')");
  const parts = isKilled ? [file, `${file}-wal`] : [];
  for (const part of parts) copyFileSync(part, `${part}.kept`);
  database.close();
  for (const part of parts) renameSync(`${part}.kept`, part);
}

/** Name and SHA-256 of every file. */
async function hashesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashes = files.toSorted().map(async (file) => {
    const hash = createHash('sha256').update(await readFile(file));
    return [file.slice(folder.length + 1), hash.digest('hex')] as const;
  });
  return new Map(await Promise.all(hashes));
}
