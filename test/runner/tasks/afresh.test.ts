// What a conversation that begins anew is told of the work so far.
import assert from 'node:assert/strict';
import type { World } from '../../support/pureLife.ts';
import { createdData } from '../../support/taskFacts.ts';
import { finish, run, StuckLife, type Circle } from './stuckWorld.ts';

const other = { model: 'other', contextTokens: 500, price: null, trailers: [] };

/** Writes its hypothesis when it is asked to. Two problems but for round 2, which has one. */
const obedient: Circle = {
  calls: (turn, life) => (life.run.course.hypothesisTurns > 0 ? [] : [finish(turn)]),
  words: () => 'Hypothesis: the rounding is wrong.',
};
const bestInSecond: Circle = {
  ...obedient,
  problems: (round) => (round === 0 ? [] : round === 2 ? ['a'] : ['a', 'b']),
};

describe('what the next one is told', () => {
  const criteria = [
    { text: 'Told of', check: null, expect: { kind: 'fileExists' as const, path: 'DOC.md' } },
  ];
  /** With a criterion that is not met, and a change that is not taken, in each round. */
  const lacking = (life: StuckLife): World => {
    return (step, known) =>
      life
        .world(step, known)
        .map((fact) =>
          fact.type === 'committed' ? { ...fact, data: { ...fact.data, keptOut: ['locked.js'] } } : fact,
        );
  };
  const created = { spec: { ...createdData().spec, criteria }, otherModels: [other] };

  it('by a model that takes over is what is missing, and what is not taken, beside what fails', () => {
    const life = new StuckLife(obedient, created);
    life.play(lacking(life), (step) => step.kind === 'turn' && life.seen.length === 3);
    const words = life.run.newMessages.join('\n');
    assert.match(words, /1\. Told of: DOC\.md is not in the commit\./);
    assert.match(words, /undo them in your workspace[^]*locked\.js/);
  });

  it('where the work starts over is what is missing, and nothing of files that are gone', () => {
    const life = new StuckLife(obedient, created);
    life.play(lacking(life), (step) => step.kind === 'turn' && life.seen.length === 2);
    const words = life.run.newMessages.join('\n');
    assert.match(words, /1\. Told of: DOC\.md is not in the commit\./);
    assert.doesNotMatch(words, /locked\.js/);
  });

  it('is what fails where the work stands, not in a round that was given up', () => {
    const life = new StuckLife(
      {
        ...bestInSecond,
        // After it has started over nothing comes to a commit any more.
        calls: (turn, { run: { course } }) =>
          course.approaches.includes('startOver') ? [run('npm test', turn)] : [finish(turn)],
      },
      { otherModels: [other] },
    );
    life.play(life.world, (step) => step.kind === 'turn' && life.seen.length === 3);
    assert.equal(life.seen[2]?.approach, 'otherModel');
    assert.match(life.run.newMessages[0] ?? '', /Problems: 1, one cause/);
  });
});
