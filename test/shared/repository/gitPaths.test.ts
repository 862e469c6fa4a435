// Paths in any encoding survive the way through strings.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodePath, encodePath, splitAtNul } from '../../../shared/repository/gitPaths.ts';

describe('paths of git', () => {
  it('keeps ordinary names as they are', () => {
    assert.equal(decodePath(Buffer.from('naïve/日本/🐦.ts')), 'naïve/日本/🐦.ts');
  });

  it('brings every byte back', () => {
    const bytes = fc.uint8Array({ maxLength: 24 });
    fc.assert(
      fc.property(bytes, (path) =>
        assert.deepEqual(encodePath(decodePath(Buffer.from(path))), Buffer.from(path)),
      ),
    );
  });

  it('splits fields, with and without a last NUL', () => {
    assert.deepEqual(splitAtNul(Buffer.from('a\0\xff\0', 'latin1')), ['a', '\udcff']);
    assert.deepEqual(splitAtNul(Buffer.from('a\0\0b')), ['a', '', 'b']);
    assert.deepEqual(splitAtNul(Buffer.alloc(0)), []);
  });
});
