// A step in which runners end again and again: tried alone, then given up, and never because of an end in good order.
import assert from 'node:assert/strict';
import type { Fact } from '../../../shared/task/events.ts';
import { isSuspect } from '../../../runner/tasks/deaths.ts';
import { factsOfTakeUp, mustActAlone, type Step } from '../../../runner/tasks/life.ts';
import { startOf } from '../../../runner/engine/steps.ts';
import { PureLife, type World } from '../../support/pureLife.ts';
import { answerOf, callOf, createdData } from '../../support/taskFacts.ts';
import { greenWorld } from './greenWorld.ts';

const price = { input: 2, cached: 0.5, output: 8 };
const inOrder: Fact = { type: 'runnerEnded', data: { inOrder: true } };

/** A world in which the agent always wants the same command. */
const stubborn: World = greenWorld({
  turn: (step) => (step.kind === 'turn' ? [answerOf(step.turn, [deadly(step.turn)])] : []),
});
const deadly = (turn: number) => callOf(`c${turn}`, 'run', { command: 'eat all memory' });

/** Plays to the step, which begins and never ends; `end` is what the runner says of its end. */
function dieIn(life: PureLife, kind: Step['kind'], world: World, end: Fact | null = null): void {
  const decision = life.play(world, (step) => step.kind === kind);
  assert.ok(decision.kind === 'step' && decision.step.kind === kind, `it never comes to ${kind}`);
  const start = startOf(decision.step);
  if (start !== null) life.record(start);
  if (end !== null) life.record(end);
  factsOfTakeUp(life.run).forEach((fact) => life.record(fact));
}

describe('a step in which the runner ends', () => {
  for (const [kind, words] of [
    ['prepare', /ended 5 times while preparing the workspace\./],
    ['check', /while running the check test\./],
    ['turn', /while waiting for the model\./],
    ['commit', /while committing the work\./],
    ['inspect', /while comparing the tests with those of before\./],
    ['deliver', /while delivering the branch\./],
  ] as const) {
    it(`is given up after the fifth time, with all else kept: ${kind}`, () => {
      const life = new PureLife(createdData());
      for (const suspicion of [false, true, true, true, true]) {
        dieIn(life, kind, greenWorld());
        assert.equal(isSuspect(life.run), suspicion);
      }
      const decision = life.decide();
      assert.ok(decision.kind === 'step' && decision.step.kind === 'giveUp');
      assert.match(decision.step.error.message, words);
      assert.equal(life.play(greenWorld()).kind, 'rest');
      assert.deepEqual([life.run.task.status, life.run.task.error?.code], ['failed', 'runnerEndedAgain']);
    });
  }

  it('counts once for a task that only waits in the lives of further runners', () => {
    const life = new PureLife(createdData());
    dieIn(life, 'check', greenWorld());
    const next = life.play(greenWorld(), (step) => step.kind === 'check');
    assert.ok(next.kind === 'step');
    const start = startOf(next.step);
    assert.ok(start !== null);
    life.record(start);
    // Two runners have ended in it now, and the second end is not recorded while the task waits.
    assert.deepEqual([mustActAlone(life.run, false), mustActAlone(life.run, true)], [true, false]);
    assert.equal(life.run.deaths['check test'], 1);
  });

  it('is the same call of the agent in whatever turn, and no other', () => {
    const life = new PureLife(createdData());
    dieIn(life, 'tool', stubborn);
    dieIn(life, 'tool', stubborn);
    assert.equal(isSuspect(life.run), true);
    const tame = life.play(stubborn, (step) => step.kind === 'turn');
    assert.deepEqual([tame.kind, isSuspect(life.run)], ['step', false], 'it may think of something else');
    life.play(stubborn, (step) => step.kind === 'tool');
    assert.equal(isSuspect(life.run), true);
    for (let times = 0; times < 3; times += 1) dieIn(life, 'tool', stubborn);
    const decision = life.decide();
    assert.ok(decision.kind === 'step' && decision.step.kind === 'giveUp');
    assert.match(decision.step.error.message, /ended 5 times while running eat all memory\./);
  });

  it('is forgiven once it has come to its end', () => {
    const life = new PureLife(createdData());
    dieIn(life, 'check', greenWorld());
    dieIn(life, 'check', greenWorld());
    life.play(greenWorld(), (step) => step.kind === 'turn');
    assert.deepEqual([isSuspect(life.run), life.run.deaths], [false, {}]);
  });

  it('does not count where the runner ended in good order, or was told to stop', () => {
    const life = new PureLife(createdData());
    for (let times = 0; times < 10; times += 1) dieIn(life, 'turn', greenWorld(), inOrder);
    assert.deepEqual([isSuspect(life.run), life.run.deaths], [false, {}]);
    // What comes before the next runner looks at the task does not make it a death.
    dieIn(life, 'turn', greenWorld(), inOrder);
    life.record({ type: 'messageReceived', data: { messageId: 'message-1', text: 'Hm.' } });
    assert.deepEqual(factsOfTakeUp(life.run), []);
    dieIn(life, 'turn', greenWorld());
    assert.equal(life.events.filter(({ type }) => type === 'runnerEnded').at(-1)?.seq, life.events.length);
    assert.equal(life.run.deaths['turnStarted'], 1);
    life.record({ type: 'stopRequested', data: {} });
    life.play(greenWorld());
    assert.equal(life.run.task.status, 'stopped');
  });

  it('ends the task without another look at its files where even giving up ended a runner', () => {
    const life = new PureLife(createdData({ price }));
    for (let times = 0; times < 5; times += 1) dieIn(life, 'turn', greenWorld());
    const { spent } = life.run;
    life.record({ type: 'runnerEnded', data: { inOrder: false } });
    assert.equal(life.decide().kind, 'record');
    life.play(greenWorld());
    assert.equal(life.run.task.error?.code, 'runnerEndedAgain');
    assert.ok(life.run.spent.costUsd > spent.costUsd, 'the call may be charged for');
  });

  it('is tried anew when a person asks for more work', () => {
    const life = new PureLife(createdData());
    for (let times = 0; times < 5; times += 1) dieIn(life, 'turn', greenWorld());
    life.play(greenWorld());
    life.record({ type: 'messageReceived', data: { messageId: 'message-1', text: 'Once more.' } });
    assert.equal(life.play(greenWorld()).kind, 'rest');
    assert.equal(life.run.task.verdict, 'verified');
  });
});
