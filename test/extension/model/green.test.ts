// Green is for what was proved and not doubted: every way to show a task, in every status, with every verdict, with findings and without.
import assert from 'node:assert/strict';
import { noticeText } from '../../../extension/model/notificationPolicy.ts';
import { statusBarText } from '../../../extension/model/statusBarText.ts';
import { checkRow, taskRow } from '../../../extension/model/taskRows.ts';
import { taskTooltip } from '../../../extension/model/taskTooltip.ts';
import { sectionsOf } from '../../../extension/model/timelineSections.ts';
import { taskLines } from '../../../runner/cli/commands/show.ts';
import { isProved, statusTone } from '../../../runner/cli/display/liveBlock.ts';
import { criteriaLines } from '../../../runner/cli/display/proofLines.ts';
import { verdictSchema } from '../../../shared/task/events.ts';
import { inspectionOf } from '../../../shared/task/proof.ts';
import type { Task } from '../../../shared/task/task.ts';
import { allStatuses, skipped, taskIn } from './madeUpTasks.ts';

const now = Date.parse('2026-01-01T00:12:00.000Z');
const commit = 'c'.repeat(40);
const greenColor = 'testing.iconPassed';

/** Every result that a task can come to, and some that it hopefully can't. */
const tasks: readonly Task[] = allStatuses.flatMap((status) =>
  [...verdictSchema.options, null].flatMap((verdict) =>
    [0, 2].flatMap((count) =>
      [commit, 'd'.repeat(40)].map((newest) => {
        const task = taskIn(status);
        const checks = task.checks.map((check) => ({ ...check, passed: true, exitCode: 0, commit }));
        const criteria = [{ text: 'Tests pass', check: checks[0]!.command }];
        return {
          ...{ ...task, verdict, checks, commit: newest, integrity: skipped(count) },
          spec: { ...task.spec, criteria },
        };
      }),
    ),
  ),
);

/** What of a task shows in green as a whole, by name. */
function greenOf(task: Task): string[] {
  const { header, result } = sectionsOf(task, null);
  const [, status, verdict] = taskLines(task, new Map());
  const shown = {
    row: taskRow(task, now).color === greenColor,
    pill: header.pill.tone === 'good',
    chip: header.verdict?.tone === 'good',
    proof: result?.tone === 'good',
    listed: isProved(task),
    statusLine: status?.tone === 'good',
    live: statusTone(task) === 'good',
    verdictLine: verdict?.tone === 'good',
  };
  return Object.entries(shown).flatMap(([name, isGreen]) => (isGreen ? [name] : []));
}

describe('green', () => {
  it('is never a task that was not verified, or in whose tests something was found', () => {
    const found = (task: Task): boolean => inspectionOf(task)?.findings.length === 2;
    const wrong = tasks
      .filter((task) => task.verdict !== 'verified' || found(task))
      .flatMap((task) => greenOf(task).map((where) => `${task.status} ${task.verdict ?? ''} ${where}`));
    assert.ok(tasks.length === allStatuses.length * 5 * 2 * 2);
    assert.deepEqual(wrong, []);
  });

  it('is a verified task that waits for its review, everywhere', () => {
    const [proved] = tasks.filter(
      (task) =>
        task.status === 'readyForReview' &&
        task.verdict === 'verified' &&
        task.commit === commit &&
        task.integrity?.findings.length === 0,
    );
    assert.deepEqual(greenOf(proved!), [
      'row',
      'chip',
      'proof',
      'listed',
      'statusLine',
      'live',
      'verdictLine',
    ]);
  });

  it('is no check or criterion of an earlier commit, or of a task whose checks did not run', () => {
    const stale = tasks.filter((task) => task.commit !== commit || task.verdict === 'unverified');
    const wrong = stale.flatMap((task) => [
      ...task.checks.map((check) => checkRow(check, task).color).filter((color) => color === greenColor),
      ...criteriaLines(task).filter(({ tone }) => tone === 'good'),
    ]);
    assert.ok(stale.length > 0);
    assert.deepEqual(wrong, []);
    const task = tasks.find((each) => each.commit === commit && each.verdict === 'verified')!;
    assert.equal(checkRow(task.checks[0]!, task).color, greenColor);
    assert.ok(criteriaLines(task).some(({ tone }) => tone === 'good'));
  });

  it('is not all there is to say where something was found', () => {
    const task = taskIn('readyForReview', { integrity: skipped(2) });
    const row = taskRow(task, now);
    assert.deepEqual(
      [row.description, row.color],
      ['verified · 2 findings · +4 −1', 'list.warningForeground'],
    );
    assert.match(row.spoken, /verified · 2 findings/);
    assert.match(taskTooltip(task, now), /verified · 2 findings/);
    const { message, severity } = noticeText([task]);
    assert.deepEqual(
      [message, severity],
      ['“Fix the cart” is ready to review (verified · 2 findings, +4 −1).', 'warning'],
    );
    assert.equal(sectionsOf(task, null).header.verdict?.label, 'Verified · 2 findings');
  });

  it('is no part of the status bar, which counts and warns only', () => {
    for (const task of tasks)
      assert.doesNotMatch(statusBarText([task], 'ready')?.text ?? '', /pass|verified|check\)/);
  });
});
