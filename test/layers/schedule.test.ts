// The order of test files: long ones first, short ones in few batches, lone ones last; and none is left out.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loneFiles, longFiles, scheduleOf } from './schedule.ts';
import { projectRoot } from './testFiles.ts';

const files = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'];

describe('the schedule of test files', () => {
  it('begins with the long ones, keeps the lone ones to the end, and batches the rest', () => {
    const lone = { c: 'it counts processes' };
    assert.deepEqual(scheduleOf(files, 1, { long: ['f', 'a', 'c', 'other layer'], lone }), {
      batches: [['f'], ['a'], ['b', 'd'], ['e', 'g'], ['h', 'i'], ['j', 'k']],
      alone: [['c']],
    });
  });

  it('makes smaller batches for more workers, down to single files', () => {
    const sizes = (workers: number) =>
      scheduleOf(files, workers, { long: [], lone: {} }).batches.map((batch) => batch.length);
    assert.deepEqual(sizes(1), [3, 3, 3, 2]);
    assert.deepEqual(sizes(2), [2, 2, 2, 2, 2, 1]);
    assert.deepEqual(sizes(64), Array<number>(11).fill(1));
  });

  it('has nothing to run without files', () => {
    assert.deepEqual(scheduleOf([], 2), { batches: [], alone: [] });
  });

  it('names files that are there only', () => {
    const named = [...longFiles, ...Object.keys(loneFiles)];
    assert.deepEqual(
      named.filter((file) => !existsSync(join(projectRoot, file))),
      [],
    );
  });
});
