// What backs or doubts a task's result, as a terminal shows it: whole in a wide one, the important words first in a narrow one.
import assert from 'node:assert/strict';
import { taskLines } from '../../../../runner/cli/commands/show.ts';
import { displayWidth } from '../../../../runner/cli/display/displayWidth.ts';
import { renderLine } from '../../../../runner/cli/display/line.ts';
import { createPaint } from '../../../../runner/cli/display/paint.ts';
import {
  criteriaLines,
  evidenceLines,
  integrityLines,
  stuckLines,
} from '../../../../runner/cli/display/proofLines.ts';
import { applyEvent } from '../../../../shared/task/applyEvent.ts';
import type { Fact } from '../../../../shared/task/events.ts';
import type { Task } from '../../../../shared/task/task.ts';
import { checkEnded, commit, created, delivered, fact, recorded } from '../taskEvents.ts';

const finding = { line: 12, side: 'after', excerpt: '', foundBy: 'syntax' } as const;
const criteria = [
  { text: 'The tests pass', check: 'npm test' },
  { text: 'It reads well', check: null },
  { text: 'Half a cent is rounded up', check: null },
];
const facts: readonly Fact[] = [
  { ...created, data: { ...created.data, spec: { ...specOf(created), criteria } } } as Fact,
  fact('committed', { round: 1, commit, files: [] }),
  checkEnded({ flakyRuns: 3 }),
  fact('stuckSeen', {
    ...{ round: 1, turn: 9, sign: 'nothingChanged', approach: 'hypothesis', commit: null, model: null },
    detail: 'no file has changed in 3 turns',
  }),
  fact('integrityInspected', {
    ...{ round: 1, commit, findingsLeftOut: 4, durationMs: 3 },
    findings: [
      { ...finding, kind: 'testSkipped', file: 'test/a.test.js', message: 'The test “a” is skipped' },
      { ...finding, kind: 'testDeleted', file: 'test/b.test.js', side: 'before', message: '“b” is gone' },
      { ...finding, kind: 'testSkipped', file: 'test/c.test.js', line: null, message: 'All are skipped' },
    ],
  }),
  fact('crossRunEnded', {
    ...{ round: 1, kind: 'newTests', commit, ran: false, note: 'no test is new' },
    ...{ findings: [], durationMs: 3, log: null },
  }),
  fact('criteriaJudged', {
    ...{ round: 1, commit },
    results: [
      { criterion: 0, state: 'met', boundBy: 'spec', command: 'npm test', detail: 'exit code 0' },
      { criterion: 2, state: 'notMet', boundBy: 'agent', command: 'node half.js', detail: 'exit code 1' },
    ],
  }),
];

function specOf(first: Fact): Task['spec'] {
  assert.ok(first.type === 'taskCreated');
  return first.data.spec;
}

function taskAfter(...all: readonly Fact[]): Task {
  return recorded(all).reduce<Task | null>(applyEvent, null)!;
}

const plain = createPaint(false);
const textOf = (lines: readonly Parameters<typeof renderLine>[0][], columns = Infinity): string[] =>
  lines.flatMap((line) => renderLine(line, plain, columns).split('\n'));

describe('what backs or doubts a result, in the terminal', () => {
  const task = taskAfter(...facts, delivered);

  it('names what was found, the gravest first, and where nothing was run', () => {
    assert.deepEqual(textOf(integrityLines(task)), [
      '',
      'Integrity of the tests',
      '  Tests that were deleted  1',
      '    ! test/b.test.js:12  “b” is gone  before the change',
      '  Tests that are skipped now  2',
      '    ! test/a.test.js:12  The test “a” is skipped',
      '    ! test/c.test.js  All are skipped',
      '  and 4 more',
      '  · New tests were not tried without the change  no test is new',
    ]);
  });

  it('says that nothing was found only where somebody has looked at this very commit', () => {
    const [, , third] = textOf(integrityLines(taskAfter(...facts.slice(0, 3), delivered)));
    assert.equal(third, '  · Not inspected');
    const clean = fact('integrityInspected', {
      ...{ round: 1, commit, findings: [], findingsLeftOut: 0, durationMs: 3 },
    });
    const shown = textOf(integrityLines(taskAfter(...facts.slice(0, 3), clean, delivered)));
    assert.equal(shown[2], '  · Nothing found in the tests');
    assert.deepEqual(integrityLines(taskAfter(...facts.slice(0, 1))), []);
  });

  it('tells each criterion, whose check it was, circles and evidence', () => {
    assert.deepEqual(textOf(criteriaLines(task)), [
      '',
      'Criteria',
      '  ✔ The tests pass  met · npm test · exit code 0',
      '  ? It reads well  for you to judge',
      '  ✖ Half a cent is rounded up  not met · the agent’s own check · node half.js · exit code 1',
    ]);
    assert.deepEqual(textOf(stuckLines(task)), [
      '↻ Going in circles: nothing changes any more (round 1)  no file has changed in 3 turns',
      '  Now the agent has to write down what it thinks is wrong before it goes on',
    ]);
    assert.deepEqual(evidenceLines(task), []);
    const backed = taskAfter(...facts, {
      ...delivered,
      data: { ...delivered.data, evidence: 'e'.repeat(40) },
    } as Fact);
    assert.deepEqual(textOf(evidenceLines(backed)), ['● Signed evidence  nightjar verify task-1']);
  });

  it('fits a narrow terminal, with the place of a finding and the verdict whole', () => {
    for (const columns of [24, 40, 79]) {
      const lines = textOf(taskLines(task, new Map()), columns);
      assert.deepEqual(
        lines.filter((line) => displayWidth(line) > columns),
        [],
      );
    }
    const narrow = textOf(taskLines(task, new Map()), 40);
    assert.ok(narrow.some((line) => line.startsWith('    ! test/a.test.js:12  The test')));
    assert.ok(narrow.includes('! Verified, 7 findings in the tests: ev…'));
    const wide = textOf(taskLines(task, new Map()), 200).join('\n');
    assert.match(wide, /! Verified, 7 findings in the tests: every check passed/);
    assert.match(wide, /✔ tests {2}flaky: its runs did not agree · npm test/);
  });
});
