// The problems of a task by round, as `nightjar show` prints them.
import assert from 'node:assert/strict';
import { problemRoundLines } from '../../../../runner/cli/display/problemRounds.ts';
import { problemsByRound } from '../../../../shared/task/problemHistory.ts';
import { checkResult } from '../../../support/taskFacts.ts';

describe('problems by round', () => {
  const told = (...facts: Parameters<typeof problemsByRound>[0][]): (readonly [string, string])[] =>
    problemRoundLines(problemsByRound(facts.flatMap((some) => [...some]))).map(({ text, aside }) => [
      text,
      aside,
    ]);

  it('names what was already failing, and what came and went', () => {
    const before = [checkResult('test', 0, false), checkResult('lint', 0, true)];
    const first = [checkResult('test', 1, false), checkResult('lint', 1, false)];
    const second = [checkResult('test', 2, true), checkResult('lint', 2, false)];
    const third = [checkResult('test', 3, true), checkResult('lint', 3, true)];
    const fourth = [checkResult('test', 4, true), checkResult('lint', 4, true)];
    assert.deepEqual(told(before, first, second, third, fourth), [
      ['Problems by round', ''],
      ['Baseline', '1 already failing'],
      ['Round 1', '1 new, 1 already failing'],
      ['Round 2', '1 still there, 1 gone'],
      ['Round 3', '1 gone'],
      ['Round 4', 'none'],
    ]);
  });

  it('says nothing of a task without problems', () => {
    assert.deepEqual(told([checkResult('test', 0, true)], [checkResult('test', 1, true)]), []);
  });
});
