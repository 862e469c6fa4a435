// When the status bar and the badge say something, and what.
import assert from 'node:assert/strict';
import { badgeOf, statusBarText } from '../../../extension/model/statusBarText.ts';
import { groupRows } from '../../../extension/model/taskRows.ts';
import { allStatuses, taskIn } from './madeUpTasks.ts';

const [working, asking, failed, ready, done] = [
  taskIn('working'),
  taskIn('needsInput'),
  taskIn('failed'),
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
    assert.equal(shown.spoken, 'Nightjar: 2 background tasks are running');
  });

  it('counts all that waits for the user, failures too', () => {
    const shown = statusBarText([working, asking, failed, failed, ready, done], 'ready');
    assert.equal(shown?.text, '$(loading~spin) 1 $(comment-unresolved) 1 $(error) 2 $(diff-multiple) 1');
    assert.match(shown.spoken, /1 background task needs your input, 2 background tasks have failed/);
  });

  it('warns only while a task waits for an answer', () => {
    assert.equal(statusBarText([asking], 'ready')?.isWarning, true);
    assert.equal(statusBarText([ready, failed], 'ready')?.isWarning, false);
  });

  it('tells that the runner of running tasks is gone', () => {
    assert.equal(statusBarText([working], 'offline')?.text, '$(debug-disconnect) Nightjar');
  });

  it('says in its hover where the work runs and on which branch', () => {
    assert.match(statusBarText([working], 'ready')?.tooltip ?? '', /Fix the cart.*shop.*main/);
    assert.match(statusBarText([failed], 'ready')?.tooltip ?? '', /Fix the cart.*The disk is full/);
  });
});

describe('the badge', () => {
  it('counts what needs the user, never what runs', () => {
    assert.equal(badgeOf([working, done]), undefined);
    assert.deepEqual(badgeOf([working, asking, failed, ready, ready]), {
      value: 4,
      tooltip:
        '1 background task needs your input, 1 background task has failed, 2 background tasks are ready to review',
    });
  });

  it('agrees with the groups of the view and with the status bar, whatever state a task is in', () => {
    for (const status of allStatuses) {
      const task = taskIn(status);
      const [group] = groupRows([task]);
      const waits = group?.id === 'needsYou' || group?.id === 'readyToReview';
      assert.equal(badgeOf([task])?.value ?? 0, waits ? 1 : 0, status);
      assert.equal(statusBarText([task], 'ready') !== null, group?.id !== 'done', status);
    }
  });
});
