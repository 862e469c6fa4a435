// One at a time for a key, in order, and nobody waits in vain.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeyedLock } from '../../../runner/host/keyedLock.ts';

const { signal } = new AbortController();

describe('KeyedLock', () => {
  it('lets one in at a time, in order, failures included, and other keys beside', async () => {
    const lock = new KeyedLock();
    const seen: string[] = [];
    const enter = (key: string, name: string) =>
      lock.hold(key, signal, async () => {
        seen.push(`${name} in`);
        await sleep(10);
        seen.push(`${name} out`);
        if (name === 'a') throw new Error('a fails');
      });
    const results = await Promise.allSettled([enter('x', 'a'), enter('x', 'b'), enter('x', 'c')]);
    assert.deepEqual(seen, ['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
    assert.deepEqual(
      results.map((result) => result.status),
      ['rejected', 'fulfilled', 'fulfilled'],
    );
    const held = Promise.withResolvers<undefined>();
    const first = lock.hold('x', signal, () => held.promise);
    await lock.hold('y', signal, async () => undefined);
    held.resolve(undefined);
    await first;
  });

  it('lets those who give up go at once, and the next one still waits for the first', async () => {
    const lock = new KeyedLock();
    const held = Promise.withResolvers<undefined>();
    const controller = new AbortController();
    let isThirdIn = false;
    const first = lock.hold('x', signal, () => held.promise);
    const second = lock.hold('x', controller.signal, async () => assert.fail('was given up'));
    const third = lock.hold('x', signal, async () => {
      isThirdIn = true;
    });
    controller.abort();
    await assert.rejects(second, { name: 'AbortError' });
    await sleep(10);
    assert.equal(isThirdIn, false);
    held.resolve(undefined);
    await Promise.all([first, third]);
    assert.equal(isThirdIn, true);
  });
});
