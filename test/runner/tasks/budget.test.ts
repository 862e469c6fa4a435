// The hard budget: whatever the model answers, no call ends past a limit.
import assert from 'node:assert/strict';
import type { Price } from '../../../shared/task/events.ts';
import { defaultBudget, type Budget } from '../../../shared/spec/spec.ts';
import { costOf } from '../../../runner/tasks/budget.ts';
import { DayLedger } from '../../../runner/tasks/dayLedger.ts';
import type { Step } from '../../../runner/tasks/life.ts';
import type { Run } from '../../../runner/tasks/run.ts';
import { PureLife, type World } from '../../support/pureLife.ts';
import { answerOf, callOf, createdData, eventAt, firstTime } from '../../support/taskFacts.ts';
import { greenWorld } from './greenWorld.ts';

const price: Price = { input: 2, cached: 0.5, output: 8 };

/** A generator of numbers in 0..1 that is the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** A model that takes as much as it may: every byte a token, answers as long as they are allowed to be. */
function greedyModel(random: () => number, of: Price): World {
  let known = 0;
  let messages = 0;
  return (step, run) => {
    if (step.kind !== 'turn') return [];
    const news = run.transcript.slice(messages).map((message) => message.text);
    // With its own answer, that comes next, the conversation has so many messages.
    messages = run.transcript.length + 1;
    const inputTokens = known + Math.floor(news.join('').length * random());
    const outputTokens = Math.floor(step.maxOutputTokens * (random() < 0.3 ? 1 : random()));
    known = inputTokens + outputTokens;
    const usage = { inputTokens, cachedTokens: Math.floor(inputTokens * random()), outputTokens };
    const answer = answerOf(step.turn, [callOf(`c${step.turn}`, 'read', { path: 'x' })], 'word '.repeat(40));
    return [{ ...answer, data: { ...answer.data, usage, costUsd: costOf(of, usage) } }];
  };
}

const spentOf = (run: Run): [usd: number, tokens: number] => [
  run.task.costUsd ?? 0,
  run.task.usage.inputTokens + run.task.usage.outputTokens,
];

describe('the budget of a task', () => {
  it('is never overspent by a cent or a token, in 300 random lives', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = randomFrom(seed);
      const budget: Budget = {
        ...defaultBudget,
        costUsd: 0.05 + random() * 2,
        tokens: 40_000 + Math.floor(random() * 2_000_000),
      };
      const ownPrice = { input: random() * 20, cached: random(), output: random() * 80 };
      const life = new PureLife(createdData({ price: ownPrice, budget, contextTokens: 10_000_000 }));
      life.play(greenWorld({ turn: greedyModel(random, ownPrice) }));
      const [usd, tokens] = spentOf(life.run);
      assert.ok(usd <= budget.costUsd + 1e-12, `seed ${seed}: spent ${usd} of ${budget.costUsd}`);
      assert.ok(tokens <= budget.tokens, `seed ${seed}: ${tokens} tokens of ${budget.tokens}`);
      assert.equal(life.run.task.commit, '1'.repeat(40), `seed ${seed}: the partial work is delivered`);
    }
  });

  it('would be overspent without the reservation', () => {
    const random = randomFrom(7);
    const life = new PureLife(createdData({ price, budget: { ...defaultBudget, costUsd: 0.2 } }));
    const greedy = greedyModel(random, price);
    const unbounded: World = (step, run) =>
      greedy(step.kind === 'turn' ? { ...step, maxOutputTokens: 100_000 } : step, run);
    life.play(greenWorld({ turn: unbounded }));
    assert.ok(spentOf(life.run)[0] > 0.2, 'the model of this test is not greedy enough to prove anything');
  });

  it('counts what was set aside for a call whose end nobody saw', () => {
    const life = new PureLife(createdData({ price }));
    const isTurn = (step: Step): boolean => step.kind === 'turn';
    const decision = life.play(greenWorld(), isTurn);
    assert.ok(decision.kind === 'step' && decision.step.kind === 'turn');
    const { turn, round, reservedUsd, reservedTokens, maxOutputTokens } = decision.step;
    assert.ok(reservedUsd > 0);
    life.record({
      type: 'turnStarted',
      data: { turn, round, reservedUsd, reservedTokens, maxOutputTokens },
    });
    life.record({ type: 'interrupted', data: { step: 'turnStarted' } });
    assert.deepEqual([life.run.spent.costUsd, life.run.spent.tokens], [reservedUsd, reservedTokens]);
  });

  it('lets a task that came to rest at its limit go on once it is raised', () => {
    const life = new PureLife(createdData({ price, budget: { ...defaultBudget, turns: 2 } }));
    const reading: World = (step) =>
      step.kind === 'turn' ? [answerOf(step.turn, [callOf(`c${step.turn}`, 'read', { path: 'x' })])] : [];
    life.play(greenWorld({ turn: reading }, 99));
    assert.deepEqual([life.run.turn, life.run.isAtRest], [2, true]);
    life.record({ type: 'budgetExtended', data: { budget: { ...defaultBudget, turns: 4 } } });
    assert.equal(life.run.task.status, 'queued');
    life.play(greenWorld({ turn: reading }, 99));
    assert.deepEqual([life.run.turn, life.run.isAtRest, life.run.task.budget.turns], [4, true, 4]);
  });

  it('does not count the time in which no runner ran, nor a question that waits', () => {
    const life = new PureLife(createdData());
    const asking: World = (step) =>
      step.kind === 'turn'
        ? [answerOf(step.turn, [callOf('q', 'ask', { question: 'Which?', defaultAnswer: 'This.' })])]
        : [];
    life.play(greenWorld({ turn: asking }));
    const before = life.run.spent.workedMs;
    life.now = new Date(life.now.getTime() + 3 * 3_600_000);
    life.record({ type: 'questionAnswered', data: { questionId: 'q', text: 'That.', by: 'person' } });
    assert.equal(life.run.spent.workedMs, before);
  });
});

describe('the runner’s ceiling for a day', () => {
  const started = (usd: number) =>
    ({
      type: 'turnStarted',
      data: { turn: 1, round: 1, reservedUsd: usd, reservedTokens: 1, maxOutputTokens: 1 },
    }) as const;
  const at = (hour: number, day = 1): Date => new Date(Date.UTC(2026, 0, day, hour));

  it('counts what is set aside until the true cost is known', () => {
    const ledger = new DayLedger(1);
    ledger.add(eventAt(started(0.6), 1, at(9), 'one'));
    assert.ok(Math.abs(ledger.leftUsd(at(9)) - 0.4) < 1e-9);
    ledger.add(eventAt(answerOf(1, []), 2, at(10), 'one'));
    assert.ok(Math.abs(ledger.leftUsd(at(10)) - 0.99) < 1e-9);
  });

  it('keeps a deleted task’s share, and forgets all of it with the next day', () => {
    const ledger = new DayLedger(1);
    ledger.add(eventAt({ type: 'deleted', data: { spentTodayUsd: 0.7 } }, 1, at(9), 'one'));
    assert.ok(Math.abs(ledger.leftUsd(at(23)) - 0.3) < 1e-9);
    assert.equal(ledger.leftUsd(at(0, 2)), 1);
  });

  it('keeps a call back until the next day begins, and says so once', () => {
    const life = new PureLife(createdData({ price }));
    life.dayLeftUsd = 0.000_1;
    const decision = life.play(greenWorld());
    assert.deepEqual(decision, { kind: 'wait', until: new Date(Date.UTC(2026, 0, 2)) });
    assert.equal(life.events.filter(({ type }) => type === 'heldBack').length, 1);
    assert.match(life.run.task.activity, /ceiling for today/);
    life.dayLeftUsd = Infinity;
    assert.equal(life.play(greenWorld()).kind, 'rest');
    assert.equal(life.run.task.verdict, 'verified');
    assert.ok(life.now > firstTime);
  });
});
