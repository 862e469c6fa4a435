// Which problems come into the editor's own list, in which words, and which paths are files of the user.
import assert from 'node:assert/strict';
import { isWithin, listedText, newestProblems } from '../../../extension/model/newestProblems.ts';
import { checkResult, eventsFrom } from '../../support/taskFacts.ts';

describe('the problems of the newest round', () => {
  it('are those of every check of that round, with their age', () => {
    const { round, problems } = newestProblems(
      eventsFrom([
        checkResult('test', 0, false),
        checkResult('lint', 0, true),
        checkResult('lint', 1, false),
        checkResult('test', 2, false),
        checkResult('lint', 2, false),
      ]),
    );
    assert.equal(round, 2);
    assert.deepEqual(
      problems.map(({ check, age }) => [check, age]),
      [
        ['lint', 'stays'],
        ['test', 'alreadyFailing'],
      ].toReversed(),
    );
  });

  it('are none where the newest round has none', () => {
    const events = eventsFrom([checkResult('test', 1, false), checkResult('test', 2, true)]);
    assert.deepEqual(newestProblems(events), { round: 2, problems: [], leftOut: 0 });
    assert.deepEqual(newestProblems([]).problems, []);
  });

  it('say that they are of the task’s branch, and what was so before', () => {
    const [one] = newestProblems(
      eventsFrom([checkResult('test', 0, false), checkResult('test', 1, false)]),
    ).problems;
    assert.equal(
      listedText(one!),
      'test is broken\n(in the task’s branch, found by test, already failing at hand-off)',
    );
  });
});

describe('a path of a problem', () => {
  it('is one of the user’s files only within the repository', () => {
    const within = ['a.js', 'src/a.js', '..a/b', 'a/.git/b', 'a..b'];
    const outside = [
      '',
      '/etc/passwd',
      '../a',
      'a/../../b',
      'C:\\a',
      '\\\\host\\a',
      'a\\..\\b',
      '.git/config',
      '.GIT/x',
    ];
    assert.deepEqual([...within, ...outside].filter(isWithin), within);
  });
});
