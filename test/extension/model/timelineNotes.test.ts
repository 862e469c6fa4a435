// A commit in the timeline: its size, and what was kept out of it.
import assert from 'node:assert/strict';
import { committedNote } from '../../../extension/model/timelineNotes.ts';

const commit = 'd'.repeat(40);
const file = { path: 'a.js', oldPath: null, status: 'modified', added: 2, removed: 1 } as const;
const keptOut = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('the note of a commit', () => {
  it('tells its size', () => {
    const { text, detail, tone } = committedNote({ round: 1, commit, files: [file] }, null);
    assert.deepEqual(
      [text, detail, tone],
      ['Committed dddddddd', '1 file, +2 −1 since the snapshot', 'plain'],
    );
  });

  it('warns of protected paths that were kept out of it, also where nothing else changed', () => {
    const made = committedNote({ round: 1, commit, files: [file], keptOut }, null);
    const unchanged = committedNote({ round: 1, commit, files: [], keptOut }, commit);
    assert.match(
      made.detail,
      /snapshot\. Kept out of the commit, since protected: a, b, c, d, e and 1 more$/,
    );
    assert.match(unchanged.detail, /^Kept out/);
    assert.deepEqual([made.tone, unchanged.tone], ['warning', 'warning']);
  });

  it('is quiet where nothing changed', () => {
    const { text, detail, tone } = committedNote({ round: 1, commit, files: [] }, commit);
    assert.deepEqual([text, detail, tone], ['Nothing changed in this round', '', 'muted']);
  });
});
