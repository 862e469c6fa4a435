// What a power cut would take: nothing that an event names. The disk itself can't be cut here, so it is what gets flushed that counts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventStore } from '../../runner/store/eventStore.ts';
import { git } from '../demo/sampleProject.ts';
import { byTurn, type Step } from '../support/scriptedModel.ts';
import { calm, ended, World } from './world.ts';

const write: Step = { calls: [{ name: 'write', arguments: { path: 'answer.txt', content: '42\n' } }] };
const finish: Step = { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] };

interface TraceLine {
  readonly sid: string;
  readonly event: string;
  readonly argv?: readonly string[];
  readonly category?: string;
  readonly key?: string;
}

/** Puts a `git` into `folder` that writes down what it flushes; returns the PATH that begins with it. */
async function putTracingGit(folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const real = execFileSync('which', ['git']).toString().trim();
  const script = `#!/bin/sh\nGIT_TRACE2_EVENT='${traceIn(folder)}' exec '${real}' "$@"\n`;
  await writeFile(join(bin, 'git'), script);
  await chmod(join(bin, 'git'), 0o755);
  return `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
}

function traceIn(folder: string): string {
  return join(folder, 'git-trace');
}

/** For each call of git its command and arguments without settings, and whether it flushed anything. */
async function flushesIn(folder: string): Promise<{ readonly call: string; readonly isFlushed: boolean }[]> {
  const lines = (await readFile(traceIn(folder), 'utf8')).trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as TraceLine);
  const flushed = new Set(events.filter(({ key }) => key === 'fsync/hardware-flush').map(({ sid }) => sid));
  return events
    .filter(({ event, sid }) => event === 'start' && !sid.includes('/'))
    .map(({ sid, argv = [] }) => ({ call: withoutSettings(argv.slice(1)), isFlushed: flushed.has(sid) }));
}

function withoutSettings(args: readonly string[]): string {
  const first = args.findIndex((arg, index) => arg !== '-c' && args[index - 1] !== '-c');
  return args.slice(first).join(' ');
}

describe('on the disk before an event tells of it', function () {
  this.timeout(180_000);

  it('is every commit, every ref, every pack that a task stands on', async () => {
    await using world = await World.make(byTurn([write, finish]));
    await world.startRunner({ PATH: await putTracingGit(world.folder) });
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    assert.equal((await ended(connection, id)).verdict, 'verified');
    // What is said once more changes nothing, so there is nothing to flush.
    const calls = (await flushesIn(world.folder)).filter(
      ({ call }, index, all) => all.findIndex((other) => other.call === call) === index,
    );
    for (const lasting of [/^commit-tree/, /^update-ref refs\//, /^index-pack/]) {
      const found = calls.filter(({ call }) => lasting.test(call));
      assert.ok(found.length > 0, `no call of ${lasting}`);
      assert.deepEqual(
        found.filter(({ isFlushed }) => !isFlushed),
        [],
      );
    }
    const adding = calls.filter(({ call }) => call.startsWith('add'));
    assert.ok(adding[0]?.isFlushed === true, 'the files of the first checkpoint');
  });

  it('would not be what git writes by itself', async () => {
    await using world = await World.make([]);
    const PATH = await putTracingGit(world.folder);
    const env = { ...process.env, PATH, GIT_CONFIG_GLOBAL: '/dev/null' };
    execFileSync('git', ['update-ref', 'refs/heads/other', 'HEAD'], { cwd: world.project, env });
    assert.deepEqual(await flushesIn(world.folder), [
      { call: 'update-ref refs/heads/other HEAD', isFlushed: false },
    ]);
    assert.equal((await git(world.project, ['rev-parse', 'other'], calm)).length, 41);
  });

  it('is the event itself', async () => {
    await using world = await World.make([]);
    const opened: DatabaseSync[] = [];
    const exec: (this: DatabaseSync, sql: string) => void = Reflect.get(DatabaseSync.prototype, 'exec');
    DatabaseSync.prototype.exec = function (sql) {
      opened.push(this);
      exec.call(this, sql);
    };
    try {
      using store = EventStore.open(join(world.folder, 'events.sqlite'), { path: world.folder, pid: 1 });
      assert.deepEqual(store.tasks(), []);
      const settings = ['journal_mode', 'synchronous'].map((name) =>
        opened[0]?.prepare(`PRAGMA ${name}`).get(),
      );
      // 2 is FULL: each commit waits for the disk. Source: https://www.sqlite.org/pragma.html#pragma_synchronous
      assert.deepEqual(
        settings.map((row) => ({ ...row })),
        [{ journal_mode: 'wal' }, { synchronous: 2 }],
      );
    } finally {
      DatabaseSync.prototype.exec = exec;
    }
  });
});
