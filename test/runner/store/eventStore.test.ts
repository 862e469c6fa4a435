// The event log against real sqlite files: order, reopening, one holder, versions, a damaged file, a full disk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KnownError } from '../../../shared/errors/errors.ts';
import type { Fact } from '../../../shared/task/events.ts';
import { EventStore } from '../../../runner/store/eventStore.ts';
import { createdData, firstTime } from '../../support/taskFacts.ts';

const created: Fact = { type: 'taskCreated', data: createdData() };
const message = (text: string): Fact => ({ type: 'messageReceived', data: { messageId: 'message-1', text } });
const codeOf = (code: string) => (error: unknown) => error instanceof KnownError && error.code === code;

describe('event store', () => {
  let folder: string;
  let file: string;
  const open = (): EventStore => EventStore.open(file, { path: folder, pid: 42 });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nightjar-store-'));
    file = path.join(folder, 'nightjar.sqlite');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives every event its place, and the same tasks again after it was closed', () => {
    const store = open();
    store.append('one', [created, message('a')], firstTime);
    store.append('two', [created], firstTime);
    const before = store.snapshot();
    const { runnerId } = store;
    store[Symbol.dispose]();
    using again = open();
    assert.deepEqual(again.snapshot(), before);
    assert.equal(again.runnerId, runnerId);
    assert.deepEqual(
      again.eventsAfter(0, 10).map(({ seq, taskId }) => [seq, taskId]),
      [
        [1, 'one'],
        [2, 'one'],
        [3, 'two'],
      ],
    );
    assert.deepEqual(
      again.eventsOf('one', 1).map(({ type }) => type),
      ['messageReceived'],
    );
    assert.deepEqual(
      again.eventsAfter(1, 1).map(({ seq }) => seq),
      [2],
    );
  });

  it('has an event on disk before it tells of it', () => {
    using store = open();
    let seenOnDisk: readonly unknown[] = [];
    store.onAppend(() => {
      seenOnDisk = store.eventsAfter(0, 10);
    });
    store.append('one', [created], firstTime);
    assert.equal(seenOnDisk.length, 1);
  });

  it('records several facts wholly or not at all', () => {
    using store = open();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    assert.throws(() =>
      store.append('one', [created, { type: 'prepared', data: circular } as unknown as Fact], firstTime),
    );
    assert.deepEqual(store.eventsAfter(0, 10), []);
    assert.deepEqual(store.snapshot(), { seq: 0, tasks: [] });
  });

  it('keeps only the deletion of a deleted task', () => {
    using store = open();
    store.append('one', [created, message('a')], firstTime);
    store.append('one', [{ type: 'deleted', data: { spentTodayUsd: 0 } }], firstTime);
    store.forget('one');
    assert.deepEqual(
      store.eventsAfter(0, 10).map(({ type }) => type),
      ['deleted'],
    );
    assert.deepEqual(store.tasks(), []);
  });

  it('is held by one at a time, and by the next as soon as it is let go', () => {
    const store = open();
    assert.throws(open, codeOf('runnerBusy'));
    store[Symbol.dispose]();
    open()[Symbol.dispose]();
  });

  it('refuses a file of a newer version and leaves it as it is', () => {
    open()[Symbol.dispose]();
    const newer = new DatabaseSync(file);
    newer.exec("UPDATE meta SET value = '99' WHERE name = 'storeVersion'");
    newer.close();
    assert.throws(open, codeOf('dataFolderNewer'));
  });

  it('names a damaged file instead of guessing', () => {
    writeFileSync(file, 'this is no database, and never was one'.repeat(100));
    assert.throws(open, codeOf('storeDamaged'));
  });

  it('says that the disk is full, loses nothing, and goes on when there is room', function () {
    // A small disk of its own can only be had as root on Linux, which is what CI is.
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder]);
    try {
      const store = open();
      const filler = message('x'.repeat(60_000));
      store.append('one', [created], firstTime);
      assert.throws(() => {
        for (let count = 0; count < 50; count += 1) store.append('one', [filler], firstTime);
      }, codeOf('diskFull'));
      const kept = store.eventsAfter(0, 100).length;
      execFileSync('mount', ['-o', 'remount,size=4m', folder]);
      store.append('one', [message('room again')], firstTime);
      store[Symbol.dispose]();
      using again = open();
      assert.equal(again.eventsAfter(0, 100).length, kept + 1);
      assert.equal(again.snapshot().tasks.length, 1);
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});
