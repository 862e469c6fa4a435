// Jobs beside each other: never more than there are workers, in order, all settled before the pool is.
import assert from 'node:assert/strict';
import { runInPool } from './pool.ts';

/** Jobs that end when they are told to. */
class HeldJobs {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<string>>();

  readonly run = (job: string): Promise<string> => {
    this.begun.push(job);
    const end = Promise.withResolvers<string>();
    this.#ends.set(job, end);
    return end.promise;
  };

  async pass(job: string): Promise<void> {
    this.#ends.get(job)?.resolve(`${job} done`);
    await turn();
  }

  async fail(job: string): Promise<void> {
    this.#ends.get(job)?.reject(new Error(job));
    await turn();
  }
}

/** Lets all that can go on go on. */
async function turn(): Promise<void> {
  await new Promise(setImmediate);
}

describe('a pool', () => {
  it('begins the next job where one has ended, in order, and gives results in order', async () => {
    const held = new HeldJobs();
    const all = runInPool(['a', 'b', 'c', 'd'], 2, held.run);
    assert.deepEqual(held.begun, ['a', 'b']);
    await held.pass('b');
    assert.deepEqual(held.begun, ['a', 'b', 'c']);
    await held.pass('c');
    assert.deepEqual(held.begun, ['a', 'b', 'c', 'd']);
    await held.pass('d');
    await held.pass('a');
    assert.deepEqual(await all, ['a done', 'b done', 'c done', 'd done']);
  });

  it('has nothing to do without jobs, and more workers than jobs', async () => {
    assert.deepEqual(await runInPool([], 3, () => Promise.resolve(1)), []);
    assert.deepEqual(await runInPool(['a'], 3, (job) => Promise.resolve(job)), ['a']);
  });

  it('begins nothing more after a job that rejects, and rejects once the others have settled', async () => {
    const held = new HeldJobs();
    let isSettled = false;
    const all = runInPool(['a', 'b', 'c'], 2, held.run).finally(() => (isSettled = true));
    const rejected = assert.rejects(all, /^Error: a$/);
    await held.fail('a');
    assert.deepEqual([held.begun, isSettled], [['a', 'b'], false]);
    await held.pass('b');
    await rejected;
    assert.deepEqual(held.begun, ['a', 'b']);
  });
});
