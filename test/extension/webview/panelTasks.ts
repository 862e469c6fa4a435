// Made-up tasks for the panel's page, each as the events that a runner would have sent.
import type { EventData, Fact, Problem, TaskEvent, ToolCall } from '../../../shared/task/events.ts';
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import { answerOf, callOf, createdData, eventAt, noReservation } from '../../support/taskFacts.ts';

const firstCommit = 'c1a2b3c4'.padEnd(40, '0');
const secondCommit = 'd5e6f7a8'.padEnd(40, '0');

export const taskId = 'round-cart-totals-1';

const testCommand = 'npm test';
const lintCommand = 'npx eslint src';

const created: Extract<Fact, { type: 'taskCreated' }> = {
  type: 'taskCreated',
  data: createdData({
    model: 'gpt-5.2-codex',
    createdBy: 'editor',
    setUp: 'npm ci',
    checks: [
      { name: testCommand, command: testCommand, timeoutMs: 600_000 },
      { name: 'lint', command: lintCommand, timeoutMs: 600_000 },
    ],
    spec: {
      title: 'Round cart totals to whole cents',
      goal: 'The cart shows `10.005` as **10.00**. Totals must be rounded half up to whole cents, *after* discounts.',
      context: 'The shop rounds each line at the moment, which is wrong for discounts of the whole cart.',
      criteria: [
        { text: 'All tests pass', check: testCommand },
        { text: 'No new lint findings', check: lintCommand },
        { text: 'The names of the new functions say what they round', check: null },
      ],
      constraints: 'Don’t add a dependency.',
    },
    context: {
      activeFile: 'src/cart.js',
      selections: [{ path: 'src/cart.js', startLine: 12, endLine: 20, text: 'function total() {}' }],
      openFiles: ['src/cart.js', 'test/cart.test.js', 'README.md'],
      problems: [
        {
          path: 'src/cart.js',
          line: 14,
          column: 3,
          severity: 'error',
          message: 'x is not defined',
          source: 'eslint',
        },
      ],
      problemsLeftOut: 0,
      instructionFiles: ['AGENTS.md'],
    },
  }),
};

const testProblems: Problem[] = [
  {
    file: 'test/cart.test.js',
    line: 31,
    column: 5,
    severity: 'error',
    message: 'total: expected 10.01, got 10.00',
  },
  {
    file: 'src/cart.js',
    line: 18,
    column: null,
    severity: 'error',
    message: 'discount: expected 9.00, got 8.99',
  },
];

/** Preparation, and the baseline on which the tests fail. */
export const prepared: readonly Fact[] = [
  created,
  { type: 'prepareStarted', data: {} },
  { type: 'prepared', data: { durationMs: 420 } },
  { type: 'setUpStarted', data: { command: 'npm ci' } },
  {
    type: 'setUpEnded',
    data: {
      exitCode: 0,
      timedOut: false,
      durationMs: 8_300,
      tail: 'added 132 packages in 8s',
      log: 'setup.log',
    },
  },
  ...check(testCommand, testCommand, { round: 0, commit: 'a'.repeat(40), problems: testProblems }),
  ...check('lint', lintCommand, { round: 0, commit: 'a'.repeat(40), problems: [] }),
];

/** The agent's first round, which one check doesn't pass. */
export const firstRound: readonly Fact[] = [
  ...turn(1, 'I’ll look at the cart and its tests first.', [
    [
      callOf('1a', 'read', { path: 'src/cart.js' }),
      'function total(items) {\n  return items.reduce(…);\n}',
      4,
    ],
    [callOf('1b', 'search', { pattern: 'Math.round' }), 'src/cart.js:18: return Math.round(x);', 12],
  ]),
  ...turn(
    2,
    'Two problems:\n\n1. Lines are rounded **before** the discount.\n2. `Math.round` works on floats.\n\n```js\nconst cents = Math.round(price * 100);\n```',
    [
      [
        callOf('2a', 'edit', {
          path: 'src/cart.js',
          edits: [{ oldText: 'return Math.round(x);', newText: 'return roundHalfUp(x);' }],
        }),
        'Edited src/cart.js (1 place).',
        3,
      ],
      [callOf('2b', 'run', { command: 'npm test' }), 'Exit code 1.\n1 of 14 tests failed', 3_200],
    ],
  ),
  { type: 'commitStarted', data: { round: 1 } },
  {
    type: 'committed',
    data: {
      round: 1,
      commit: firstCommit,
      files: [{ path: 'src/cart.js', oldPath: null, status: 'modified', added: 12, removed: 4 }],
    },
  },
  ...check(testCommand, testCommand, { round: 1, commit: firstCommit, problems: [testProblems[1]!] }),
  ...check('lint', lintCommand, { round: 1, commit: firstCommit, problems: [] }),
];

export const secondRound: readonly Fact[] = [
  { type: 'turnStarted', data: { turn: 3, round: 2, ...noReservation } },
  {
    type: 'modelRetried',
    data: { turn: 3, attempt: 1, reason: '429 Too Many Requests', waitMs: 2_000, mayBeBilled: false },
  },
  answerOf(
    3,
    [callOf('3a', 'edit', {})],
    'The discount is applied to rounded cents. I’ll move the rounding to the end.',
  ),
  ...tool(3, callOf('3a', 'edit', { path: 'src/discount.js', oldText: 'a', newText: 'b' }), 'Edited.', 2),
  ...turn(4, '', [[callOf('4a', 'run', { command: 'npm test' }), 'Exit code 0.\n14 tests passed', 3_050]]),
  { type: 'commitStarted', data: { round: 2 } },
  {
    type: 'committed',
    data: {
      round: 2,
      commit: secondCommit,
      files: [
        { path: 'src/cart.js', oldPath: null, status: 'modified', added: 12, removed: 4 },
        { path: 'src/money/round.js', oldPath: null, status: 'added', added: 18, removed: 0 },
        {
          path: 'src/money/discount.js',
          oldPath: 'src/discount.js',
          status: 'renamed',
          added: 3,
          removed: 2,
        },
        { path: 'src/legacyRound.js', oldPath: null, status: 'deleted', added: 0, removed: 41 },
        { path: 'docs/totals.png', oldPath: null, status: 'modified', added: null, removed: null },
      ],
    },
  },
  ...check(testCommand, testCommand, { round: 2, commit: secondCommit, problems: [] }),
  ...check('lint', lintCommand, { round: 2, commit: secondCommit, problems: [] }),
];

export function delivered(
  verdict: 'verified' | 'partlyVerified' | 'unverified' | 'failed',
  reason: 'checksPassed' | 'noChecks' | 'roundsUsedUp' = 'checksPassed',
  backed: Partial<Pick<EventData<'delivered'>, 'evidence'>> = {},
): Fact[] {
  const summary =
    'Totals are now rounded **once**, at the end, in whole cents.\n\n- new `roundHalfUp` in `src/money/round.js`\n- discounts work on exact cents\n- removed `legacyRound.js`, which nothing used';
  return [
    { type: 'deliverStarted', data: {} },
    {
      type: 'delivered',
      data: {
        commit: secondCommit,
        ref: 'refs/nightjar/tasks/round-cart-totals-1',
        verdict,
        reason,
        summary,
        ...backed,
      },
    },
  ];
}

const question: Fact = {
  type: 'questionAsked',
  data: {
    questionId: 'q1',
    text: 'Should a total of exactly half a cent be rounded **up** or to the **even** cent? The tests say nothing about it.',
    defaultAnswer: 'Round half up, as invoices usually do.',
    deadlineAt: new Date(Date.now() + 14 * 60_000 + 20_500).toISOString(),
  },
};

/** The beginning of a task whose commands run and reach as `changes` say. */
export function createdWith(changes: Pick<EventData<'taskCreated'>, 'sandbox' | 'network'>): Fact {
  return { ...created, data: { ...created.data, ...changes } };
}

/** What a sandbox blocked: two hosts that can be allowed, one that can't, and then one of them again. */
export const blocked: readonly Fact[] = [
  {
    type: 'accessBlocked',
    data: {
      hosts: [
        { host: 'registry.example.com', count: 2 },
        { host: 'telemetry.example.com:8443', count: 1 },
        { host: 'localhost', count: 1 },
      ],
    },
  },
  { type: 'accessBlocked', data: { hosts: [{ host: 'registry.example.com', count: 1 }] } },
];

/** A turn that waits for the user. */
export const asking: readonly Fact[] = [
  { type: 'turnStarted', data: { turn: 3, round: 2, ...noReservation } },
  answerOf(3, [callOf('3a', 'ask', {})], 'Before I go on I need to know how halves are rounded.'),
  { type: 'toolStarted', data: { turn: 3, callId: '3a', name: 'ask', arguments: '{}' } },
  question,
];

/** A turn that is in the middle of a command. */
export const commandRunning: readonly Fact[] = [
  { type: 'turnStarted', data: { turn: 3, round: 2, ...noReservation } },
  answerOf(3, [callOf('3a', 'run', { command: 'npm test -- --watch=false' })], 'Now the whole test suite.'),
  {
    type: 'toolStarted',
    data: { turn: 3, callId: '3a', name: 'run', arguments: '{"command":"npm test -- --watch=false"}' },
  },
];

const endless = 'aVeryLongNameOfATestThatNobodyWouldGiveToATestUnlessItWasMadeByAMachine'.repeat(2);

function found(
  changes: Partial<IntegrityFinding> & Pick<IntegrityFinding, 'kind' | 'message'>,
): IntegrityFinding {
  const plain = {
    file: 'test/cart.test.js',
    line: 31,
    side: 'after',
    excerpt: '',
    foundBy: 'syntax',
  } as const;
  return { ...plain, ...changes };
}

/** What the runner has to say of the result of the second round: something in every part. */
export const doubted: readonly Fact[] = [
  {
    type: 'integrityInspected',
    data: {
      ...{ round: 2, commit: secondCommit, durationMs: 80, findingsLeftOut: 0 },
      findings: [
        found({
          kind: 'testSkipped',
          message: 'The test “rounds half a cent up” is skipped',
          excerpt: "it.skip('rounds half a cent up', () => {",
        }),
        found({
          kind: 'testSkipped',
          message: `The test “${endless}” is skipped`,
          file: `packages/shop/${'deeply/nested/'.repeat(4)}cart.test.ts`,
          line: 1_204,
          excerpt: `  it.skip('${endless}', async () => { // ${endless}`,
        }),
        found({
          kind: 'testDeleted',
          message: 'The test “keeps the sign of a refund” is gone',
          file: 'test/refund.test.js',
          line: 8,
          side: 'before',
          excerpt: "it('keeps the sign of a refund', () => {",
        }),
        found({
          kind: 'expectedValueHardCoded',
          message: 'The value 10.01 that test/cart.test.js expects is written into the code',
          file: 'src/cart.js',
          line: 18,
          excerpt: 'if (items.length === 3) return 10.01;',
          foundBy: 'text',
        }),
      ],
    },
  },
  { type: 'crossRunStarted', data: { round: 2, kind: 'baseTests', commit: secondCommit } },
  {
    type: 'crossRunEnded',
    data: {
      ...{ round: 2, kind: 'baseTests', commit: secondCommit, ran: true, note: '', durationMs: 3_100 },
      log: 'cross-2.log',
      findings: [],
    },
  },
  {
    type: 'crossRunEnded',
    data: {
      ...{ round: 2, kind: 'newTests', commit: secondCommit, ran: true, note: '', durationMs: 2_900 },
      log: null,
      findings: [
        found({
          kind: 'newTestProvesNothing',
          message: 'The test “an empty cart costs nothing” passes without the change, too',
          line: 44,
          foundBy: 'run',
        }),
      ],
    },
  },
  {
    type: 'criteriaJudged',
    data: {
      ...{ round: 2, commit: secondCommit },
      results: [
        {
          ...{ criterion: 0, state: 'met', boundBy: 'spec', command: testCommand },
          detail: 'exit code 0, as expected',
        },
        {
          ...{ criterion: 1, state: 'notMet', boundBy: 'spec', command: lintCommand },
          detail: '2 new problems',
        },
        { criterion: 2, state: 'toJudge', boundBy: null, command: null, detail: '' },
        {
          ...{ criterion: 3, state: 'met', boundBy: 'agent' },
          command:
            'node -e "require(\'./src/cart\').total([{ price: 10.005 }]) === 10.01 || process.exit(1)"',
          detail: 'failed before the change, passes after it',
        },
        {
          ...{ criterion: 4, state: 'notRun', boundBy: 'spec', command: 'npm run screenshot' },
          detail: 'timed out after 10 minutes',
        },
      ],
    },
  },
];

/** The beginning of a task with a criterion of each kind, one of them with an endless name. */
export const createdWithCriteria: Fact = {
  ...created,
  data: {
    ...created.data,
    spec: {
      ...created.data.spec,
      criteria: [
        ...created.data.spec.criteria,
        { text: `Half a cent is rounded up, also in ${endless}`, check: null },
        { text: 'The cart looks as before', check: 'npm run screenshot' },
      ],
    },
  },
};

/** Criteria whose checks made images: of both sides, of the result alone, and two that can't be shown. */
export const withImages: Fact = {
  type: 'criteriaJudged',
  data: {
    ...{ round: 2, commit: secondCommit },
    results: [
      imageOf(4, 'npm run screenshot', { image: 'after.png', imageBefore: 'before.png' }),
      imageOf(2, 'npm run photograph', { image: 'alone.png' }),
      imageOf(1, 'npm run poster', { image: 'huge.png', imageBefore: 'missing.png' }),
    ],
  },
};

function imageOf(criterion: number, command: string, images: object) {
  const bound = { criterion, state: 'toJudge', boundBy: 'spec', command } as const;
  return { ...bound, detail: 'Its image was made.', ...images };
}

/** The same round with a check that passed on its second run, and work that went in circles before. */
export const flaky: readonly Fact[] = secondRound.map((fact) =>
  fact.type === 'checkEnded' && fact.data.name === 'lint'
    ? { ...fact, data: { ...fact.data, flakyRuns: 2 } }
    : fact,
);

export const stuck: Fact = {
  type: 'stuckSeen',
  data: {
    ...{ round: 2, turn: 4, sign: 'sameProblems', approach: 'startOver', commit: firstCommit, model: null },
    detail: 'The same problem, discount: expected 9.00, is there since round 1',
  },
};

export const evidenceBlob = 'e'.repeat(40);

/** Words, names and paths that try to break the page or its layout. */
export function hostile(): Fact[] {
  const long = 'averyveryverylongnamewithoutanyspaces'.repeat(4);
  return [
    {
      ...created,
      data: {
        ...created.data,
        spec: {
          ...created.data.spec,
          title: `<img src=x onerror="alert(1)"> ${long}`,
          goal: '<script>alert(1)</script> [click](javascript:alert(1))',
        },
        model: `provider/${long}`,
      },
    },
    ...prepared.slice(1),
    ...turn(
      1,
      `<img src=x onerror="window.hacked = true"> and ${long}\n\n<script>window.hacked = true</script>\n\n[a link](javascript:window.hacked=true)`,
      [
        [
          callOf('1a', 'run', { command: `echo ${long} && <b>bold</b>` }),
          '<img src=x onerror="window.hacked = true">',
          5,
        ],
        [{ id: '1b', name: long, arguments: '{"broken": ' }, 'No such tool.', 1],
      ],
    ),
    { type: 'commitStarted', data: { round: 1 } },
    {
      type: 'committed',
      data: {
        round: 1,
        commit: firstCommit,
        files: [
          {
            path: `src/${long}/${long}/<i>file</i>.js`,
            oldPath: null,
            status: 'modified',
            added: 1_200_000,
            removed: 40,
          },
        ],
      },
    },
    ...check(testCommand, testCommand, {
      round: 1,
      commit: firstCommit,
      problems: [
        {
          file: `src/${long}.js`,
          line: 1,
          column: 1,
          severity: 'error',
          message: `<img src=x onerror="window.hacked = true"> ${long}`,
        },
      ],
    }),
    { type: 'turnStarted', data: { turn: 2, round: 1, ...noReservation } },
  ];
}

/** `count` turns of three rows each. */
export function manyTurns(count: number): Fact[] {
  return [
    ...prepared,
    ...Array.from({ length: count }, (_, index) =>
      turn(index + 1, `Step ${index + 1}.`, [
        [callOf(`c${index}`, 'read', { path: `src/file${index}.js` }), 'text', 2],
        [callOf(`d${index}`, 'run', { command: 'true' }), 'Exit code 0.', 5],
      ]),
    ).flat(),
  ];
}

/** The facts as events of one task, 4 seconds apart, the last one just now. */
export function taskOf(facts: readonly Fact[]): TaskEvent[] {
  const start = Date.now() - facts.length * 4_000;
  return facts.map((fact, index) => eventAt(fact, index + 1, new Date(start + index * 4_000), taskId));
}

function turn(
  number: number,
  words: string,
  calls: readonly (readonly [ToolCall, string, number])[],
): Fact[] {
  return [
    { type: 'turnStarted', data: { turn: number, round: 1, ...noReservation } },
    answerOf(
      number,
      calls.map(([call]) => call),
      words,
    ),
    ...calls.flatMap(([call, text, durationMs]) => tool(number, call, text, durationMs)),
  ];
}

function tool(number: number, call: ToolCall, text: string, durationMs: number): Fact[] {
  const names = { turn: number, callId: call.id, name: call.name };
  const [, digits] = /^Exit code (\d+)/.exec(text) ?? [];
  const exitCode = digits === undefined ? null : Number(digits);
  const ok = !text.startsWith('No such') && (exitCode ?? 0) === 0;
  return [
    { type: 'toolStarted', data: { ...names, arguments: call.arguments } },
    {
      type: 'toolEnded',
      data: {
        ...names,
        ok,
        text,
        exitCode,
        log: call.name === 'run' ? `tool-${number}.log` : null,
        durationMs,
      },
    },
  ];
}

function check(
  name: string,
  command: string,
  {
    round,
    commit,
    problems,
  }: { readonly round: number; readonly commit: string; readonly problems: readonly Problem[] },
): Fact[] {
  const passed = problems.length === 0;
  const tail = passed ? '14 tests passed' : `${problems.length} of 14 tests failed`;
  return [
    { type: 'checkStarted', data: { round, name, command, commit } },
    {
      type: 'checkEnded',
      data: {
        round,
        name,
        command,
        commit,
        passed,
        problems: [...problems],
        problemsLeftOut: 0,
        exitCode: passed ? 0 : 1,
        timedOut: false,
        durationMs: 3_400,
        tail,
        log: `check-${round}.log`,
      },
    },
  ];
}
