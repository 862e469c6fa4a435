// Images of criteria: how large they would be drawn, by files that real programs wrote, and what the panel says of each.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import {
  readingOf,
  shownImages,
  type ImageReading,
  type KnownImages,
} from '../../../extension/model/criterionImages.ts';
import { imageSizeOf } from '../../../extension/model/imageSize.ts';
import type { JudgedCriterion } from '../../../shared/task/proof.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'images');
const png = readFileSync(join(fixtures, 'plain.png'));

/** The beginning of a PNG that says so of itself. */
function pngOf(width: number, height: number): Uint8Array {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

describe('an image’s size', () => {
  for (const name of readdirSync(fixtures)) {
    const bytes = readFileSync(join(fixtures, name));
    it(`is read from ${name}`, () => {
      assert.deepEqual(imageSizeOf(bytes), { width: 300, height: 200 });
    });

    it(`is not guessed from a beginning of ${name}`, () => {
      for (let length = 0; length < 10; length += 1)
        assert.equal(imageSizeOf(bytes.subarray(0, length)), null, `${length} bytes`);
    });
  }

  it('is none of other files, of nothing, or of what has no width', () => {
    const others = [
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'RIFF\0\0\0\0WEBPnone'.padEnd(64),
      '%PDF-1.7',
    ];
    for (const text of others) assert.equal(imageSizeOf(Buffer.from(text)), null, text);
    assert.equal(imageSizeOf(Buffer.from('ffd8ffffff', 'hex')), null);
    assert.equal(imageSizeOf(Buffer.from(`ffd800${'00'.repeat(20)}`, 'hex')), null);
    assert.equal(imageSizeOf(pngOf(0, 3)), null);
  });
});

describe('an image of a criterion', () => {
  const none: JudgedCriterion = {
    ...{ text: 'The page looks right', state: 'toJudge', boundBy: 'spec', command: 'npm run shot' },
    detail: 'Its image was made.',
  };
  const alone = { ...none, image: 'after.png' };
  const criterion = { ...alone, imageBefore: 'before.png' };
  const known = (reading: ImageReading): KnownImages => ({
    reading: () => reading,
    addressOf: (name) => `https://panel/${name}`,
  });

  it('is drawn unless it is too large in bytes or in pixels, which a few bytes can say', () => {
    assert.deepEqual(readingOf(png, png.length), { state: 'drawable', width: 300, height: 200 });
    const large = 9 * 1024 * 1024;
    assert.deepEqual(readingOf(png, large), { state: 'tooLarge', sizeBytes: large });
    // Such a file is small: deflate makes a thousandth of what is all alike.
    assert.ok(deflateSync(Buffer.alloc(1_000_000)).length < 2_000);
    assert.deepEqual(readingOf(pngOf(60_000, 60_000), 500_000), { state: 'tooLarge', sizeBytes: 500_000 });
    assert.deepEqual(readingOf(pngOf(1_280, 20_000), 500_000).state, 'drawable');
    assert.deepEqual(readingOf(new Uint8Array(), 0), { state: 'missing' });
    assert.deepEqual(readingOf(Buffer.from('text'), 4), { state: 'unreadable' });
  });

  it('stands beside the one of before, and says which it is to who does not see it', () => {
    const images = shownImages(criterion, known({ state: 'drawable', width: 3, height: 2 }));
    assert.deepEqual(
      images.map(({ name, label, description }) => [name, label, description]),
      [
        ['before.png', 'Before', 'The page looks right, before the change'],
        ['after.png', 'After', 'The page looks right, after the change'],
      ],
    );
    assert.deepEqual(images[1]?.drawing, { address: 'https://panel/after.png', width: 3, height: 2 });
    const [single] = shownImages(alone, known({ state: 'loading' }));
    assert.deepEqual(
      [single?.label, single?.description, single?.words],
      ['', 'The page looks right', 'Loading the image…'],
    );
  });

  it('is not there where none was made, or where nobody can ask for one', () => {
    assert.deepEqual(shownImages(none, known({ state: 'loading' })), []);
    assert.deepEqual(shownImages(criterion, undefined), []);
  });

  it('says why it is not drawn, and can be opened by itself where it is only too large', () => {
    const states = ['loading', 'missing', 'unreadable', 'unreachable'] as const;
    const readings: ImageReading[] = [
      ...states.map((state) => ({ state })),
      { state: 'tooLarge', sizeBytes: 9_437_184 },
    ];
    const shown = readings.map((reading) => shownImages(alone, known(reading))[0]!);
    assert.deepEqual(
      shown.map(({ drawing, canOpen }) => [drawing, canOpen]),
      [...states.map(() => [null, false]), [null, true]],
    );
    assert.equal(new Set(shown.map(({ words }) => words)).size, shown.length);
    assert.equal(shown.at(-1)?.words, 'Too large to be shown here (9.0 MB).');
  });
});
