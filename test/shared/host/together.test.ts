// Two pieces of work side by side: both results, or the first failure once nothing runs any more.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { together } from '../../../shared/host/together.ts';

const calm = new AbortController().signal;

/** Work that goes on until it is told to stop, and takes a turn of the event loop to do so. */
function untilAborted(ended: string[]): (signal: AbortSignal) => Promise<never> {
  return async (signal) => {
    await once(signal, 'abort');
    await new Promise(setImmediate);
    ended.push('the other');
    throw signal.reason;
  };
}

describe('together', () => {
  it('gives both results', async () => {
    const results = await together(
      calm,
      async () => 1,
      async () => 'two',
    );
    assert.deepEqual(results, [1, 'two']);
  });

  it('stops the other work after a failure, and fails once that has ended', async () => {
    const failure = new Error('one failed');
    const failing = async (): Promise<never> => Promise.reject(failure);
    for (const isFirst of [true, false]) {
      const ended: string[] = [];
      const works = [failing, untilAborted(ended)] as const;
      const both = isFirst ? together(calm, works[0], works[1]) : together(calm, works[1], works[0]);
      await assert.rejects(both, failure);
      assert.deepEqual(ended, ['the other']);
    }
  });

  it('stops both when it is told to', async () => {
    const controller = new AbortController();
    const ended: string[] = [];
    const both = together(controller.signal, untilAborted(ended), untilAborted(ended));
    controller.abort(new Error('enough'));
    await assert.rejects(both, /enough/);
    assert.equal(ended.length, 2);
  });
});
