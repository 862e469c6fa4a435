// What the store of tasks keeps, orders and announces.
import assert from 'node:assert/strict';
import { TaskStore } from '../../../extension/model/taskStore.ts';
import { createdData, eventsFrom, noReservation } from '../../support/taskFacts.ts';
import { taskIn } from './madeUpTasks.ts';

const [created, started, deleted] = eventsFrom([
  { type: 'taskCreated', data: createdData() },
  { type: 'turnStarted', data: { turn: 1, round: 1, ...noReservation } },
  { type: 'deleted', data: { spentTodayUsd: 0 } },
]) as [never, never, never];

describe('the store of tasks', () => {
  let store: TaskStore;
  let announced: string[][];

  beforeEach(() => {
    store = new TaskStore();
    announced = [];
    store.onChange((ids) => announced.push([...ids].sort()));
  });

  it('folds events into tasks', () => {
    store.apply(created);
    store.apply(started);
    assert.equal(store.get('fix-the-cart-1')?.status, 'working');
    assert.deepEqual(announced, [['fix-the-cart-1'], ['fix-the-cart-1']]);
  });

  it('knows the place of each waiting task, and announces those whose place may have changed', () => {
    store.snapshot(['one', 'two', 'three'].map((id) => taskIn('queued', { id })));
    announced.length = 0;
    const entry = (taskId: string, position: number) => ({ taskId, position, reason: 'because' });
    store.setQueue({ waiting: [entry('one', 1), entry('two', 2), entry('unknown', 3)], total: 3 });
    assert.deepEqual(store.placeOf('two'), { place: '2nd of 3', reason: 'because' });
    assert.equal(store.placeOf('three'), null);
    store.setQueue({ waiting: [entry('two', 1)], total: 1 });
    assert.deepEqual(announced, [
      ['one', 'two'],
      ['one', 'two'],
    ]);
    store.setQueue({ waiting: [], total: 0 });
    assert.equal(store.placeOf('two'), null);
  });

  it('announces nothing for an event that it contains already', () => {
    store.apply(created);
    store.apply(started);
    store.apply(started);
    assert.equal(announced.length, 2);
  });

  it('forgets a deleted task, and stays calm about later events of it', () => {
    store.apply(created);
    store.apply(deleted);
    store.apply(started);
    assert.equal(store.get('fix-the-cart-1'), undefined);
    assert.equal(announced.length, 2);
  });

  it('replaces all by a snapshot and names what came and what went', () => {
    store.snapshot([taskIn('queued', { id: 'old' })]);
    store.snapshot([taskIn('queued', { id: 'new' })]);
    assert.deepEqual(
      store.all().map(({ id }) => id),
      ['new'],
    );
    assert.deepEqual(announced, [['old'], ['new', 'old']]);
  });

  it('announces nothing where an empty snapshot meets an empty store', () => {
    store.snapshot([]);
    assert.deepEqual(announced, []);
  });

  it('lists the newest hand-off first', () => {
    store.snapshot([
      taskIn('queued', { id: 'a', createdAt: '2026-01-01T00:00:00.000Z' }),
      taskIn('queued', { id: 'b', createdAt: '2026-01-02T00:00:00.000Z' }),
    ]);
    assert.deepEqual(
      store.all().map(({ id }) => id),
      ['b', 'a'],
    );
  });

  it('tells a listener nothing more once it has left', () => {
    const heard: unknown[] = [];
    store.onChange((ids) => heard.push(ids))();
    store.apply(created);
    assert.deepEqual(heard, []);
  });
});
