// Which changes of a task are worth a notification, in which window, and in which words.
import assert from 'node:assert/strict';
import * as policy from '../../../extension/model/notificationPolicy.ts';
import type { Status } from '../../../shared/task/task.ts';
import { allStatuses, taskIn } from './madeUpTasks.ts';

const worth: readonly Status[] = ['needsInput', 'readyForReview', 'failed'];

describe('notices', () => {
  for (const status of allStatuses) {
    const isWorth = worth.includes(status);
    it(`${isWorth ? 'come' : 'do not come'} when a running task is now ${status}`, () => {
      const notice = policy.noticeOf(taskIn('preparing'), taskIn(status));
      assert.equal(notice?.kind, isWorth ? status : undefined);
    });
  }

  it('do not come for a state that was there before the window, or has not changed', () => {
    assert.equal(policy.noticeOf(undefined, taskIn('failed')), null);
    assert.equal(policy.noticeOf(taskIn('failed'), taskIn('failed')), null);
  });

  it('follow the setting', () => {
    const [question, result] = (['needsInput', 'readyForReview'] as const).map((status) =>
      policy.noticeOf(taskIn('working'), taskIn(status)),
    );
    const wanted = (['all', 'needsInput', 'off'] as const).map((setting) => [
      policy.isWanted(question!, setting),
      policy.isWanted(result!, setting),
    ]);
    assert.deepEqual(wanted, [
      [true, true],
      [true, false],
      [false, false],
    ]);
  });

  it('are no news once somebody has reacted, or looks at the task', () => {
    const notice = policy.noticeOf(taskIn('working'), taskIn('needsInput'))!;
    assert.equal(policy.isStillNews(notice, taskIn('needsInput'), false), true);
    assert.equal(policy.isStillNews(notice, taskIn('needsInput'), true), false);
    assert.equal(policy.isStillNews(notice, taskIn('working'), false), false);
    assert.equal(policy.isStillNews(notice, undefined, false), false);
  });

  it('belong to the window with the repository first, then to the focused one', () => {
    const delays = [
      { holdsRepository: true, isFocused: false },
      { holdsRepository: false, isFocused: true },
      { holdsRepository: false, isFocused: false },
    ].map(policy.claimDelayMs);
    assert.deepEqual(
      delays,
      delays.toSorted((one, other) => one - other),
    );
    assert.equal(new Set(delays).size, 3);
  });
});

describe('the words of a notification', () => {
  it('for a question are the question and a way to reply', () => {
    const { message, buttons } = policy.noticeText([taskIn('needsInput')]);
    assert.equal(message, '“Fix the cart” needs input: Round up or down?');
    assert.deepEqual(
      buttons.map(({ label }) => label),
      ['Reply', 'Open Task'],
    );
  });

  it('for a result are its verdict and size', () => {
    const { message, buttons } = policy.noticeText([taskIn('readyForReview')]);
    assert.equal(message, '“Fix the cart” is ready to review (verified, +4 −1).');
    assert.equal(buttons[0]?.action, 'review');
  });

  it('for a failure are its reason', () => {
    assert.equal(policy.noticeText([taskIn('failed')]).message, '“Fix the cart” failed: The disk is full.');
  });

  it('for several of a kind are one sentence', () => {
    const ready = taskIn('readyForReview');
    assert.equal(policy.noticeText([ready, ready, ready]).message, '3 background tasks are ready to review.');
  });

  it('for several of different kinds count each', () => {
    const { message, buttons } = policy.noticeText([
      taskIn('readyForReview'),
      taskIn('needsInput'),
      taskIn('failed'),
    ]);
    assert.equal(message, '3 background tasks: 1 needs input, 1 is ready to review, 1 failed.');
    assert.deepEqual(
      buttons.map(({ action }) => action),
      ['showTasks'],
    );
  });
});
