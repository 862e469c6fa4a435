// What is changed in a task that goes in circles, in which order, and which of its rounds is delivered in the end.
import assert from 'node:assert/strict';
import { advance, type Run } from '../../../runner/tasks/run.ts';
import { decide } from '../../../runner/tasks/life.ts';
import { forkAt } from '../../../runner/tasks/fork.ts';
import {
  budgetExtendedText,
  hypothesisFirstText,
  hypothesisTakenText,
} from '../../../runner/tasks/prompts.ts';
import { applyEvent } from '../../../shared/task/applyEvent.ts';
import { taskEventSchema } from '../../../shared/task/eventSchema.ts';
import type { Fact, TaskEvent } from '../../../shared/task/events.ts';
import { taskSchema, type Task } from '../../../shared/task/task.ts';
import { defaultBudget } from '../../../shared/spec/spec.ts';
import { callOf, snapshotCommit } from '../../support/taskFacts.ts';
import { edit, finish, idOf, run, StuckLife, type Circle } from './stuckWorld.ts';

const price = { input: 1, cached: 1, output: 1 };
const other = { model: 'other', contextTokens: 500, price, trailers: ['Assisted-by: Nightjar (other)'] };

/** Writes its hypothesis when it is asked to. */
const obedient: Circle = {
  calls: (turn, life) => (life.run.course.hypothesisTurns > 0 ? [] : [finish(turn)]),
  words: () => 'Hypothesis: the rounding is wrong.',
};

const approaches = (life: StuckLife): string[] => life.seen.map(({ approach }) => approach);

/** Plays to the end, and past every deadline. */
function playToEnd(life: StuckLife): StuckLife {
  life.playOn();
  while (!life.run.isAtRest) {
    life.now = new Date(life.run.task.question?.deadlineAt ?? 0);
    life.playOn();
  }
  return life;
}

describe('what is changed in a task that goes in circles', () => {
  it('is one thing after the other, each once, and then it ends with the best round', () => {
    const life = playToEnd(new StuckLife(obedient, { otherModels: [other] }));
    assert.deepEqual(approaches(life), ['hypothesis', 'startOver', 'otherModel', 'askUser', 'stop']);
    assert.deepEqual([life.delivered?.reason, life.run.task.status], ['stuck', 'failed']);
    // Every change had two rounds of its own behind the one that led to it.
    assert.deepEqual(
      life.seen.map(({ round }) => round),
      [3, 5, 7, 9, 9],
    );
  });

  it('leaves out another model where there is none', () => {
    const life = playToEnd(new StuckLife(obedient));
    assert.deepEqual(approaches(life), ['hypothesis', 'startOver', 'askUser', 'stop']);
    const own = { ...other, model: 'scripted' };
    assert.deepEqual(
      approaches(playToEnd(new StuckLife(obedient, { otherModels: [own] }))),
      approaches(life),
    );
  });

  it('is the same whenever it is decided, and whenever the runner ends', () => {
    const calm = playToEnd(new StuckLife(obedient, { otherModels: [other] }));
    for (let cut = 1; cut < calm.events.length; cut += 1) {
      const life = new StuckLife(obedient, { otherModels: [other] });
      for (const { type, data } of calm.events.slice(1, cut)) life.record({ type, data } as Fact);
      assert.deepEqual(life.decide(), life.decide());
      playToEnd(life);
      assert.deepEqual(
        [approaches(life), life.delivered?.commit, life.run.task.checks],
        [approaches(calm), calm.delivered?.commit, calm.run.task.checks],
        `cut at ${cut}`,
      );
    }
  });

  it('writes only what the schemas know', () => {
    const life = playToEnd(new StuckLife(obedient, { otherModels: [other] }));
    let task: Task | null = null;
    for (const event of life.events) {
      taskEventSchema.parse(event);
      task = applyEvent(task, event);
      taskSchema.parse(task);
    }
    assert.deepEqual(task, life.run.task);
  });
});

describe('a hypothesis', () => {
  /** Goes in circles in round 1 by the same command, then does what the test says. */
  const circling = (
    then: (turn: number) => ReturnType<typeof edit>[],
    words: Circle['words'] = () => '',
  ): Circle => ({
    calls: (turn) => (turn <= 5 ? [run('npm test', turn)] : then(turn)),
    words,
    problems: () => null,
  });
  const toolsDone = (life: StuckLife): string[] =>
    life.steps.flatMap((step) => (step.kind === 'tool' && step.turn > 5 ? [step.call.name] : []));

  it('is asked for before anything more is changed; reading is free meanwhile', () => {
    const life = new StuckLife(
      circling(
        (turn) =>
          [
            [edit('a.js', turn), run('npm test', turn), callOf(`c${turn}`, 'read', { path: 'a.js' })],
            [edit('a.js', turn)],
          ][turn - 6] ?? [finish(turn)],
        (turn) => (turn === 7 ? 'Hypothesis: the cache.' : 'Let me try.'),
      ),
    ).playOn();
    assert.match(life.told[1] ?? '', /goes in circles:\n│ 5 times in a row[^]*“Hypothesis:”/);
    // The edit of turn 6 is refused, that of turn 7 stands beside the hypothesis.
    assert.deepEqual(toolsDone(life), ['read', 'edit']);
    const refused = life.events.filter((event) => event.type === 'toolEnded' && !event.data.ok);
    assert.deepEqual(
      refused.map((event) => event.type === 'toolEnded' && event.data.text),
      [hypothesisFirstText, hypothesisFirstText],
    );
    assert.equal(life.run.course.hypothesis, 'Hypothesis: the cache.');
  });

  it('in words alone is not taken for the end of the round', () => {
    const life = new StuckLife(
      circling(
        (turn) => (turn === 6 ? [] : [finish(turn)]),
        (turn) => (turn === 6 ? 'Die Ursache ist der Zwischenspeicher.' : ''),
      ),
    ).playOn();
    assert.equal(life.told[2], hypothesisTakenText);
    assert.equal(life.run.task.rounds, 1);
  });

  it('is not waited for in vain: after three turns the agent may go on', () => {
    const life = new StuckLife(
      circling((turn) => (turn < 9 ? [edit('a.js', turn)] : [finish(turn)])),
    ).playOn();
    assert.deepEqual(toolsDone(life), ['edit']);
    assert.equal(life.run.task.verdict, 'verified');
  });
});

/** Two problems but for round 2, which has one. */
const bestInSecond: Circle = {
  ...obedient,
  problems: (round) => (round === 0 ? [] : round === 2 ? ['a'] : ['a', 'b']),
};

describe('starting over', () => {
  const atStartOver = (): StuckLife => {
    const life = new StuckLife(bestInSecond);
    life.play(life.world, (step) => step.kind === 'prepare' && life.seen.length === 2);
    return life;
  };

  it('makes the workspace anew from the best round, and talks of what was tried in a conversation of its own', () => {
    const life = atStartOver();
    const [, startOver] = life.seen;
    assert.deepEqual([startOver?.approach, startOver?.commit], ['startOver', idOf('c2')]);
    const { saved, head, isPrepared, course, transcript } = life.run;
    assert.deepEqual([saved, head, isPrepared], [idOf('c2'), idOf('c2'), false]);
    assert.deepEqual(transcript, []);
    // What is given up stays behind the ref of its turn.
    const abandonedRound = startOver?.round ?? 0;
    assert.deepEqual(
      course.abandoned.map(({ commit }) => commit),
      [idOf(`c${abandonedRound}`)],
    );
    life.play(life.world, (step) => step.kind === 'commit');
    assert.equal(life.run.course.isRollingBack, false);
    const [first = '', findings = '', story = ''] = life.told;
    assert.match(first, /Fix the cart/);
    // What fails where the work now stands, not what failed in the round that was given up.
    assert.match(findings, /Problems: 1, one cause/);
    assert.match(
      story,
      /as they were after round 2[^]*│ Round 2: 0 of 1 checks passed[^]*It works now\.[^]*rounding is wrong/,
    );
  });

  it('keeps what the user has said in the meantime', () => {
    const life = new StuckLife(bestInSecond);
    life.play(life.world, (step) => step.kind === 'turn' && step.turn === 2);
    life.record({ type: 'messageReceived', data: { messageId: 'm', text: 'Round half up.' } });
    life.play(life.world, (step) => step.kind === 'prepare' && life.seen.length === 2);
    life.play(life.world, (step) => step.kind === 'commit');
    assert.match(life.told.join('\n'), /What the user has said since the task began\n- Round half up\./);
  });

  it('goes back to the snapshot where no round has come to its end', () => {
    const life = new StuckLife({
      calls: (turn) => (turn === 14 ? [finish(turn)] : [run('npm test', turn)]),
      problems: () => null,
    });
    life.playOn();
    const startOver = life.seen.find(({ approach }) => approach === 'startOver');
    assert.equal(startOver?.commit, snapshotCommit);
    assert.equal(life.run.task.verdict, 'verified');
  });

  it('leaves each turn before it as a place to go on from, with the files and words that it had', () => {
    const life = playToEnd(new StuckLife(bestInSecond));
    const startOver = life.seen.find(({ approach }) => approach === 'startOver');
    const fork = forkAt(life.events, startOver?.turn ?? 0);
    assert.ok(fork);
    assert.equal(fork.commit, idOf(`c${startOver?.round}`));
    assert.ok(fork.transcript.length > 8);
  });
});

describe('another model', () => {
  it('takes over at its own price, in its own window, and is named in the commits', () => {
    const life = new StuckLife(obedient, { otherModels: [other] });
    life.play(life.world, (step) => step.kind === 'turn' && life.seen.length === 3);
    assert.equal(life.run.task.model, 'other');
    const decision = life.decide();
    assert.ok(decision.kind === 'step' && decision.step.kind === 'turn');
    // Its own model has no price that is known; the other one costs.
    assert.ok(decision.step.reservedUsd > 0);
    assert.equal(life.seen[2]?.model, 'other');
    life.play(life.world, (step) => step.kind === 'check');
    assert.match(life.told.at(-1) ?? '', /take over from another model/);
  });
});

describe('asking the user', () => {
  const untilAsked = (): StuckLife => new StuckLife(obedient).playOn();

  it('waits for an answer until a deadline, and then stops', () => {
    const life = untilAsked();
    const { question, status } = life.run.task;
    assert.equal(status, 'needsInput');
    assert.equal(question?.defaultAnswer, 'stop');
    assert.match(question.text, /goes in circles[^]*rounds 5, 6, 7/);
    playToEnd(life);
    assert.deepEqual(approaches(life).slice(-2), ['askUser', 'stop']);
  });

  it('goes on with a hint, and stops by itself if that does not help', () => {
    const life = untilAsked();
    const questionId = life.run.task.question?.id ?? '';
    life.record({ type: 'questionAnswered', data: { questionId, text: 'Try Math.fround.', by: 'person' } });
    const before = life.run.round;
    playToEnd(life);
    assert.ok(life.run.round >= before + 2);
    assert.ok(life.told.some((text) => text.endsWith('The user says: Try Math.fround.')));
    assert.deepEqual([approaches(life).at(-1), life.delivered?.reason], ['stop', 'stuck']);
  });

  it('stops at once where a person says so', () => {
    const life = untilAsked();
    const questionId = life.run.task.question?.id ?? '';
    const turns = life.run.turn;
    life.record({ type: 'questionAnswered', data: { questionId, text: 'Stop it.', by: 'person' } });
    playToEnd(life);
    assert.deepEqual([life.run.turn, life.delivered?.reason], [turns, 'stuck']);
  });

  it('is heard even when it is about to stop', () => {
    const life = untilAsked();
    const questionId = life.run.task.question?.id ?? '';
    life.record({ type: 'questionAnswered', data: { questionId, text: 'stop', by: 'person' } });
    life.play(life.world, (step) => step.kind === 'deliver');
    life.record({ type: 'messageReceived', data: { messageId: 'm', text: 'No, try Math.fround.' } });
    life.play(life.world, (step) => step.kind === 'commit');
    assert.equal(life.told.at(-1), 'No, try Math.fround.');
    assert.equal(life.delivered, undefined);
  });

  it('does not end a task that a person then asks for more', () => {
    const life = playToEnd(untilAsked());
    life.record({ type: 'messageReceived', data: { messageId: 'm', text: 'Now mend the tax.' } });
    life.play(life.world, (step) => step.kind === 'commit');
    assert.equal(life.run.course.hasGivenUp, false);
    assert.equal(life.told.at(-1), 'Now mend the tax.');
  });

  it('is done again, as is all else, where that goes in circles, too', () => {
    const ways = ['hypothesis', 'startOver', 'askUser', 'stop'];
    const message: Fact = { type: 'messageReceived', data: { messageId: 'm', text: 'Now mend the tax.' } };
    const life = playToEnd(untilAsked());
    life.record(message);
    playToEnd(life);
    assert.deepEqual(approaches(life), [...ways, ...ways]);
    assert.equal(life.delivered?.reason, 'stuck');
    // Said when it had given up, but before that was delivered.
    const early = new StuckLife(obedient);
    while (!early.run.course.hasGivenUp) {
      early.play(early.world, () => early.run.course.hasGivenUp);
      early.now = new Date(early.run.task.question?.deadlineAt ?? early.now);
    }
    early.record(message);
    playToEnd(early);
    assert.deepEqual(approaches(early), [...ways, ...ways]);
  });

  it('is not done again for what a person says while the work goes on', () => {
    const life = new StuckLife(obedient);
    life.play(life.world, () => life.seen.length > 0);
    life.record({ type: 'messageReceived', data: { messageId: 'm', text: 'Round half up.' } });
    playToEnd(life);
    assert.deepEqual(approaches(life), ['hypothesis', 'startOver', 'askUser', 'stop']);
  });
});

describe('the best round so far', () => {
  const limited = (rounds: number, circle: Circle): StuckLife =>
    new StuckLife(circle, { budget: { ...defaultBudget, rounds } }).playOn();
  const shrinking = (...counts: readonly number[]): Circle => ({
    problems: (round) =>
      Array.from({ length: round === 0 ? 0 : (counts[round - 1] ?? 0) }, (_, index) => `p${index}`),
  });
  const isOf = (life: StuckLife, round: number): void => {
    const { task } = life.run;
    assert.deepEqual(
      [task.commit, life.delivered?.commit, life.delivered?.round],
      [idOf(`c${round}`), idOf(`c${round}`), round],
    );
    assert.deepEqual(
      task.files.map(({ path }) => path),
      [`round-${round}.js`],
    );
  };

  it('is delivered when the rounds are used up, with its files, checks and words', () => {
    const life = limited(3, shrinking(4, 1, 3));
    isOf(life, 2);
    const { task } = life.run;
    assert.deepEqual(
      [task.endReason, task.verdict, task.checks[0]?.problemCount, task.checks[0]?.commit],
      ['roundsUsedUp', 'failed', 1, idOf('c2')],
    );
  });

  it('is the newest where it is as good as another', () => {
    const life = limited(3, shrinking(4, 1, 1));
    isOf(life, 3);
    assert.ok(!life.events.some(({ type }) => type === 'bestRoundTaken'));
  });

  it('is none that was only luckier on the same commit', () => {
    const life = new StuckLife(
      {
        problems: (round) => Array.from({ length: [0, 1, 3, 2][round] ?? 0 }, (_, index) => `p${index}`),
        files: (round) => (round === 2 ? null : `r${round}`),
      },
      { budget: { ...defaultBudget, rounds: 3 } },
    ).playOn();
    assert.equal(
      life.events.some(({ type }) => type === 'stuckSeen'),
      true,
    );
    isOf(life, 3);
  });

  it('is the one with most checks passed, however many problems the others have', () => {
    const life = new StuckLife(shrinking(9, 1), {
      budget: { ...defaultBudget, rounds: 2 },
      checks: [...['test', 'lint'].map((name) => ({ name, command: name, timeoutMs: 1_000 }))],
    });
    life.play((step, state) => {
      const facts = life.world(step, state);
      if (step.kind !== 'check' || step.check.name !== 'lint') return facts;
      return facts.map((fact) =>
        fact.type === 'checkEnded'
          ? {
              type: 'checkEnded',
              data: { ...fact.data, name: 'lint', passed: step.round === 1, problems: [] },
            }
          : fact,
      );
    });
    isOf(life, 1);
    assert.deepEqual(
      life.run.task.checks.map(({ passed }) => passed),
      [false, true],
    );
  });

  it('does not count what was failing before as new', () => {
    const life = new StuckLife(
      { problems: (round) => (round === 0 ? ['old', 'older'] : round === 1 ? ['old', 'older'] : ['new']) },
      { budget: { ...defaultBudget, rounds: 2 } },
    ).playOn();
    isOf(life, 1);
  });

  it('is delivered when the budget ends in the middle of a later round', () => {
    const life = new StuckLife(
      {
        ...shrinking(1, 5),
        calls: (turn) => (turn === 1 ? [finish(turn)] : [edit('a.js', turn)]),
        filesOfTurn: (turn) => `t${turn}`,
      },
      { budget: { ...defaultBudget, turns: 4 } },
    ).playOn();
    isOf(life, 1);
    assert.equal(life.run.task.endReason, 'budgetUsedUp');
  });

  it('ends the work for the reason for which it was taken, whatever there would be room for then', () => {
    const words = (round: number): string[] =>
      Array.from({ length: round === 2 ? 150 : 1 }, (_, index) =>
        `${String.fromCodePoint(0x4e00 + index)} `.repeat(90),
      );
    const life = new StuckLife(
      { problems: words },
      { digestTokens: 20_000, budget: { ...defaultBudget, tokens: 30_000 } },
    ).playOn();
    isOf(life, 1);
    assert.deepEqual([life.delivered?.reason, life.run.task.endReason], ['budgetUsedUp', 'budgetUsedUp']);
  });

  it('is of those since work was last asked for: an earlier one answered another wish', () => {
    const life = new StuckLife(
      { problems: (round) => (round < 2 ? null : [`p${round}`]) },
      { budget: { ...defaultBudget, rounds: 1 } },
    ).playOn();
    assert.equal(life.run.task.verdict, 'verified');
    life.record({ type: 'messageReceived', data: { messageId: 'm', text: 'More, please.' } });
    life.playOn();
    isOf(life, 2);
  });

  it('is what work goes on from when the budget is raised', () => {
    const life = limited(2, shrinking(1, 5));
    isOf(life, 1);
    life.record({ type: 'budgetExtended', data: { budget: { ...defaultBudget, rounds: 4 } } });
    const before = life.steps.length;
    life.play(life.world, (step) => step.kind === 'commit');
    assert.equal(life.steps[before]?.kind, 'prepare');
    assert.deepEqual([life.run.head, life.run.round], [idOf('c1'), 3]);
    const [findings = '', files = '', last] = life.told.slice(-3);
    // Those of the round whose files are there, not of the last one.
    assert.match(findings, /Problems: 1, one cause/);
    assert.match(files, /all files are as they were after[^]*undone/);
    assert.ok(files.includes('round 1:'));
    assert.equal(last, budgetExtendedText);
  });

  it('goes on rightly where the budget is raised in the moment in which it was taken', () => {
    const life = limited(2, shrinking(1, 5));
    const taken = life.events.findIndex(({ type }) => type === 'bestRoundTaken');
    let state: Run | null = null;
    for (const event of life.events.slice(0, taken + 1)) state = advance(state, event);
    const last = life.events[taken] as TaskEvent;
    const budget = { ...defaultBudget, rounds: 4 };
    const raised = { ...last, seq: last.seq + 1, type: 'budgetExtended', data: { budget } } as TaskEvent;
    const decision = decide(advance(state, raised), { now: new Date(last.at), dayLeftUsd: Infinity });
    assert.deepEqual(decision, { kind: 'step', step: { kind: 'prepare' } });
  });
});
