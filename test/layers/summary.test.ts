// The table at the end of `npm test` and the last line that machines read.
import assert from 'node:assert/strict';
import { countSkipsAsFailures, summaryOf, type LayerResult } from './summary.ts';

const unit: LayerResult = { name: 'unit', passed: 12, failed: 0, failures: [], durationMs: 1_240 };
const broken: LayerResult = {
  name: 'endToEnd',
  passed: 3,
  failed: 1,
  failures: ['a kill'],
  durationMs: 60_000,
};
const skipped: LayerResult = {
  ...{ name: 'workbench', passed: 0, failed: 0, failures: [], durationMs: 5 },
  skipped: 'no chromium',
};

describe('the summary', () => {
  it('is a table with the failed tests above it and the totals alone on the last line', () => {
    assert.deepEqual(summaryOf([unit, broken, skipped]).split('\n'), [
      '',
      'Failed:',
      '  endToEnd: a kill',
      '',
      'layer      passed  failed  seconds',
      'unit           12       0      1.2',
      'endToEnd        3       1     60.0',
      'workbench       -       -      0.0  skipped: no chromium',
      '',
      '15 passed, 1 failed',
    ]);
  });

  it('names what passed only when it ran once more, which counts as passed', () => {
    const flaky: LayerResult = { ...unit, name: 'workbench', flaky: ['a hand-off stops'] };
    assert.match(summaryOf([flaky]), /^\nflaky: a hand-off stops \(workbench\)\n\nlayer /);
    assert.match(summaryOf([flaky]), /\n12 passed, 0 failed$/);
  });

  it('turns a skipped layer into a failure where skipping is not allowed', () => {
    const [first, second] = countSkipsAsFailures([unit, skipped]);
    assert.deepEqual(first, unit);
    assert.deepEqual(second?.failures, ['skipped, which CI does not allow: no chromium']);
    assert.match(summaryOf(countSkipsAsFailures([unit, skipped])), /\n12 passed, 1 failed$/);
  });
});
