// What is said before a task is deleted.
import assert from 'node:assert/strict';
import { deletionDetail } from '../../../extension/model/deletionText.ts';
import { taskIn } from './madeUpTasks.ts';

const ready = taskIn('readyForReview');

describe('the question before a deletion', () => {
  it('warns where the work is on no branch', () => {
    assert.equal(
      deletionDetail(ready, []),
      'Its history, its logs and its workspace on the runner go, and what Nightjar keeps of it in shop.\n\n' +
        'Its changes (+4 −1 in 1 file, commit cccccccccc) are on no branch of shop: they go, too.',
    );
  });

  it('names the branches that keep the work', () => {
    assert.match(
      deletionDetail(ready, ['main', 'nightjar/fix-the-cart']),
      /stay in shop, on main, nightjar\/fix-the-cart: your branches are not touched, pushed or not\.$/,
    );
    assert.match(deletionDetail(ready, ['a', 'b', 'c', 'd', 'e']), /, on a, b, c and 2 more: /);
  });

  it('promises nothing about a repository that is elsewhere', () => {
    const detail = deletionDetail(ready, null);
    assert.match(detail, /stay only where you have checked them out/);
    assert.doesNotMatch(detail, /keeps of it/);
  });

  it('says so where there was nothing to keep', () => {
    assert.match(deletionDetail(taskIn('stopped'), []), /made no changes/);
    assert.match(deletionDetail({ ...ready, files: [] }, []), /made no changes/);
  });
});
