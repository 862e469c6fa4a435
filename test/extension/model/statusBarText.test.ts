// When the status bar and the badge say something, and what.
import assert from 'node:assert/strict';
import { badgeOf, statusBarText } from '../../../extension/model/statusBarText.ts';
import { taskIn } from './madeUpTasks.ts';

const [working, asking, ready, done] = [
  taskIn('working'),
  taskIn('needsInput'),
  taskIn('readyForReview'),
  taskIn('done'),
];

describe('the status bar', () => {
  it('is hidden while nothing runs or waits', () => {
    assert.equal(statusBarText([], 'ready'), null);
    assert.equal(statusBarText([done], 'ready'), null);
    assert.equal(statusBarText([done], 'offline'), null);
  });

  it('counts what runs, without a warning', () => {
    const shown = statusBarText([working, working], 'ready');
    assert.equal(shown?.text, '$(loading~spin) 2');
    assert.equal(shown.isWarning, false);
    assert.equal(shown.spoken, 'Nightjar: 2 background tasks running');
  });

  it('warns only while a task waits for an answer', () => {
    assert.equal(statusBarText([asking], 'ready')?.isWarning, true);
    assert.equal(statusBarText([ready, taskIn('failed')], 'ready')?.isWarning, false);
  });

  it('tells that the runner of running tasks is gone', () => {
    assert.equal(statusBarText([working], 'offline')?.text, '$(debug-disconnect) Nightjar');
  });

  it('says in its hover where the work runs and on which branch', () => {
    assert.match(statusBarText([working], 'ready')?.tooltip ?? '', /Fix the cart.*shop.*main/);
  });
});

describe('the badge', () => {
  it('counts what needs the user, never what runs', () => {
    assert.equal(badgeOf([working, done]), undefined);
    assert.deepEqual(badgeOf([working, asking, ready, ready]), {
      value: 3,
      tooltip: '1 background task needs your input, 2 background tasks are ready to review',
    });
  });
});
