// The hard budget: whatever the model answers, no call ends past a limit.
import assert from 'node:assert/strict';
import { KnownError } from '../../../shared/errors/errors.ts';
import type { Fact, Price } from '../../../shared/task/events.ts';
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

describe('a task that waits for a limit of the endpoint', () => {
  const until = new Date(firstTime.getTime() + 600_000);
  const limited = (turn: number): Fact => ({
    type: 'rateLimited',
    data: { turn, endpoint: 'https://host/v1', until: until.toISOString(), refusals: 1 },
  });

  it('begins the same turn again, and neither its wait nor its reservation counts', () => {
    const life = new PureLife(createdData({ price }));
    let isLimited = true;
    const world = greenWorld({
      turn: (step) =>
        step.kind === 'turn' && isLimited ? [limited(step.turn - 1)] : greenWorld()(step, life.run),
    });
    assert.deepEqual(life.play(world), { kind: 'wait', until });
    const { spent, turn, transcript } = life.run;
    assert.deepEqual([turn, spent.costUsd, spent.turns, life.run.task.turns], [0, 0, 0, 0]);
    assert.equal(life.run.task.waitsUntil, until.toISOString());
    // What people do meanwhile doesn't make it ask sooner, and it is told of afterwards.
    life.record({ type: 'messageReceived', data: { messageId: 'message-1', text: 'By the way.' } });
    assert.deepEqual(life.decide(), { kind: 'wait', until });
    isLimited = false;
    life.now = until;
    assert.equal(life.play(world).kind, 'rest');
    assert.ok(life.run.spent.workedMs < 60_000, 'ten minutes of waiting are no work');
    assert.equal(
      life.run.spent.workedMs - spent.workedMs,
      5_000,
      'a turn, the commit, a check, the inspection, the delivery',
    );
    assert.deepEqual(
      [life.run.task.verdict, life.run.turn, life.run.task.waitsUntil, life.run.rateLimit],
      ['verified', 1, undefined, null],
    );
    const told = life.run.transcript.slice(0, transcript.length + 1).map((message) => message.text);
    assert.deepEqual(told, [...transcript.map((message) => message.text), 'By the way.']);
  });

  it('can be stopped meanwhile', () => {
    const life = new PureLife(createdData());
    life.play(greenWorld({ turn: () => [limited(0)] }));
    life.record({ type: 'stopRequested', data: {} });
    life.play(greenWorld());
    assert.deepEqual([life.run.task.status, life.run.task.waitsUntil], ['stopped', undefined]);
  });

  it('frees what it had set aside of the day', () => {
    const ledger = new DayLedger(1);
    const data = { turn: 1, round: 1, reservedUsd: 0.6, reservedTokens: 1, maxOutputTokens: 1 };
    ledger.add(eventAt({ type: 'turnStarted', data }, 1, firstTime));
    ledger.add(eventAt(limited(0), 2, firstTime));
    assert.equal(ledger.leftUsd(firstTime), 1);
  });
});

describe('the runner’s ceiling for a day, over calls that fail for good', () => {
  /** A hundred tasks, one after the other; a call that fails may be billed for all that was set aside. The true bill. */
  function billOfDay(seed: number, isRecorded: boolean): number {
    const random = randomFrom(seed);
    const ledger = new DayLedger(1);
    let billedUsd = 0;
    const turn: World = (step, run) => {
      if (step.kind !== 'turn') return [];
      if (random() < 0.3) {
        billedUsd += answerOf(step.turn, []).data.costUsd ?? 0;
        return greenWorld()(step, run);
      }
      const isBilled = random() < 0.7;
      if (isBilled) billedUsd += step.reservedUsd;
      const error = new KnownError('modelUnreachable', { endpoint: 'e', detail: 'cut' }).toReport();
      const mayBeBilled = isRecorded && isBilled;
      return [{ type: 'taskFailed', data: { error, commit: null, ref: null, mayBeBilled } }];
    };
    for (let count = 1; count <= 100; count += 1) {
      const life = new PureLife(createdData({ price }));
      life.dayLeftUsd = ledger.leftUsd(life.now);
      life.play(greenWorld({ turn }));
      for (const event of life.events) ledger.add({ ...event, taskId: `task-${count}` });
    }
    return billedUsd;
  }

  it('is kept, in 30 random days', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const billed = billOfDay(seed, true);
      assert.ok(billed <= 1 + 1e-9, `seed ${seed}: billed ${billed}`);
      assert.ok(billed > 0.3, `seed ${seed}: only ${billed} was billed`);
    }
  });

  it('would be passed if the failed calls counted nothing', () => {
    assert.ok(billOfDay(1, false) > 1);
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

  it('counts a call that a deletion cuts off', () => {
    const ledger = new DayLedger(1);
    ledger.add(eventAt(answerOf(1, []), 1, at(8), 'one'));
    ledger.add(eventAt(started(0.6), 2, at(9), 'one'));
    assert.ok(Math.abs(ledger.shareOf('one') - 0.61) < 1e-9);
    ledger.add(eventAt({ type: 'deleted', data: { spentTodayUsd: ledger.shareOf('one') } }, 3, at(9), 'one'));
    assert.ok(Math.abs(ledger.leftUsd(at(9)) - 0.39) < 1e-9);
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
