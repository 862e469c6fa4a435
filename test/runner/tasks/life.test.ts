// The life of a task as a table of situations: what is decided, without any world.
import assert from 'node:assert/strict';
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import type { Fact } from '../../../shared/task/events.ts';
import { factsOfTakeUp, type Step } from '../../../runner/tasks/life.ts';
import { budgetExtendedText } from '../../../runner/tasks/prompts.ts';
import { defaultBudget } from '../../../shared/spec/spec.ts';
import { parseSpec } from '../../../shared/spec/parseSpec.ts';
import { finishCall, greenWorld, ofStep } from './greenWorld.ts';
import { PureLife, type World } from '../../support/pureLife.ts';
import {
  answerOf,
  callOf,
  checkNamed,
  checkResult,
  createdData,
  snapshotCommit,
  noReservation,
} from '../../support/taskFacts.ts';

/** A world in which the agent finishes with its first words of a round and checks pass from round `greenFrom` on. */
const worldWhere = (greenFrom: number, changes: Partial<Record<Step['kind'], World>> = {}): World =>
  greenWorld(changes, greenFrom);

const kinds = (life: PureLife): string[] =>
  life.steps.map((step) => (step.kind === 'check' ? `check ${step.round}` : step.kind));

describe('life of a task', () => {
  it('goes from preparation over baseline, rounds and checks to a verified delivery', () => {
    const life = new PureLife(createdData({ setUp: 'npm ci' }));
    assert.equal(life.play(worldWhere(2)).kind, 'rest');
    assert.deepEqual(kinds(life), [
      'prepare',
      'setUp',
      'check 0',
      'turn',
      'commit',
      'check 1',
      'inspect',
      'turn',
      'commit',
      'check 2',
      'inspect',
      'deliver',
    ]);
    const { task } = life.run;
    assert.deepEqual(
      [task.status, task.verdict, task.endReason, task.rounds, task.turns],
      ['readyForReview', 'verified', 'checksPassed', 2, 2],
    );
    assert.equal(task.summary, 'It works now.');
  });

  it('tells the agent in the next round what failed', () => {
    const life = new PureLife(createdData());
    life.play(worldWhere(2));
    const words = life.run.transcript
      .filter((message) => message.role === 'user')
      .map((message) => message.text);
    assert.equal(words.length, 2);
    assert.match(words[0] ?? '', /Fix the cart[\s\S]*fails now \(exit code 1\)/);
    assert.match(words[1] ?? '', /npm run test[\s\S]*test is broken/);
  });

  it('tells what is new, what stayed and what was failing already, in as many tokens as the task allows', () => {
    const found = (round: number, words: readonly string[]): Fact => {
      const { data } = checkResult('test', round, false);
      const place = { file: 'cart.js', line: round + 1, column: null, severity: 'error' } as const;
      return {
        type: 'checkEnded',
        data: { ...data, problems: words.map((message) => ({ ...place, message })) },
      };
    };
    const byRound = [['old'], ['old', 'first'], ['old', 'first', 'second']];
    const wordsOf = (digestTokens: number): string[] => {
      const life = new PureLife(createdData({ digestTokens }));
      const check: World = (step) => {
        const round = step.kind === 'check' ? step.round : 3;
        const words = byRound[round];
        return [words === undefined ? checkResult('test', round, true) : found(round, words)];
      };
      life.play(worldWhere(3, { check }));
      return life.run.transcript.flatMap((message) => (message.role === 'user' ? message.text : []));
    };
    const [, first = '', second = ''] = wordsOf(1_000);
    assert.match(
      first,
      /New:\n│ - cart\.js:2: first\nAlready failing before your work:\n│ - cart\.js:2: old/,
    );
    assert.match(
      second,
      /New:\n│ - cart\.js:3: second\nStill there[^]*- cart\.js:3: first\nAlready failing[^]*: old/,
    );
    assert.ok(
      wordsOf(20)
        .slice(1)
        .every((text) => text.length <= 60),
    );
  });

  it('delivers unverified where there is no check', () => {
    const life = new PureLife(createdData({ checks: [] }));
    life.play(worldWhere(0));
    assert.deepEqual(
      [life.run.task.status, life.run.task.verdict, life.run.task.endReason],
      ['readyForReview', 'unverified', 'noChecks'],
    );
  });

  it('delivers what there is when the rounds are used up, as failed', () => {
    const life = new PureLife(
      createdData({ budget: { ...defaultBudget, turns: 50, rounds: 2, costUsd: 5, wallTimeMs: 3_600_000 } }),
    );
    life.play(worldWhere(99));
    const { task } = life.run;
    assert.deepEqual(
      [task.status, task.verdict, task.endReason, task.commit],
      ['failed', 'failed', 'roundsUsedUp', '2'.repeat(40)],
    );
  });

  for (const [limit, budget] of [
    ['turns', { ...defaultBudget, turns: 3, rounds: 9, costUsd: 5, wallTimeMs: 3_600_000 }],
    ['money', { ...defaultBudget, turns: 99, rounds: 9, costUsd: 0.03, wallTimeMs: 3_600_000 }],
    ['time', { ...defaultBudget, turns: 99, rounds: 9, costUsd: 5, wallTimeMs: 20_000 }],
  ] as const) {
    it(`commits, checks and delivers the partial work when the budget of ${limit} is used up`, () => {
      const life = new PureLife(createdData({ budget }));
      const reading: World = (step) =>
        step.kind === 'turn' ? [answerOf(step.turn, [callOf(`c${step.turn}`, 'read', { path: 'x' })])] : [];
      life.play(worldWhere(99, { turn: reading }));
      assert.deepEqual(kinds(life).slice(-4), ['commit', 'check 1', 'inspect', 'deliver']);
      assert.equal(life.run.task.endReason, 'budgetUsedUp');
    });
  }

  it('calls it partly verified when only what failed before still fails', () => {
    const life = new PureLife(
      createdData({
        checks: [checkNamed('test'), checkNamed('lint')],
        budget: { ...defaultBudget, turns: 9, rounds: 1, costUsd: 5, wallTimeMs: 3_600_000 },
      }),
    );
    const lintAlwaysFails: World = (step) =>
      step.kind === 'check' ? [checkResult(step.check.name, step.round, step.check.name === 'test')] : [];
    life.play(worldWhere(0, { check: lintAlwaysFails }));
    assert.deepEqual([life.run.task.verdict, life.run.task.status], ['partlyVerified', 'readyForReview']);
  });

  it('calls it failed when a check that passed before fails now', () => {
    const life = new PureLife(
      createdData({
        checks: [checkNamed('test'), checkNamed('lint')],
        budget: { ...defaultBudget, turns: 9, rounds: 1, costUsd: 5, wallTimeMs: 3_600_000 },
      }),
    );
    const lintBreaks: World = (step) =>
      step.kind === 'check'
        ? [checkResult(step.check.name, step.round, step.check.name === 'test' || step.round === 0)]
        : [];
    life.play(worldWhere(0, { check: lintBreaks }));
    assert.deepEqual([life.run.task.verdict, life.run.task.status], ['failed', 'failed']);
  });

  it('ends as failed when the agent says that it can’t, and keeps its words', () => {
    const life = new PureLife(createdData());
    life.play(
      worldWhere(99, {
        turn: (step) => (step.kind === 'turn' ? [answerOf(step.turn, [finishCall('c', 'cannot')])] : []),
      }),
    );
    assert.deepEqual(
      [life.run.task.status, life.run.task.endReason, life.run.task.summary],
      ['failed', 'agentGaveUp', 'It works now.'],
    );
    assert.equal(life.run.task.activity, 'Ended without passing checks');
  });

  it('puts to the test, too, what the agent gave up although all checks pass, and says so of it', () => {
    const changed = { path: 'a.test.js', oldPath: null, status: 'modified', added: 1, removed: 1 } as const;
    const finding: IntegrityFinding = {
      ...{ kind: 'oldTestFails', file: 'a.test.js', line: 1, side: 'before' },
      ...{ message: 'x', excerpt: '', foundBy: 'run' },
    };
    const lives = [[], [finding]].map((findings) => {
      const life = new PureLife(createdData());
      life.play(
        worldWhere(1, {
          turn: (step) => (step.kind === 'turn' ? [answerOf(step.turn, [finishCall('c', 'cannot')])] : []),
          commit: () => [{ type: 'committed', data: { round: 1, commit: '1'.repeat(40), files: [changed] } }],
          crossRun: (step) => {
            if (step.kind !== 'crossRun') return [];
            const { tests: kind, round, commit } = step;
            const found = kind === 'baseTests' ? findings : [];
            const data = {
              round,
              kind,
              commit,
              ran: true,
              note: '',
              findings: found,
              durationMs: 1,
              log: null,
            };
            return [{ type: 'crossRunEnded', data }];
          },
        }),
      );
      const { status, endReason, verdict, activity } = life.run.task;
      assert.deepEqual([status, endReason, activity], ['failed', 'agentGaveUp', 'The agent gave up']);
      return verdict;
    });
    assert.deepEqual(lives, ['verified', 'partlyVerified']);
  });

  it('takes words without a tool call for the end of the round', () => {
    const life = new PureLife(createdData());
    life.play(
      worldWhere(1, { turn: (step) => (step.kind === 'turn' ? [answerOf(step.turn, [], 'All done.')] : []) }),
    );
    assert.deepEqual([life.run.task.verdict, life.run.task.summary], ['verified', 'All done.']);
  });

  it('answers a malformed finish so that the model can mend it', () => {
    const life = new PureLife(createdData());
    const turn: World = (step) =>
      step.kind !== 'turn'
        ? []
        : [
            answerOf(step.turn, [
              step.turn === 1 ? { id: 'bad', name: 'finish', arguments: '{"outcome":' } : finishCall('good'),
            ]),
          ];
    life.play(worldWhere(1, { turn }));
    assert.equal(life.run.task.verdict, 'verified');
    assert.equal(life.run.turn, 2);
  });

  it('fails with the command’s name when the set-up fails, and tries it again after a message', () => {
    const life = new PureLife(createdData({ setUp: 'npm ci' }));
    const broken: World = () => [
      { type: 'setUpEnded', data: { exitCode: 9, timedOut: false, durationMs: 1, tail: '', log: null } },
    ];
    life.play(worldWhere(1, { setUp: broken }));
    assert.equal(life.run.task.error?.code, 'setUpFailed');
    assert.match(life.run.task.error.message, /npm ci/);
    life.record({ type: 'messageReceived', data: { messageId: 'm', text: 'The registry is back.' } });
    life.play(worldWhere(1));
    assert.equal(life.run.task.verdict, 'verified');
  });

  it('shortens the conversation before the window is full', () => {
    const life = new PureLife(createdData({ contextTokens: 15 }));
    const turn: World = (step) =>
      step.kind !== 'turn'
        ? []
        : [answerOf(step.turn, [step.turn === 1 ? callOf('r', 'read', { path: 'x' }) : finishCall('f')])];
    life.play(worldWhere(1, { turn }));
    assert.deepEqual(kinds(life).slice(2, 6), ['turn', 'tool', 'compact', 'turn']);
    assert.equal(
      life.run.transcript.some((message) => message.role === 'user' && message.text.includes('Half done.')),
      true,
    );
  });
});

describe('proof of a round', () => {
  const files = [
    { path: 'a.test.js', oldPath: null, status: 'modified', added: 1, removed: 1 },
    { path: 'b.test.js', oldPath: null, status: 'added', added: 1, removed: 0 },
  ] as const;
  const commit: World = (step) =>
    step.kind !== 'commit'
      ? []
      : [
          {
            type: 'committed',
            data: { round: step.round, commit: String(step.round).repeat(40), files: [...files] },
          },
        ];

  it('puts tests to the test once, before a delivery that is worth it, and not in rounds that fail', () => {
    const life = new PureLife(createdData());
    life.play(worldWhere(2, { commit }));
    assert.deepEqual(kinds(life).slice(-5), ['check 2', 'inspect', 'crossRun', 'crossRun', 'deliver']);
    assert.equal(kinds(life).filter((kind) => kind === 'crossRun').length, 2);
    life.record({ type: 'messageReceived', data: { messageId: 'm', text: 'Thanks. Why so?' } });
    const before = life.steps.length;
    life.play(
      worldWhere(2, {
        commit: () => [{ type: 'committed', data: { round: 3, commit: life.run.head, files: [...files] } }],
      }),
    );
    assert.equal(kinds(life).slice(before).includes('crossRun'), false, 'the commit is the same');
    const failed = new PureLife(createdData({ budget: { ...defaultBudget, rounds: 1 } }));
    failed.play(worldWhere(99, { commit }));
    assert.equal(kinds(failed).includes('crossRun'), false);
  });

  it('says why where there is nothing to put to the test', () => {
    const life = new PureLife(createdData());
    life.play(worldWhere(1));
    assert.deepEqual(
      life.run.task.integrity?.crossRuns.map(({ ran, note }) => [ran, note.slice(0, 26)]),
      [
        [false, 'No test that was there bef'],
        [false, 'No test was added or chang'],
      ],
    );
  });

  it('tries the agent’s own check on the commit and the snapshot once the others pass, then judges', () => {
    const { spec } = parseSpec('# T\n## Criteria\n- a', '');
    const life = new PureLife(createdData({ spec }));
    const turn: World = (step) =>
      step.kind !== 'turn'
        ? []
        : [
            answerOf(step.turn, [
              step.turn === 1
                ? callOf('p', 'proposeCheck', { criterion: 1, command: 'p' })
                : finishCall(`f${step.turn}`),
            ]),
          ];
    const check: World = (step) => {
      if (step.kind !== 'check') return [];
      const passes = step.proposedFor === undefined ? step.round > 1 : step.commit !== snapshotCommit;
      return [ofStep(step, checkResult(step.check.name, step.round, passes))];
    };
    life.play(worldWhere(0, { turn, check }));
    const proofs = life.steps.flatMap((step) =>
      step.kind === 'check' || step.kind === 'judge'
        ? `${step.kind} ${step.round} ${step.commit.slice(0, 2)}`
        : [],
    );
    assert.deepEqual(proofs, [
      ...['check 0 aa', 'check 1 11', 'judge 1 11', 'check 2 22', 'check 2 22', 'check 2 aa', 'judge 2 22'],
    ]);
    assert.deepEqual(
      [life.run.task.criteria?.[0]?.state, life.run.task.criteria?.[0]?.boundBy],
      ['met', 'agent'],
    );
    assert.deepEqual(
      life.run.task.checks.map(({ name, passed }) => [name, passed]),
      [['test', true]],
    );
  });

  it('does not ask the agent for more where only what the user left out is missing', () => {
    const { spec } = parseSpec('# T\n## Criteria\n- `left out`', '');
    const life = new PureLife(createdData({ spec }));
    life.play(worldWhere(1));
    const { task } = life.run;
    assert.deepEqual([task.verdict, task.endReason, task.rounds], ['partlyVerified', 'checksPassed', 1]);
  });

  it('calls a check flaky only as long as its newest run was', () => {
    const life = new PureLife(createdData());
    const isFlaky = (round: number, flakyRuns?: number): boolean | undefined => {
      const { data } = checkResult('test', round, true);
      life.record({ type: 'checkEnded', data: flakyRuns === undefined ? data : { ...data, flakyRuns } });
      return life.run.task.checks[0]?.isFlaky;
    };
    assert.deepEqual(
      [isFlaky(0, 2), isFlaky(1), isFlaky(2, 3), isFlaky(3)],
      [true, undefined, true, undefined],
    );
  });

  it('keeps what runs have shown of a commit when it is inspected later, and forgets it of another one', () => {
    const life = new PureLife(createdData());
    const keptOut = ['ci/build.sh'];
    life.record({ type: 'committed', data: { round: 1, commit: '1'.repeat(40), files: [], keptOut } });
    const inspect = (of: string): string | undefined => {
      const data = { round: 1, commit: of.repeat(40), findings: [], findingsLeftOut: 0, durationMs: 1 };
      life.record({ type: 'integrityInspected', data });
      return life.run.task.integrity?.findings.map(({ kind, file }) => `${kind} ${file}`).join();
    };
    assert.deepEqual([inspect('1'), inspect('2')], ['protectedPathChanged ci/build.sh', '']);
  });
});

describe('a question', () => {
  const asking: World = (step) =>
    step.kind !== 'turn'
      ? []
      : [
          answerOf(step.turn, [
            step.turn === 1
              ? callOf('q', 'ask', { question: 'Round up?', defaultAnswer: 'Yes' })
              : finishCall('f'),
          ]),
        ];

  it('makes the task wait until its deadline and then takes the default', () => {
    const life = new PureLife(createdData());
    const decision = life.play(worldWhere(1, { turn: asking }));
    assert.equal(decision.kind, 'wait');
    assert.equal(life.run.task.status, 'needsInput');
    life.now = new Date(life.run.task.question?.deadlineAt ?? '');
    life.play(worldWhere(1, { turn: asking }));
    assert.equal(life.run.task.status, 'readyForReview');
    assert.deepEqual(
      life.run.transcript.find((message) => message.role === 'tool'),
      { role: 'tool', callId: 'q', text: 'Yes' },
    );
  });

  it('takes a person’s answer before that', () => {
    const life = new PureLife(createdData());
    life.play(worldWhere(1, { turn: asking }));
    life.record({ type: 'questionAnswered', data: { questionId: 'q', text: 'No, down.', by: 'person' } });
    life.play(worldWhere(1, { turn: asking }));
    assert.deepEqual(
      life.run.transcript.find((message) => message.role === 'tool'),
      { role: 'tool', callId: 'q', text: 'No, down.' },
    );
  });
});

describe('a message', () => {
  it('to a task at rest starts another round from where it stood, with a fresh budget', () => {
    const life = new PureLife(
      createdData({ budget: { ...defaultBudget, turns: 1, rounds: 1, costUsd: 5, wallTimeMs: 3_600_000 } }),
    );
    life.play(worldWhere(1));
    const delivered = life.run.head;
    life.record({ type: 'messageReceived', data: { messageId: 'm', text: 'Round half up, please.' } });
    life.play(worldWhere(1));
    assert.equal(life.run.task.status, 'readyForReview');
    assert.equal(life.run.round, 2);
    assert.notEqual(life.run.head, delivered);
    assert.equal(
      life.run.transcript.filter((message) => message.role === 'user').at(-1)?.text,
      'Round half up, please.',
    );
  });

  it('to a task at rest is told behind what its last round came to, as is more of the budget', () => {
    const budget = { ...defaultBudget, rounds: 1 };
    const ways: readonly (readonly [Fact, string])[] = [
      [{ type: 'messageReceived', data: { messageId: 'm', text: 'Look at the tax.' } }, 'Look at the tax.'],
      [{ type: 'budgetExtended', data: { budget: { ...budget, rounds: 3 } } }, budgetExtendedText],
    ];
    for (const [fact, text] of ways) {
      const criteria = [
        { text: 'doc', check: null, expect: { kind: 'fileExists' as const, path: 'DOC.md' } },
      ];
      const life = new PureLife(createdData({ budget, spec: { ...createdData().spec, criteria } }));
      const commit: World = (step) =>
        step.kind !== 'commit'
          ? []
          : [
              {
                type: 'committed',
                data: { round: 1, commit: '1'.repeat(40), files: [], keptOut: ['ci.yml'] },
              },
            ];
      life.play(worldWhere(99, { commit }));
      assert.equal(life.run.task.endReason, 'roundsUsedUp');
      life.record(fact);
      life.play(worldWhere(99), (step) => step.kind === 'commit');
      const told = life.run.transcript.flatMap((one) => (one.role === 'user' ? [one.text] : []));
      const [, findings = '', notes = '', integrity = '', last] = told;
      assert.equal(told.length, 5);
      assert.match(findings, /test is broken/);
      assert.match(notes, /not met\n│ - 1\. doc[^]*not taken[^]*ci\.yml/);
      assert.match(integrity, /ci\.yml/);
      assert.equal(last, text);
      // The next round is compared with that one.
      assert.equal(life.run.lastChecks.length, 1);
    }
  });

  it('that comes while the checks run is not lost when they pass', () => {
    const life = new PureLife(createdData());
    life.play(worldWhere(1), (step) => step.kind === 'check' && step.round === 1);
    life.record({ type: 'messageReceived', data: { messageId: 'm', text: 'Also mend the tax.' } });
    life.play(worldWhere(1));
    assert.equal(life.run.round, 2);
    assert.equal(
      life.run.transcript.some((message) => message.role === 'user' && message.text === 'Also mend the tax.'),
      true,
    );
  });
});

describe('what is said while the result is delivered', () => {
  const message = { type: 'messageReceived', data: { messageId: 'm', text: 'Also mend the tax.' } } as const;
  /** Says it in the middle of the first delivery, which then records nothing. */
  const saidMeanwhile = (life: PureLife, fact: Fact, greenFrom: number): World => {
    let isSaid = false;
    return worldWhere(greenFrom, {
      deliver: (step, run) => {
        if (isSaid) return greenWorld()(step, run);
        isSaid = true;
        life.record(fact);
        return [];
      },
    });
  };
  const isHeard = (life: PureLife): boolean =>
    life.run.transcript.some(({ role, text }) => role === 'user' && text === message.data.text);

  it('is worked on as if it had come right after, and only then a result is delivered', () => {
    const life = new PureLife(createdData({ budget: { ...defaultBudget, rounds: 1 } }));
    life.play(saidMeanwhile(life, message, 1));
    const { run, events } = life;
    assert.deepEqual([isHeard(life), run.newMessages, run.round], [true, [], 2]);
    assert.deepEqual([run.task.verdict, run.task.endReason], ['verified', 'checksPassed']);
    assert.equal(events.filter(({ type }) => type === 'delivered').length, 1);
    assert.equal(run.head, '2'.repeat(40));
    assert.ok(!events.some(({ type }) => type === 'interrupted'), 'no runner has ended');
  });

  it('is heard where all rounds were used up, too, and twice is not more than once', () => {
    const life = new PureLife(createdData({ budget: { ...defaultBudget, rounds: 1 } }));
    life.play(worldWhere(2), (step) => step.kind === 'deliver');
    life.record({ type: 'deliverStarted', data: {} });
    life.record(message);
    life.record({ type: 'messageReceived', data: { messageId: 'n', text: 'And the discount.' } });
    life.play(worldWhere(2));
    assert.deepEqual([isHeard(life), life.run.round, life.run.task.verdict], [true, 2, 'verified']);
  });

  it('is not lost where the runner ends in that moment', () => {
    const life = new PureLife(createdData({ budget: { ...defaultBudget, rounds: 1 } }));
    life.play(worldWhere(2), (step) => step.kind === 'deliver');
    life.record({ type: 'deliverStarted', data: {} });
    for (const fact of factsOfTakeUp(life.run)) life.record(fact);
    life.record(message);
    life.play(worldWhere(2));
    assert.deepEqual([isHeard(life), life.run.task.verdict], [true, 'verified']);
  });

  it('by a higher limit lets the work go on that was about to end there', () => {
    const life = new PureLife(createdData({ budget: { ...defaultBudget, rounds: 1 } }));
    const more = { type: 'budgetExtended', data: { budget: { ...defaultBudget, rounds: 2 } } } as const;
    life.play(saidMeanwhile(life, more, 2));
    assert.deepEqual([life.run.round, life.run.task.verdict], [2, 'verified']);
  });

  it('in a log of an earlier version, which delivered all the same, is heard with the next message', () => {
    const life = new PureLife(createdData());
    life.play(worldWhere(1), (step) => step.kind === 'deliver');
    const decision = life.decide();
    assert.ok(decision.kind === 'step');
    life.record({ type: 'deliverStarted', data: {} });
    life.record(message);
    for (const fact of greenWorld()(decision.step, life.run)) life.record(fact);
    assert.deepEqual([life.decide().kind, life.run.task.status], ['rest', 'readyForReview']);
    life.record({ type: 'messageReceived', data: { messageId: 'n', text: 'And?' } });
    life.play(worldWhere(1));
    assert.deepEqual([isHeard(life), life.run.task.verdict], [true, 'verified']);
  });
});

describe('a stop', () => {
  for (const kind of ['prepare', 'check', 'turn', 'commit', 'deliver'] as const) {
    it(`before ${kind} leads to rest through the stop step alone`, () => {
      const life = new PureLife(createdData());
      life.play(worldWhere(1), (step) => step.kind === kind);
      life.record({ type: 'stopRequested', data: {} });
      const before = life.steps.length;
      life.play(worldWhere(1));
      assert.deepEqual(
        life.steps.slice(before).map((step) => step.kind),
        ['stop'],
      );
      assert.equal(life.run.task.status, 'stopped');
    });
  }
});

describe('an interruption', () => {
  it('repeats a harmless step', () => {
    const life = new PureLife(createdData());
    life.play(worldWhere(1), (step) => step.kind === 'turn');
    life.record({ type: 'turnStarted', data: { turn: 1, round: 1, ...noReservation } });
    life.play(worldWhere(1));
    assert.equal(life.run.task.status, 'readyForReview');
    assert.equal(life.events.filter((event) => event.type === 'interrupted').length, 1);
    assert.equal(life.run.transcript.filter((message) => message.role === 'system').length, 1);
  });

  it('tells the agent of a tool call instead of repeating it', () => {
    const life = new PureLife(createdData());
    const turn: World = (step) =>
      step.kind !== 'turn'
        ? []
        : [
            answerOf(step.turn, [
              step.turn === 1 ? callOf('r', 'run', { command: 'make' }) : finishCall('f'),
            ]),
          ];
    life.play(worldWhere(1, { turn }), (step) => step.kind === 'tool');
    life.record({ type: 'toolStarted', data: { turn: 1, callId: 'r', name: 'run', arguments: '{}' } });
    const before = life.steps.length;
    life.play(worldWhere(1, { turn }));
    assert.equal(
      life.steps.slice(before).some((step) => step.kind === 'tool'),
      false,
    );
    assert.match(life.run.transcript.find((message) => message.role === 'tool')?.text ?? '', /Interrupted/);
  });

  it('in mid-task gives the same end as no interruption', () => {
    const undisturbed = new PureLife(createdData());
    undisturbed.play(worldWhere(3));
    for (let cut = 1; cut < undisturbed.events.length; cut += 1) {
      const life = new PureLife(createdData());
      undisturbed.events.slice(1, cut).forEach(({ type, data }) => {
        life.record({ type, data } as Fact);
      });
      life.play(worldWhere(3));
      assert.deepEqual(
        [life.run.task.status, life.run.task.verdict, life.run.head],
        ['readyForReview', 'verified', '3'.repeat(40)],
        `cut at ${cut}`,
      );
    }
  });

  it('leaves the snapshot as the start of the first commit', () => {
    assert.equal(new PureLife(createdData()).run.head, snapshotCommit);
  });
});
