// How numbers are shown.
import assert from 'node:assert/strict';
import * as formatting from '../../../extension/model/formatting.ts';

const minuteMs = 60_000;

describe('formatting', () => {
  it('shows elapsed time as coarsely as a row needs', () => {
    const shown = [30_000, 12 * minuteMs, 185 * minuteMs, 120 * minuteMs, 52 * 60 * minuteMs].map(
      formatting.formatElapsed,
    );
    assert.deepEqual(shown, ['<1m', '12m', '3h 5m', '2h', '2d 4h']);
  });

  it('shows how long a command took', () => {
    assert.deepEqual([400, 12_300, 200_000].map(formatting.formatDuration), ['0.4s', '12s', '3m 20s']);
  });

  it('shows cost, also a tiny one and one that is not known', () => {
    assert.deepEqual([0, 0.004, 0.42, null].map(formatting.formatCost), [
      '$0.00',
      '<$0.01',
      '$0.42',
      'cost not known',
    ]);
  });

  it('shows sizes', () => {
    assert.deepEqual([512, 3_482, 12 * 1024 ** 2].map(formatting.formatSize), ['512 B', '3.4 KB', '12 MB']);
  });

  it('cuts a text to one line', () => {
    assert.equal(formatting.formatOneLine(' a\n b ', 10), 'a b');
    assert.equal(formatting.formatOneLine('abcdefgh', 5), 'abcd…');
  });
});
