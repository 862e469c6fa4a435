// When the files of a turn are kept, what a lost workspace is made from, and where another task may go on from.
import assert from 'node:assert/strict';
import { forkAt } from '../../../runner/tasks/fork.ts';
import { workspaceLostText } from '../../../runner/tasks/prompts.ts';
import { PureLife, type World } from '../../support/pureLife.ts';
import { answerOf, callOf, createdData, snapshotCommit } from '../../support/taskFacts.ts';
import { finishCall, greenWorld } from './greenWorld.ts';

const commitOfTurn = (turn: number): string => `${turn}`.padStart(40, 'c');

/** The agent calls one tool a turn and then finishes; every checkpoint is a commit of its own. */
function calling(...names: readonly string[]): World {
  const turn: World = (step) => {
    if (step.kind !== 'turn') return [];
    const name = names[step.turn - 1];
    const call = name === undefined ? finishCall(`f${step.turn}`) : callOf(`c${step.turn}`, name, {});
    return [answerOf(step.turn, [call])];
  };
  const checkpoint: World = (step) =>
    step.kind === 'checkpoint'
      ? [{ type: 'checkpointed', data: { turn: step.turn, commit: commitOfTurn(step.turn) } }]
      : [];
  return greenWorld({ turn, checkpoint });
}

const turnsKept = (life: PureLife): number[] =>
  life.steps.flatMap((step) => (step.kind === 'checkpoint' ? [step.turn] : []));

describe('checkpoints', () => {
  it('follow every turn that may have changed files, and no other', () => {
    const life = new PureLife(createdData());
    life.play(calling('read', 'edit', 'search', 'run', 'list', 'write'));
    // The last turn finishes: the round's commit keeps its files.
    assert.deepEqual(turnsKept(life), [2, 4, 6]);
  });

  it('are what a lost workspace is made from, with the set-up run again and the agent told', () => {
    const life = new PureLife(createdData({ setUp: 'npm ci' }));
    const world = calling('edit', 'run', 'run');
    life.play(world, (step) => step.kind === 'tool' && step.turn === 2);
    assert.equal(life.run.saved, commitOfTurn(1));
    const before = life.steps.length;
    life.record({ type: 'workspaceLost', data: {} });
    life.play(world);
    assert.deepEqual(
      life.steps.slice(before, before + 3).map((step) => step.kind),
      ['prepare', 'setUp', 'tool'],
    );
    assert.ok(life.run.transcript.some(({ text }) => text === workspaceLostText));
    assert.equal(life.run.task.status, 'readyForReview');
  });

  it('lie behind the commit of a round from then on', () => {
    const life = new PureLife(createdData());
    life.play(calling('edit'));
    assert.equal(life.run.saved, '1'.repeat(40));
  });
});

describe('running again from a turn', () => {
  const original = new PureLife(createdData());
  original.play(calling('edit', 'read', 'run'));

  it('begins with the files and the words of that turn', () => {
    const fork = forkAt(original.events, 2);
    assert.ok(fork);
    assert.deepEqual([fork.turn, fork.commit], [2, commitOfTurn(1)]);
    assert.equal(fork.transcript.at(-1)?.role, 'tool');
    const life = new PureLife(createdData({ fork }));
    life.play(calling(), (step) => step.kind === 'turn');
    assert.equal(life.run.saved, commitOfTurn(1));
    assert.equal(life.run.head, snapshotCommit);
    life.play(calling());
    const words = life.run.transcript;
    const said = fork.transcript.slice(2);
    assert.deepEqual(words.slice(2, 2 + said.length), said);
    assert.match(words[2 + said.length]?.text ?? '', /start again from here, after turn 2/);
    assert.deepEqual(life.run.task.forkedFrom, { taskId: life.run.task.id, turn: 2 });
  });

  it('is not possible from a turn that was not made or has not ended', () => {
    assert.equal(forkAt(original.events, 9), undefined);
    const cut = original.events.findIndex((event) => event.type === 'toolStarted');
    assert.equal(forkAt(original.events.slice(0, cut + 1), 1), undefined);
    assert.notEqual(forkAt(original.events, 1), undefined);
  });
});
