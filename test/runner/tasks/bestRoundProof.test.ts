// What was proved of one round is never told of another: when the work starts over, when an earlier round is taken, and after words.
import assert from 'node:assert/strict';
import { bestRound, takenFact } from '../../../runner/tasks/bestRound.ts';
import { judgeCriteria } from '../../../runner/tasks/criteria.ts';
import { decide, type Step } from '../../../runner/tasks/life.ts';
import { advance, type Run } from '../../../runner/tasks/run.ts';
import { defaultBudget } from '../../../shared/spec/spec.ts';
import type { Fact, TaskEvent } from '../../../shared/task/events.ts';
import type { World } from '../../support/pureLife.ts';
import { checkNamed, checkResult, createdData, eventAt } from '../../support/taskFacts.ts';
import { ofStep } from './greenWorld.ts';
import { finish, idOf, run, StuckLife } from './stuckWorld.ts';

const hour = 3_600_000;
const message = (text: string): Fact => ({ type: 'messageReceived', data: { messageId: `m-${text}`, text } });
const more = (changes: object): Fact => ({
  type: 'budgetExtended',
  data: { budget: { ...defaultBudget, ...changes } },
});

describe('what was proved of a round', () => {
  it('is not said of the one that the work starts over from, where the time then ends', () => {
    const criteria = [{ text: 'doc', check: null, expect: { kind: 'fileExists' as const, path: 'DOC.md' } }];
    const spec = { title: 't', goal: 'g', context: '', constraints: '', criteria };
    const life = new StuckLife(
      { problems: (round) => (round === 1 ? null : ['broken']) },
      { setUp: 'npm ci', spec },
    );
    const world: World = (step, known) => {
      if (step.kind === 'judge') {
        const results = judgeCriteria(known, step.commit, step.round === 1 ? [] : ['DOC.md']);
        return [{ type: 'criteriaJudged', data: { round: step.round, commit: step.commit, results } }];
      }
      if (step.kind === 'setUp' && known.course.approaches.includes('startOver'))
        life.now = new Date(life.now.getTime() + 2 * hour);
      return life.world(step, known);
    };
    life.play(world);
    const { task } = life.run;
    assert.notEqual(task.verdict, 'verified', 'its criterion was not met');
    assert.equal(task.criteriaCommit, task.commit);
    assert.equal(task.integrity?.commit, task.commit);
  });

  it('by a cross-run is not forgotten when the round is taken once more', () => {
    const life = new StuckLife(
      {},
      { budget: { ...defaultBudget, rounds: 2 }, checks: [checkNamed('test'), checkNamed('lint')] },
    );
    const file = { path: 'cart.test.js', oldPath: null, status: 'modified' as const, added: 1, removed: 1 };
    const finding = {
      ...{ kind: 'oldTestFails' as const, file: 'cart.test.js', line: 1, side: 'before' as const },
      ...{ message: 'x', excerpt: '', foundBy: 'run' as const },
    };
    const world: World = (step, known) => {
      // What failed before fails still; what passed does so in the first round alone.
      if (step.kind === 'check')
        return [
          ofStep(
            step,
            checkResult(step.check.name, step.round, step.check.name === 'test' && step.round < 2),
          ),
        ];
      if (step.kind === 'commit')
        return life
          .world(step, known)
          .map((fact) =>
            fact.type === 'committed' ? { ...fact, data: { ...fact.data, files: [file] } } : fact,
          );
      if (step.kind !== 'crossRun') return life.world(step, known);
      const { tests: kind, round, commit } = step;
      const findings = kind === 'baseTests' ? [finding] : [];
      const data = { round, kind, commit, ran: true, note: '', findings, durationMs: 1, log: null };
      return [{ type: 'crossRunEnded', data }];
    };
    life.play(world);
    life.record(more({ rounds: 3 }));
    life.play(world);
    const { task } = life.run;
    assert.equal(life.events.filter(({ type }) => type === 'bestRoundTaken').length, 2);
    assert.deepEqual([task.verdict, task.commit], ['partlyVerified', idOf('c1')]);
    assert.deepEqual(task.integrity?.findings, [finding]);
    const crossed = life.steps.flatMap((step) =>
      step.kind === 'crossRun' ? [[step.tests, step.round]] : [],
    );
    assert.deepEqual(crossed, [
      ['baseTests', 1],
      ['newTests', 1],
    ]);
  });

  it('is made up for where a log of an earlier version lacks it', () => {
    const criteria = [{ text: 'doc', check: null, expect: { kind: 'fileExists' as const, path: 'DOC.md' } }];
    const life = new StuckLife(
      { problems: (round) => ['p', 'q', 'r'].slice(0, round) },
      { budget: { ...defaultBudget, rounds: 2 }, spec: { ...createdData().spec, criteria } },
    ).playOn();
    const isNew = ({ type }: TaskEvent): boolean =>
      ['criteriaJudged', 'inspectionStarted', 'integrityInspected'].includes(type);
    const taken = life.events.findIndex(({ type }) => type === 'bestRoundTaken');
    let state: Run | null = null;
    for (const event of life.events.slice(0, taken)) if (!isNew(event)) state = advance(state, event);
    const best = bestRound(state!)!;
    state = advance(state, { ...life.events[taken]!, ...takenFact(best, 'roundsUsedUp') });
    const decided: Step[] = [];
    for (let seq = state.task.seq + 1; decided.length < 3; seq += 1) {
      const decision = decide(state, { now: life.now, dayLeftUsd: Infinity });
      assert.ok(decision.kind === 'step', decision.kind);
      decided.push(decision.step);
      for (const fact of life.world(decision.step, state))
        state = advance(state, eventAt(fact, seq, life.now));
    }
    assert.deepEqual(
      decided.map((step) => [
        step.kind,
        'commit' in step ? step.commit : '',
        'round' in step ? step.round : 0,
      ]),
      [
        ['judge', idOf('c1'), 1],
        ['inspect', idOf('c1'), 1],
        ['deliver', '', 0],
      ],
    );
  });

  it('does not answer what was said after it', () => {
    const life = new StuckLife(
      { problems: (round) => (round === 1 ? null : ['broken']) },
      { budget: { ...defaultBudget, rounds: 2 } },
    );
    let isSaid = false;
    const world: World = (step, known) => {
      if (step.kind === 'check' && step.round === 1 && !isSaid) {
        isSaid = true;
        life.record(message('Also the tax'));
      }
      return life.world(step, known);
    };
    life.play(world);
    assert.equal(isSaid, true);
    assert.equal(life.run.task.verdict, 'failed');
  });
});

describe('work that was given up', () => {
  it('starts over from what was there when the user spoke last', () => {
    const life = new StuckLife({
      problems: (round) => (round === 1 ? null : ['broken']),
      calls: (turn) => (turn === 1 ? [finish(turn)] : [run('x', turn)]),
    });
    life.playOn();
    const delivered = life.run.head;
    life.record(message('Also the tax'));
    life.play(life.world, () => life.seen.length >= 2);
    assert.deepEqual(
      life.seen.map(({ approach, commit }) => [approach, commit]),
      [
        ['hypothesis', null],
        ['startOver', delivered],
      ],
    );
  });

  it('is not promised to go on for more of the budget', () => {
    const life = new StuckLife(
      { calls: (turn) => [run('x', turn)], words: () => 'hypothesis: x' },
      { setUp: null },
    );
    const world: World = (step, known) => {
      if (step.kind === 'check' && known.course.hasGivenUp)
        life.now = new Date(life.now.getTime() + 2 * hour);
      return life.world(step, known);
    };
    for (let times = 0; times < 20 && !life.run.isAtRest; times += 1) {
      const decision = life.play(world);
      if (decision.kind === 'wait') life.now = decision.until;
    }
    assert.equal(life.run.task.endReason, 'stuck');
  });
});
