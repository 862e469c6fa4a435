// How wide texts are, and that cut texts fit.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanText, displayWidth, lastLines, truncate } from '../../../../runner/cli/display/displayWidth.ts';

describe('displayWidth', () => {
  const table: readonly (readonly [string, number])[] = [
    ['', 0],
    ['plain', 5],
    ['✔ done', 6],
    ['日本語', 6],
    ['🚀', 2],
    ['👩‍👩‍👧', 2],
    ['e\u0301', 1],
    ['❤️', 2],
    ['\x1b[31mred\x1b[39m', 3],
  ];
  for (const [text, columns] of table) {
    it(`gives ${JSON.stringify(text)} ${columns} columns`, () => assert.equal(displayWidth(text), columns));
  }
});

describe('truncate', () => {
  it('cuts before a wide character that does not fit', () => assert.equal(truncate('日本語', 4), '日…'));
  it('leaves alone what fits', () => assert.equal(truncate('日本語', 6), '日本語'));
  it('never gives more columns than asked for', () => {
    const text = fc.string({ unit: 'grapheme' }).map(cleanText);
    fc.assert(
      fc.property(text, fc.nat(20), (value, columns) => displayWidth(truncate(value, columns)) <= columns),
    );
  });
});

describe('cleanText', () => {
  it('leaves no control character but the line feed', () => {
    const text = fc.array(fc.integer({ min: 0, max: 0xa0 })).map((codes) => String.fromCharCode(...codes));
    fc.assert(fc.property(text, (value) => !/(?!\n)\p{Control}/u.test(cleanText(value))));
  });
});

describe('lastLines', () => {
  it('takes the last lines that say something', () => {
    assert.deepEqual(lastLines('a\n\nb  \nc\n\n', 2), ['b', 'c']);
  });
});
