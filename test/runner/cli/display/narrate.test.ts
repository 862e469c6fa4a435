// The story of a task as lines: one table of facts and what is told of them.
import { noReservation } from '../../../support/taskFacts.ts';
import assert from 'node:assert/strict';
import type { EventData, Fact } from '../../../../shared/task/events.ts';
import type { IntegrityFinding } from '../../../../shared/task/integrity.ts';
import { renderLine } from '../../../../runner/cli/display/line.ts';
import { beginning, narrate, type Detail } from '../../../../runner/cli/display/narrate.ts';
import { moment } from '../../../../runner/cli/display/quantities.ts';
import { createPaint } from '../../../../runner/cli/display/paint.ts';
import { checkEnded, commit, created, delivered, fact, recorded, turnAnswered } from '../taskEvents.ts';

function told(facts: readonly Fact[], detail: Detail = 'milestones'): string[] {
  let place = beginning;
  const paint = createPaint(false);
  return recorded(facts).flatMap((event) => {
    const story = narrate(place, event, detail);
    place = story.place;
    return story.lines.flatMap((shown) => renderLine(shown, paint, Infinity).split('\n'));
  });
}

const problem = {
  file: 'src/cart.js',
  line: 12,
  column: 3,
  severity: 'error',
  message: 'Expected 5\n  but got 4',
} as const;

const skippedTest: IntegrityFinding = {
  ...{ kind: 'testSkipped', file: 'test/cart.test.js', line: 12, side: 'after' },
  ...{ message: 'The test “total” is skipped', excerpt: 'it.skip(', foundBy: 'syntax' },
};
const oldTest: IntegrityFinding = {
  ...{ kind: 'oldTestFails', file: 'test/old.test.js', line: null, side: 'before' },
  ...{ message: 'The test “sum” fails', excerpt: '', foundBy: 'run' },
};
const changedFile = { path: 'a.js', oldPath: null, status: 'modified', added: 2, removed: 1 } as const;
const committed = (changes: Partial<EventData<'committed'>> = {}): Fact =>
  fact('committed', { round: 1, commit, files: [changedFile], ...changes });
const inspected = (count: number): Fact =>
  fact('integrityInspected', {
    ...{ round: 1, commit, durationMs: 40, findingsLeftOut: 0 },
    findings: Array.from({ length: count }, () => skippedTest),
  });
const bestRoundTaken = fact('bestRoundTaken', {
  ...{ round: 1, commit: 'e'.repeat(40), files: [], checks: [] },
  integrity: { findings: [], findingsLeftOut: 0, crossRuns: [] },
});
const crossRun = { round: 1, commit, kind: 'baseTests', durationMs: 4_000, log: null } as const;

const table: readonly {
  readonly name: string;
  readonly facts: readonly Fact[];
  readonly lines: readonly string[];
}[] = [
  {
    name: 'a new task',
    facts: [created],
    lines: [
      '',
      'Mend the cart  task-1',
      'shop, main at bbbbbbbb, with all uncommitted work',
      'small-model, 1 check',
    ],
  },
  {
    name: 'the workspace',
    facts: [fact('prepareStarted', {}), fact('prepared', { durationMs: 420 })],
    lines: ['✔ Workspace ready  0.4 s'],
  },
  {
    name: 'a failing set-up with the end of its output',
    facts: [
      fact('setUpStarted', { command: 'npm ci' }),
      fact('setUpEnded', {
        exitCode: 1,
        timedOut: false,
        durationMs: 61_000,
        tail: 'npm error\nno lock file\n',
        log: null,
      }),
    ],
    lines: [
      '',
      'Preparation',
      '  ✖ Set-up  exit code 1 · 1 min 01 s',
      '      npm error',
      '      no lock file',
    ],
  },
  {
    name: 'a set-up whose result was there already',
    facts: [
      fact('setUpStarted', { command: 'npm ci' }),
      fact('setUpEnded', {
        ...{ exitCode: 0, timedOut: false, durationMs: 800, tail: '', log: null },
        cached: true,
      }),
    ],
    lines: ['', 'Preparation', '  ✔ Set-up from the cache in 0.8 s'],
  },
  {
    name: 'a baseline that fails',
    facts: [checkEnded({ round: 0, passed: false, exitCode: 1 })],
    lines: ['', 'Baseline, before the agent starts', '  ✖ tests  npm test · exit code 1 · 1.2 s'],
  },
  {
    name: 'a flaky check',
    facts: [checkEnded({ flakyRuns: 2 })],
    lines: ['', 'Round 1', '  ✔ tests  flaky: its 2 runs did not agree · npm test · 1.2 s'],
  },
  {
    name: 'what was found in the tests, and that it casts a doubt on the verdict',
    facts: [
      committed(),
      inspected(2),
      fact('crossRunEnded', { ...crossRun, ran: true, note: '', findings: [oldTest] }),
      delivered,
    ],
    lines: [
      '  ● Commit dddddddd  1 file +2 −1  a.js',
      '  ! 2 findings in the tests',
      '    ! test/cart.test.js:12  The test “total” is skipped',
      '    ! test/cart.test.js:12  The test “total” is skipped',
      '  ! 1 old test fails on the new code  4.0 s',
      '    ! test/old.test.js  The test “sum” fails  before the change',
      '',
      'Result',
      '! Verified, 3 findings in the tests: every check passed on a clean checkout',
      '● Commit dddddddd, to be checked out as ',
      '  Mended.',
    ],
  },
  {
    name: 'a protected path that the agent tried to change, though its tests are clean',
    facts: [committed({ keptOut: ['.env', 'ci/a.yml'] }), inspected(0), delivered],
    lines: [
      '  ● Commit dddddddd  1 file +2 −1  a.js',
      '  ! Kept out of the commit, since protected: .env, ci/a.yml',
      '  · Nothing else found in the tests',
      '',
      'Result',
      '! Verified, 2 findings in the tests: every check passed on a clean checkout',
      '● Commit dddddddd, to be checked out as ',
      '  Mended.',
    ],
  },
  {
    name: 'an earlier round that is taken again, free of what was found in later ones',
    facts: [committed(), inspected(2), bestRoundTaken, delivered],
    lines: [
      '  ● Commit dddddddd  1 file +2 −1  a.js',
      '  ! 2 findings in the tests',
      '    ! test/cart.test.js:12  The test “total” is skipped',
      '    ! test/cart.test.js:12  The test “total” is skipped',
      '● Took round 1 again: no later one was better',
      '',
      'Result',
      '✔ Verified: every check passed on a clean checkout',
      '● Commit dddddddd, to be checked out as ',
      '  Mended.',
    ],
  },
  {
    name: 'tests in which nothing was found, and a run that had nothing to run',
    facts: [
      inspected(0),
      fact('crossRunEnded', { ...crossRun, ran: false, note: 'no test is old', findings: [] }),
    ],
    lines: [
      '  · Nothing found in the tests',
      '  · The old tests were not run once more on the new code  no test is old',
    ],
  },
  {
    name: 'criteria, a check of the agent’s own, and work that goes in circles',
    facts: [
      fact('checkProposed', { criterion: 0, command: 'node half.js' }),
      fact('criteriaJudged', {
        ...{ round: 1, commit },
        results: [
          {
            criterion: 0,
            state: 'notMet',
            boundBy: 'spec',
            command: 'npm test',
            detail: 'exit code 1, expected 0',
          },
          { criterion: 1, state: 'toJudge', boundBy: null, command: null, detail: '' },
        ],
      }),
      fact('stuckSeen', {
        ...{ round: 3, turn: 9, sign: 'backAndForth', approach: 'askUser', commit: null, model: null },
        detail: 'src/cart.js was as it is now in turn 4',
      }),
    ],
    lines: [
      '  · The agent proposes a check: node half.js',
      '  ✖ Criteria: 0 of 1 met, 1 for you to judge',
      '    ✖ Criterion 1  exit code 1, expected 0',
      '  ↻ Going in circles: the change goes back and forth',
      '    src/cart.js was as it is now in turn 4',
      '    Now you are asked',
    ],
  },
  {
    name: 'a check with problems',
    facts: [checkEnded({ passed: false, exitCode: 1, problems: [problem], problemsLeftOut: 2 })],
    lines: [
      '',
      'Round 1',
      '  ✖ tests  npm test · exit code 1 · 3 problems · 1.2 s',
      '    ✖ src/cart.js:12:3  Expected 5',
      '    and 2 more problems',
    ],
  },
  {
    name: 'a check without a recognised problem shows the end of its output',
    facts: [checkEnded({ passed: false, exitCode: 2, tail: 'one\ntwo\nthree\nfour\n\n' })],
    lines: ['', 'Round 1', '  ✖ tests  npm test · exit code 2 · 1.2 s', '    two', '    three', '    four'],
  },
  {
    name: 'a check that took too long',
    facts: [checkEnded({ passed: false, exitCode: 143, timedOut: true })],
    lines: ['', 'Round 1', '  ✖ tests  npm test · timed out · 1.2 s'],
  },
  {
    name: 'a turn with several calls',
    facts: [
      fact('turnStarted', { turn: 1, round: 1, ...noReservation }),
      turnAnswered(1, 'I look around.\nThen I go on.', [
        ['read', { path: 'a.js' }],
        ['run', { command: 'npm test\necho' }],
      ]),
    ],
    lines: [
      '',
      'Round 1',
      '   1 Reading a.js · Running npm test  1.0k tokens · $0.02',
      '      I look around.',
    ],
  },
  {
    name: 'a tool that failed',
    facts: [
      fact('toolEnded', {
        turn: 1,
        callId: 'x',
        name: 'edit',
        ok: false,
        text: 'oldText was not found',
        log: null,
        durationMs: 1,
      }),
    ],
    lines: ['    ! edit: oldText was not found'],
  },
  {
    name: 'a command that failed',
    facts: [
      fact('toolEnded', {
        turn: 1,
        callId: 'x',
        name: 'run',
        ok: false,
        text: 'Exit code 3 after 0.1 s.\nboom',
        exitCode: 3,
        log: null,
        durationMs: 100,
      }),
    ],
    lines: ['    ! run: exit code 3'],
  },
  {
    name: 'a command that used too much, and why it was ended',
    facts: [
      fact('toolEnded', {
        ...{ turn: 1, callId: 'x', name: 'run', ok: false, log: null, durationMs: 100, exitCode: 137 },
        text: 'Exit code 137 after 6.5 s.\nmuch\n[The runner ended this command: it printed too much.]\n',
      }),
    ],
    lines: ['    ! run: exit code 137  The runner ended this command: it printed too much.'],
  },
  {
    name: 'a round that changed nothing',
    facts: [committed({ files: [] })],
    lines: ['  ● Commit dddddddd  nothing changed'],
  },
  {
    name: 'a model that is tried again',
    facts: [fact('modelRetried', { turn: 1, attempt: 2, reason: '429', waitMs: 2_000, mayBeBilled: false })],
    lines: ['  ↻ The model does not answer (429); trying again in 2.0 s  attempt 2'],
  },
  {
    name: 'a model whose endpoint lets nobody through',
    facts: [
      fact('modelRetried', {
        turn: 1,
        attempt: 0,
        reason: 'rate limit of https://host/v1 for small-model, 2 calls before it',
        waitMs: 12_000,
        mayBeBilled: false,
      }),
    ],
    lines: [
      '  ↻ Waiting for the model: rate limit of https://host/v1 for small-model, 2 calls before it  at least 12 s',
    ],
  },
  {
    name: 'a limit of the endpoint, and a machine that was started again',
    facts: [
      fact('rateLimited', {
        turn: 1,
        endpoint: 'https://host/v1',
        until: new Date(2026, 0, 1, 14, 5).toISOString(),
        refusals: 1,
      }),
      fact('workspaceLost', { reason: 'machineRestarted' }),
    ],
    lines: [
      '  ↻ Waiting for the rate limit of https://host/v1, until 14:05',
      '! The machine was started again; the workspace is made again from the newest checkpoint',
    ],
  },
  {
    name: 'what the sandbox blocked, what was allowed, and another sandbox',
    facts: [
      fact('accessBlocked', {
        hosts: [
          { host: 'one.example.com', count: 3 },
          { host: 'two.example.com\u001b[2J', count: 1 },
        ],
      }),
      fact('networkAllowed', { hosts: ['one.example.com', 'two.example.com'] }),
      fact('sandboxChanged', { sandbox: 'none' }),
      fact('sandboxChanged', { sandbox: 'srt' }),
    ],
    lines: [
      '    ! The sandbox blocked: one.example.com (3 times), two.example.com',
      '  » You allowed one.example.com, two.example.com  from the next command',
      '! Goes on without a sandbox: the runner was started so',
      'Goes on inside a sandbox',
    ],
  },
  {
    name: 'a question and its answer',
    facts: [
      fact('questionAsked', {
        questionId: 'q',
        text: 'Which one?',
        defaultAnswer: 'The first',
        deadlineAt: '2026-01-01T13:00:00Z',
      }),
      fact('questionAnswered', { questionId: 'q', text: 'The second', by: 'person' }),
    ],
    lines: [
      '  ? Which one?',
      `    Without an answer until ${moment('2026-01-01T13:00:00Z')} it takes: The first`,
      '  » The second  your answer',
    ],
  },
  {
    name: 'a delivered branch',
    facts: [created, delivered],
    lines: [
      '',
      'Mend the cart  task-1',
      'shop, main at bbbbbbbb, with all uncommitted work',
      'small-model, 1 check',
      '',
      'Result',
      '✔ Verified: every check passed on a clean checkout',
      '● Commit dddddddd, to be checked out as nightjar/mend-the-cart',
      '  Mended.',
    ],
  },
  {
    name: 'a task that was stopped',
    facts: [fact('stopRequested', {}), fact('stopped', { commit: null, ref: null })],
    lines: ['■ Stopping', '■ Stopped  no commit was made'],
  },
  {
    name: 'a task that failed',
    facts: [
      fact('taskFailed', {
        error: {
          code: 'modelKeyRefused',
          message: 'The key was refused.',
          remedy: 'Check it.',
          mayRetry: false,
        },
        commit: null,
        ref: null,
      }),
    ],
    lines: ['✖ The key was refused.', '  Check it.'],
  },
];

describe('narrate', () => {
  for (const { name, facts, lines } of table) {
    it(`tells ${name}`, () => assert.deepEqual(told(facts), lines));
  }

  it('begins a new round after the one that was committed', () => {
    const lines = told([
      fact('turnStarted', { turn: 1, round: 1, ...noReservation }),
      fact('commitStarted', { round: 1 }),
      committed(),
      checkEnded({ round: 1, passed: false, exitCode: 1 }),
      fact('turnStarted', { turn: 2, round: 1, ...noReservation }),
      fact('turnStarted', { turn: 3, round: 1, ...noReservation }),
      fact('commitStarted', { round: 2 }),
      checkEnded({ round: 2 }),
    ]);
    assert.deepEqual(lines, [
      '',
      'Round 1',
      '  ● Commit dddddddd  1 file +2 −1  a.js',
      '  ✖ tests  npm test · exit code 1 · 1.2 s',
      '',
      'Round 2',
      '  ✔ tests  npm test · 1.2 s',
    ]);
  });

  it('keeps escape sequences of a model or a command away from the terminal', () => {
    const hostile = '\x1b[2J\x1b]0;title\x07rm\x08 done\r';
    const lines = told([
      checkEnded({ passed: false, tail: hostile }),
      turnAnswered(1, hostile, [['run', { command: hostile }]]),
    ]);
    assert.match(lines.join('\n'), /done/);
    assert.doesNotMatch(lines.join(''), /\p{Control}/u);
  });

  it('tells outputs and all problems when everything is asked for', () => {
    const problems = Array.from({ length: 7 }, (_, index) => ({ ...problem, line: index + 1 }));
    const lines = told([checkEnded({ passed: true, problems, tail: 'the output' })], 'everything');
    assert.equal(lines.filter((text) => text.includes('src/cart.js')).length, 7);
    assert.ok(lines.includes('    the output'));
  });

  it('tells how a command ended when everything is asked for, as far as the log says it', () => {
    const ended = { turn: 1, callId: 'x', name: 'run', ok: true, text: 'fine', log: null, durationMs: 100 };
    const first = (exitCode?: number | null): string | undefined =>
      told([fact('toolEnded', { ...ended, exitCode })], 'everything')[0];
    assert.equal(first(0), '    ✔ run  exit code 0 · 0.1 s');
    assert.equal(first(null), '    ✔ run  0.1 s');
    assert.equal(first(), '    ✔ run  0.1 s');
  });
});
