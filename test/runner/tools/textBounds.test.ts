// Bounds of texts: never too long, never half a character, always saying what is missing.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cutLine, headOf, shortenMiddle, sizeText, tailOf } from '../../../runner/tools/textBounds.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const limit = fc.integer({ min: 0, max: 200 });

describe('bounds of texts', () => {
  it('head and tail fit, are parts of the text, and hold whole characters', () => {
    fc.assert(
      fc.property(text, limit, (whole, maxBytes) => {
        const [head, tail] = [headOf(whole, maxBytes), tailOf(whole, maxBytes)];
        assert.ok(Buffer.byteLength(head) <= maxBytes && Buffer.byteLength(tail) <= maxBytes);
        assert.ok(whole.startsWith(head) && whole.endsWith(tail));
        assert.ok(maxBytes < Buffer.byteLength(whole) || head === whole);
      }),
    );
  });

  it('shortening leaves short texts alone and says what is missing of long ones', () => {
    assert.equal(shortenMiddle('short', { headBytes: 3, tailBytes: 2 }), 'short');
    assert.equal(
      shortenMiddle('abcdefghij', { headBytes: 3, tailBytes: 2 }),
      'abc\n\n[… 5 bytes left out …]\n\nij',
    );
    assert.equal(shortenMiddle('ääää', { headBytes: 3, tailBytes: 3 }), 'ä\n\n[… 4 bytes left out …]\n\nä');
  });

  it('a line is cut between characters', () => {
    assert.equal(cutLine('12345', 5), '12345');
    assert.equal(cutLine('123456', 5), '12345… [1 more characters]');
    assert.equal(cutLine('1😀23', 2), '1… [4 more characters]');
  });

  it('sizes are told in the unit that fits', () => {
    assert.deepEqual([0, 1023, 1024, 10 * 1024 * 1024].map(sizeText), [
      '0 bytes',
      '1023 bytes',
      '1.0 KiB',
      '10.0 MiB',
    ]);
  });
});
