// What a power cut may leave of the event log: the real files, cut or torn at many places, open again with all that was whole.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Fact, TaskEvent } from '../../../shared/task/events.ts';
import { startRunner } from '../../../runner/runner.ts';
import { EventStore } from '../../../runner/store/eventStore.ts';
import { createdData, firstTime } from '../../support/taskFacts.ts';

const name = 'nightjar.sqlite';
const created: Fact = { type: 'taskCreated', data: createdData() };
const stopped: Fact = { type: 'stopped', data: { commit: null, ref: null } };
const message = (length: number): Fact => ({
  type: 'messageReceived',
  data: { messageId: 'message-1', text: 'x'.repeat(length) },
});

describe('an event log that was cut off', () => {
  let root: string;
  let original: string;
  /** The log's events with the size that its write-ahead log had once they were recorded. */
  let written: readonly { readonly events: readonly TaskEvent[]; readonly walBytes: number }[];
  let copies = 0;

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'nightjar-cut-'));
    original = join(root, 'original');
    mkdirSync(original);
    const store = EventStore.open(join(original, name), { path: original, pid: 1 });
    const transactions = [
      [created, stopped],
      ...[10, 9_000, 100, 20_000, 1].map((length) => [message(length), stopped]),
      [message(5_000), message(5_000), stopped],
    ];
    written = transactions.map((facts) => {
      const events = store.append('one', facts, firstTime);
      return { events, walBytes: statSync(join(original, `${name}-wal`)).size };
    });
    // Copied while it is open: as it is on disk when the machine loses its power.
    for (const file of [name, `${name}-wal`]) copyFileSync(join(original, file), join(root, file));
    store[Symbol.dispose]();
  });
  after(() => rmSync(root, { recursive: true }));

  /** A data folder with the log as it was on disk, its write-ahead log changed. */
  function folderWith(change: (wal: string) => void): string {
    const folder = join(root, `copy-${(copies += 1)}`);
    mkdirSync(folder);
    for (const file of [name, `${name}-wal`]) copyFileSync(join(root, file), join(folder, file));
    change(join(folder, `${name}-wal`));
    return folder;
  }

  function eventsIn(folder: string): readonly TaskEvent[] {
    using store = EventStore.open(join(folder, name), { path: folder, pid: 1 });
    const events = store.eventsAfter(0, 1_000);
    // It goes on from there, without a gap or a number given twice.
    const [next] = store.append('one', events.length === 0 ? [created] : [message(1)], firstTime);
    assert.equal(next?.seq, events.length + 1);
    return events;
  }

  const wholeUpTo = (walBytes: number): TaskEvent[] =>
    written.filter((one) => one.walBytes <= walBytes).flatMap(({ events }) => events);

  it('has all that was recorded whole before the cut, and nothing else, wherever it is cut', () => {
    const sizeBytes = statSync(join(root, `${name}-wal`)).size;
    const ends = written.flatMap(({ walBytes }) => [walBytes - 1, walBytes, walBytes + 1]);
    const steps = Array.from({ length: Math.floor(sizeBytes / 1_111) }, (_, index) => index * 1_111);
    const cuts = [...steps, 0, 1, 31, 32, ...ends.filter((end) => end <= sizeBytes)];
    assert.ok(
      new Set(cuts.map((cut) => wholeUpTo(cut).length)).size === written.length + 1,
      'cuts everywhere',
    );
    for (const cut of cuts) {
      const folder = folderWith((wal) => truncateSync(wal, cut));
      assert.deepEqual(eventsIn(folder), wholeUpTo(cut), `cut at ${cut} of ${sizeBytes}`);
    }
  });

  it('has all but the transaction that was half written', () => {
    const last = written.at(-1)!;
    const before = written.at(-2)!.walBytes;
    const earlier = written.slice(0, -1).flatMap(({ events }) => events);
    for (let at = before; at < last.walBytes; at += 500)
      for (const garbage of [0x00, 0xff]) {
        const folder = folderWith((wal) => {
          const bytes = readFileSync(wal);
          bytes.fill(garbage, at);
          writeFileSync(wal, bytes);
        });
        assert.deepEqual(eventsIn(folder), earlier, `torn at ${at} with ${garbage}`);
      }
  });

  it('is what a runner starts from, and goes on with', async () => {
    const cut = written[3]!.walBytes + 777;
    const dataFolder = folderWith((wal) => truncateSync(wal, cut));
    const logStream = new PassThrough();
    const log = text(logStream);
    const options = { dataFolder, host: '127.0.0.1', port: 0, env: {}, logStream, endsWhenIdle: false };
    {
      await using runner = await startRunner(options, new AbortController().signal);
      assert.match(runner.url, /^ws:/);
    }
    logStream.end();
    assert.doesNotMatch(await log, / bug /);
    using store = EventStore.open(join(dataFolder, name), { path: dataFolder, pid: 1 });
    assert.deepEqual(store.eventsAfter(0, 1_000), wholeUpTo(cut));
    assert.equal(store.task('one')?.status, 'stopped');
  });
});
