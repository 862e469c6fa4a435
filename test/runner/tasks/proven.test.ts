// Whatever happens in a task's life, what is delivered as verified was proved, and of the very commit that is delivered.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { statementSchema } from '../../../shared/evidence/statement.ts';
import type { EventData } from '../../../shared/task/events.ts';
import { RandomLife, type Delivery } from './randomLife.ts';

const numbers = fc.array(fc.nat(359), { minLength: 30, maxLength: 600, size: 'max' });

/** A life that shows a fault is told as it is: to shorten it takes longer than to read it. */
const options = { numRuns: 300, endOnFailure: true };

function each(property: (delivery: Delivery) => void): void {
  const seen = new Set<string>();
  fc.assert(
    fc.property(numbers, (chosen) => {
      const life = new RandomLife(chosen);
      life.live();
      for (const delivery of life.deliveries) {
        const { step, run } = delivery;
        seen.add(step.verdict).add(step.reason);
        if (run.course.takenRound !== null) seen.add('best round');
        property(delivery);
      }
    }),
    options,
  );
  // What never came to pass was not tried.
  for (const what of ['verified', 'partlyVerified', 'failed', 'checksPassed', 'roundsUsedUp', 'best round'])
    assert.ok(seen.has(what), what);
}

describe('what is delivered', () => {
  it('is the commit that the evidence is of, with its own checks, criteria and findings', () => {
    each(({ run, statement, truth }) => {
      const { subject, predicate } = statementSchema.parse(statement);
      assert.deepEqual(subject[0]?.digest, { gitCommit: run.head });
      assert.equal(run.roundCommit, run.head);
      assert.equal(run.task.commit, run.head);
      assert.ok(predicate.checks.every(({ commit }) => commit === run.head));
      assert.equal(predicate.checks.length, run.created.checks.length);
      assert.deepEqual(
        predicate.criteria.map(({ state, detail }) => [state, detail]),
        truth.judged?.map(({ state, detail }) => [state, detail]),
      );
      const told = predicate.integrity?.findings ?? [];
      const found = [...(truth.inspected ?? []), ...[...truth.crossed.values()].flat()];
      for (const { kind } of found)
        assert.ok(
          told.some((one) => one.kind === kind),
          kind,
        );
      for (const path of truth.keptOut)
        assert.ok(told.some(({ kind, file }) => kind === 'protectedPathChanged' && file === path));
    });
  });

  it('is verified only where all of it was proved, and nothing speaks against it', () => {
    each(({ step, run, truth }) => {
      if (step.verdict !== 'verified') return;
      const whole = ([, checks]: readonly [number, readonly EventData<'checkEnded'>[]]): boolean =>
        run.created.checks.every(({ name }) => checks.some((check) => check.name === name && check.passed));
      assert.ok([...truth.checks].some(whole), 'a round in which all checks passed on it');
      assert.ok(
        truth.judged?.every(({ state }) => state === 'met' || state === 'toJudge'),
        'criteria',
      );
      if (run.head === run.created.snapshot.commit) return;
      assert.deepEqual(truth.inspected, []);
      assert.deepEqual(truth.crossed.get('baseTests') ?? [], []);
    });
  });

  it('does not end as done what was said and not heard', () => {
    each(({ step, run }) => {
      if (run.newMessages.length > 0) assert.ok(step.reason !== 'checksPassed' && step.reason !== 'noChecks');
    });
  });
});
