// The task view row by row: groups, icons, colours, texts and the flags that menus ask for.
import assert from 'node:assert/strict';
import { childNodes, nodeId, parentNode } from '../../../extension/model/taskNodes.ts';
import { verdictWords } from '../../../extension/model/resultLook.ts';
import { checkRow, fileRow, groupRows, taskRow } from '../../../extension/model/taskRows.ts';
import { actionsOf, contextValueOf } from '../../../extension/model/taskActions.ts';
import { escapeMarkdown, taskTooltip } from '../../../extension/model/taskTooltip.ts';
import type { Status } from '../../../shared/task/task.ts';
import { allStatuses, skipped, taskIn } from './madeUpTasks.ts';

/** Twelve minutes after every made-up task was handed off. */
const now = Date.parse('2026-01-01T00:12:00.000Z');

const table: readonly (readonly [Status, string, string, string | null, string])[] = [
  ['queued', 'Running', 'circle-large', 'disabledForeground', '12m · Waiting for a free place'],
  ['preparing', 'Running', 'loading~spin', null, '12m · Preparing the workspace'],
  ['working', 'Running', 'loading~spin', null, '12m · Thinking'],
  ['checking', 'Running', 'loading~spin', null, '12m · Checking: npm run test'],
  ['needsInput', 'Needs You', 'comment-unresolved', 'list.warningForeground', 'Round up or down?'],
  ['readyForReview', 'Ready to Review', 'verified-filled', 'testing.iconPassed', 'verified · +4 −1'],
  ['failed', 'Needs You', 'error', 'list.errorForeground', 'The disk is full.'],
  ['stopped', 'Done', 'circle-slash', 'disabledForeground', ''],
  ['done', 'Done', 'pass', 'disabledForeground', '+4 −1'],
];

describe('rows of the task view', () => {
  it('has a row in this table for every status', () => {
    assert.deepEqual(table.map(([status]) => status).sort(), [...allStatuses].sort());
  });

  for (const [status, group, icon, color, description] of table) {
    it(`shows a task that is ${status}`, () => {
      const task = taskIn(status);
      assert.deepEqual(
        groupRows([task]).map(({ label }) => label),
        [group],
      );
      const row = taskRow(task, now);
      assert.deepEqual(
        [row.label, row.icon, row.color, row.description],
        ['Fix the cart', icon, color, description],
      );
    });
  }

  it('tells by the icon what was proved, green only where all of it was', () => {
    const looks = (['verified', 'partlyVerified', 'unverified'] as const).map((verdict) => {
      const { icon, color, spoken } = taskRow(taskIn('readyForReview', { verdict }), now);
      return [icon, color, spoken.includes(verdictWords(verdict))];
    });
    assert.deepEqual(looks, [
      ['verified-filled', 'testing.iconPassed', true],
      ['verified', 'list.warningForeground', true],
      ['unverified', 'disabledForeground', true],
    ]);
  });

  it('shows the place of a task that waits for one, whatever it did before', () => {
    const task = taskIn('working');
    const queued = { place: '2nd of 5', reason: '3 of 3 places used by A, B, C' };
    const row = taskRow(task, now, queued);
    assert.deepEqual([row.description, row.icon], ['12m · Waiting, 2nd of 5', 'circle-large']);
    assert.equal(row.spoken, 'Fix the cart, Queued, 12m · Waiting, 2nd of 5');
    const hover = taskTooltip(task, now, queued).replaceAll('\\', '');
    assert.match(hover, /\$\(circle-large\) Queued/);
    assert.match(hover, /Waiting, 2nd of 5: 3 of 3 places used by A, B, C/);
    assert.doesNotMatch(hover, /Thinking/);
  });

  it('shows groups in a fixed order, only those with tasks, and Done closed', () => {
    const groups = groupRows([taskIn('done'), taskIn('working'), taskIn('needsInput')]);
    assert.deepEqual(
      groups.map(({ label, isExpanded }) => [label, isExpanded]),
      [
        ['Needs You', true],
        ['Running', true],
        ['Done', false],
      ],
    );
  });

  it('nests groups, tasks, then files before checks, each with an id of its own', () => {
    const tasks = [taskIn('readyForReview')];
    const [group] = childNodes(tasks);
    const [task] = childNodes(tasks, group);
    const leaves = childNodes(tasks, task);
    assert.deepEqual(
      [group, task, ...leaves].map((node) => nodeId(node!)),
      [
        'group:readyToReview',
        'task:fix-the-cart-1',
        'file:fix-the-cart-1:src/cart.js',
        'check:fix-the-cart-1:test',
      ],
    );
    assert.deepEqual(childNodes(tasks, leaves[0]), []);
    const parents = [group, task, ...leaves].map((node) => parentNode(tasks, node!));
    assert.deepEqual(parents, [undefined, group, task, task]);
    assert.equal(parentNode([], task!), undefined);
  });

  it('names a changed file, its folder and its lines', () => {
    const [file] = taskIn('readyForReview').files;
    const row = fileRow(file!);
    assert.deepEqual([row.label, row.description], ['cart.js', 'src · +4 −1']);
    assert.equal(fileRow({ ...file!, added: null, removed: null }).description, 'src · binary');
  });

  it('tells of a check whether it passed, failed, or has not run', () => {
    const task = taskIn('readyForReview');
    const [check] = task.checks;
    const wordsOf = (changes: object): string => checkRow({ ...check!, ...changes }, task).description;
    assert.equal(wordsOf({}), 'not run yet');
    assert.equal(wordsOf({ failedBefore: true }), 'not run yet, failed at hand-off');
    assert.equal(wordsOf({ passed: true, durationMs: 3_210 }), 'passed in 3.2s');
    assert.equal(
      wordsOf({ passed: false, exitCode: 2, problemCount: 1 }),
      'failed with exit code 2, 1 problem',
    );
    assert.equal(
      wordsOf({ passed: true, durationMs: 3_210, isFlaky: true }),
      'passed in 3.2s, flaky: its runs did not agree',
    );
    const elsewhere = { passed: true, durationMs: 3_210, commit: 'f'.repeat(40) };
    assert.equal(wordsOf(elsewhere), 'passed in 3.2s, on an earlier commit');
  });
});

describe('actions on a task', () => {
  const always = ['open', 'reply', 'showLog'];
  const expected: Readonly<Record<Status, readonly string[]>> = {
    queued: ['stop', 'extendBudget', 'prioritize'],
    preparing: ['stop', 'extendBudget'],
    working: ['stop', 'extendBudget'],
    checking: ['stop', 'extendBudget'],
    needsInput: ['stop', 'extendBudget'],
    readyForReview: ['review', 'checkOut', 'runAgain', 'markDone', 'delete'],
    failed: ['runAgain', 'markDone', 'delete'],
    stopped: ['runAgain', 'markDone', 'delete'],
    done: ['review', 'checkOut', 'runAgain', 'delete'],
  };
  for (const status of allStatuses) {
    it(`offers what makes sense for a task that is ${status}`, () => {
      assert.deepEqual([...actionsOf(taskIn(status))].sort(), [...always, ...expected[status]].sort());
    });
  }

  it('gives menus the status and a flag for each action, none being part of another', () => {
    const blocked = [{ host: 'localhost', count: 1 }];
    assert.doesNotMatch(contextValueOf(taskIn('working', { blocked })), /\bcanAllowHosts\b/);
    blocked.push({ host: 'a.example.com', count: 1 });
    assert.match(contextValueOf(taskIn('done', { blocked })), /\bcanAllowHosts\b/);
    const flags = contextValueOf(taskIn('failed'));
    assert.match(flags, /\bfailed\b/);
    assert.match(flags, /\bcanRunAgain\b/);
    assert.doesNotMatch(flags, /\bcanStop\b/);
  });
});

describe('the hover over a task', () => {
  it('tells what was found in the tests, in words for strangers', () => {
    const text = taskTooltip(taskIn('readyForReview', { integrity: skipped(2) }), now).replaceAll('\\', '');
    assert.match(text, /Ready to review \(verified · 2 findings\)/);
    assert.match(text, /- Tests that are skipped now: 2/);
  });

  it('tells state, place, work and changes', () => {
    const text = taskTooltip(taskIn('readyForReview'), now);
    for (const part of [
      'Fix the cart',
      'Ready to review (verified)',
      'shop, from main',
      'Branch: nightjar/fix-the-cart',
      '12m ago',
      '1 file',
    ]) {
      assert.ok(text.replaceAll('\\', '').includes(part), `${part} is not in ${text}`);
    }
  });

  it('shows the question and what happens without an answer', () => {
    const text = taskTooltip(taskIn('needsInput'), now);
    assert.match(text, /Round up/);
    assert.match(text, /Without an answer: up/);
  });

  it('tells what was blocked, and that nothing holds the commands', () => {
    const blocked = [
      { host: 'a.example.com', count: 2 },
      { host: '$(bug).example.com', count: 1 },
    ];
    const held = taskTooltip(taskIn('working', { sandbox: 'srt', blocked }), now);
    assert.match(held, /The sandbox blocked a\\.example\\.com \\\(2 times\\\), \\\$\\\(bug/);
    assert.match(held, /Network: package registries/);
    assert.doesNotMatch(held, /Unsandboxed/);
    const open = taskTooltip(taskIn('working', { sandbox: 'none' }), now);
    assert.match(open, /\$\(unlock\) Unsandboxed/);
    assert.match(open, /Network: everything, without a sandbox/);
  });

  it('lets no text of a model act as Markdown', () => {
    assert.equal(escapeMarkdown('[x](command:y) $(bug) <b>'), String.raw`\[x\]\(command:y\) \$\(bug\) \<b\>`);
  });
});
