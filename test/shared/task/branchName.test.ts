// The name of a task's branch.
import assert from 'node:assert/strict';
import { branchNameFor } from '../../../shared/task/branchName.ts';

describe('the name of a branch', () => {
  it('follows the title, in letters that every git and shell takes', () => {
    const named = (title: string): string => branchNameFor({ id: 'abcdef1234567', title });
    assert.equal(named('Fix the Größe — of “Tables”!'), 'nightjar/fix-the-gro-e-of-tables');
    assert.equal(named('日本'), 'nightjar/task-abcdef12');
    assert.equal(named(`${'word '.repeat(9)}words and more`), `nightjar/${'word-'.repeat(9)}words`);
    assert.equal(named('../../x.lock'), 'nightjar/x-lock');
  });
});
