// Problems from round to round: what is new, what stays, what was failing all along, what is gone.
import assert from 'node:assert/strict';
import type { EventData, Problem } from '../../../shared/task/events.ts';
import {
  compareProblems,
  countsText,
  noProblems,
  problemsByRound,
  problemText,
  ProblemHistory,
  withChange,
  type ProblemChange,
} from '../../../shared/task/problemHistory.ts';

function problem(fingerprint: string, line = 1): Problem {
  return { file: 'a.js', line, column: null, severity: 'error', message: fingerprint, fingerprint };
}

function ended(
  round: number,
  problems: readonly Problem[],
  problemsLeftOut = 0,
  name = 'test',
): EventData<'checkEnded'> {
  return {
    ...{
      round,
      name,
      command: name,
      commit: 'c'.repeat(40),
      passed: problems.length === 0,
      problems: [...problems],
    },
    ...{ problemsLeftOut, exitCode: 1, timedOut: false, durationMs: 1, tail: '', log: null },
  };
}

function textOf(change: ProblemChange): string {
  return countsText(withChange(noProblems, change));
}

describe('compareProblems', () => {
  it('tells the ages, whatever the lines are, and what is gone', () => {
    const change = compareProblems([problem('known', 9), problem('stays', 9), problem('fresh')], {
      before: [problem('stays'), problem('mended')],
      baseline: [problem('known'), problem('mended long ago')],
    });
    assert.deepEqual(change.ages, ['alreadyFailing', 'stays', 'new']);
    assert.deepEqual(
      change.gone.map((gone) => gone.fingerprint),
      ['mended'],
    );
  });

  it('counts what looks the same', () => {
    const twice = [problem('same'), problem('same')];
    const more = compareProblems([...twice, problem('same')], { before: twice, baseline: twice });
    assert.deepEqual(more, { ages: ['alreadyFailing', 'alreadyFailing', 'new'], gone: [] });
    const less = compareProblems([problem('same')], { before: twice, baseline: twice });
    assert.deepEqual([less.ages.length, less.gone.length], [1, 1]);
  });

  it('knows problems of logs without fingerprints by file and words', () => {
    const old: Problem = { file: 'a.js', line: 1, column: 1, severity: 'error', message: 'x' };
    const change = compareProblems(
      [
        { ...old, line: 7 },
        { ...old, message: 'y' },
      ],
      { before: [old], baseline: [] },
    );
    assert.deepEqual(change.ages, ['stays', 'new']);
  });
});

describe('ProblemHistory', () => {
  it('follows each check from its baseline through the rounds', () => {
    const history = new ProblemHistory();
    const texts = [
      ended(0, [problem('known')]),
      ended(0, [], 0, 'lint'),
      ended(1, [problem('known'), problem('a'), problem('b')]),
      ended(1, [problem('l')], 0, 'lint'),
      ended(2, [problem('b'), problem('c')]),
      ended(3, [problem('known'), problem('c')]),
      ended(4, []),
    ].map((data) => textOf(history.add(data)));
    assert.deepEqual(texts, [
      '1 already failing',
      '',
      '2 new, 1 already failing',
      '1 new',
      '1 new, 1 still there, 2 gone',
      '1 still there, 1 gone, 1 already failing',
      '2 gone',
    ]);
  });

  it('calls nothing gone where some were left out', () => {
    const history = new ProblemHistory();
    history.add(ended(1, [problem('a'), problem('b')]));
    assert.equal(textOf(history.add(ended(2, [problem('c')], 300))), '1 new');
  });
});

describe('problemsByRound', () => {
  it('adds up what all checks of a round changed', () => {
    const facts = [
      ended(0, [problem('known')]),
      ended(1, [problem('known'), problem('a')]),
      ended(1, [problem('l')], 0, 'lint'),
      ended(2, [problem('known')]),
      ended(2, [], 0, 'lint'),
    ].map((data) => ({ type: 'checkEnded', data }) as const);
    const texts = [...problemsByRound(facts)].map(([round, counts]) => [round, countsText(counts)]);
    assert.deepEqual(texts, [
      [0, '1 already failing'],
      [1, '2 new, 1 already failing'],
      [2, '2 gone, 1 already failing'],
    ]);
  });
});

describe('problemText', () => {
  it('says test, words and rule', () => {
    assert.equal(problemText({ ...problem('x'), test: 'cart adds', rule: 'R1' }), 'cart adds: x (R1)');
    assert.equal(problemText(problem('x')), 'x');
  });
});
