// By what it is seen that a task goes in circles, and by what it is not: each sign with those that look like it.
import assert from 'node:assert/strict';
import { defaultBudget } from '../../../shared/spec/spec.ts';
import type { StuckSign } from '../../../shared/task/stuck.ts';
import { callOf } from '../../support/taskFacts.ts';
import { edit, finish, run, StuckLife, type Circle } from './stuckWorld.ts';

/** A budget in which nothing but what the row is about can happen. */
const rounds = (count: number) => ({ budget: { ...defaultBudget, rounds: count } });
const turns = (count: number) => ({ budget: { ...defaultBudget, rounds: 1, turns: count } });

/** Flips the files of each turn among these. */
const flipping = (...states: readonly string[]): Circle => ({
  calls: (turn) => (turn <= states.length ? [edit('a.js', turn)] : [finish(turn)]),
  filesOfTurn: (turn) => states[turn - 1] ?? null,
});

const calling = (...commands: readonly string[]): Circle => ({
  calls: (turn) => {
    const command = commands[turn - 1];
    return command === undefined ? [finish(turn)] : [run(command, turn)];
  },
});

const reading = (turn: number) => callOf(`read-${turn}`, 'read', { path: `${turn}.js` });

const stuck: readonly (readonly [string, StuckSign, RegExp, Circle, ReturnType<typeof rounds>])[] = [
  ['the same problem in three rounds', 'sameProblems', /same problem in rounds 1, 2, 3/, {}, rounds(4)],
  [
    'the same problems in another order',
    'sameProblems',
    /same 2 problems in rounds 1, 2, 3/,
    { problems: (round) => (round % 2 === 0 ? ['a', 'b'] : ['b', 'a']) },
    rounds(4),
  ],
  [
    'the same failing check that names no problem',
    'sameProblems',
    /rounds 1, 2, 3/,
    { problems: () => [] },
    rounds(4),
  ],
  [
    'the same problems after some progress',
    'sameProblems',
    /rounds 2, 3, 4/,
    { problems: (round) => (round === 1 ? ['a', 'b'] : ['a']) },
    rounds(5),
  ],
  [
    'the files of an earlier round',
    'backAndForth',
    /Round 3 has exactly the files of round 1/,
    { problems: (round) => [`p${round}`], files: (round) => ['x', 'a', 'b', 'a'][round] ?? `r${round}` },
    rounds(4),
  ],
  [
    'edits that go back and forth within a round',
    'backAndForth',
    /back to an earlier state 3 times/,
    flipping('a', 'b', 'a', 'b', 'a'),
    turns(9),
  ],
  [
    'a round that changed nothing',
    'nothingChanged',
    /Round 2 changed no file/,
    { problems: (round) => [`p${round}`], files: (round) => (round === 2 ? null : `r${round}`) },
    rounds(3),
  ],
  [
    'nothing but reading for 30 turns',
    'nothingChanged',
    /reading for 30 turns/,
    { calls: (turn) => [reading(turn)] },
    turns(31),
  ],
  [
    'the same command five times in a row, whatever time it takes',
    'sameCommand',
    /5 times in a row.*run \{"command":"npm test"\}/,
    {
      ...calling(...Array<string>(5).fill('npm test')),
      output: (_call, turn) => `Exit code 1 after ${turn}.${turn} s.\n  1 failing (${turn}34ms)`,
    },
    turns(9),
  ],
  [
    'two commands in turn',
    'sameCommand',
    /4 times in a row.*npm test.*git status/,
    calling(
      ...['npm test', 'git status', 'npm test', 'git status'].flatMap((one) => one),
      ...['npm test', 'git status', 'npm test', 'git status'],
    ),
    turns(12),
  ],
];

const progressing: readonly (readonly [string, Circle, ReturnType<typeof rounds>])[] = [
  ['two rounds alike', { problems: (round) => (round < 3 ? ['a'] : null) }, rounds(5)],
  [
    'fewer problems in each of three rounds',
    { problems: (round) => [['x'], ['a', 'b', 'c'], ['a', 'b'], ['a']][round] ?? null },
    rounds(5),
  ],
  [
    'fewer of one and the same problem in each round',
    { problems: (round) => (round > 4 ? null : Array<string>(5 - round).fill('a')) },
    rounds(6),
  ],
  [
    'the same number of other problems in each round',
    { problems: (round) => (round > 4 ? null : [`p${round}`]) },
    rounds(6),
  ],
  ['a round that changed nothing and passes', { problems: () => null, files: () => null }, rounds(3)],
  ['edits that are undone once', flipping('a', 'b', 'a', 'c'), turns(9)],
  [
    'a print that is put in and taken out again, another one each time',
    flipping('base', 'p1', 'base', 'p2', 'base', 'p3', 'base'),
    turns(12),
  ],
  [
    'a test command five times with edits between',
    {
      calls: (turn) =>
        turn > 10 ? [finish(turn)] : [turn % 2 === 1 ? run('npm test', turn) : edit('a.js', turn)],
      filesOfTurn: (turn) => (turn % 2 === 0 ? `t${turn}` : null),
    },
    turns(14),
  ],
  [
    'a command five times that says something else each time',
    { ...calling(...Array<string>(5).fill('npm run next')), output: (_call, turn) => `step ${turn} of 5` },
    turns(9),
  ],
  [
    'a command five times in a row that changes files each time',
    { ...calling(...Array<string>(6).fill('codemod --next')), filesOfTurn: (turn) => `t${turn}` },
    turns(9),
  ],
  ['a command four times in a row', calling(...Array<string>(4).fill('npm test')), turns(9)],
  [
    'a large code base that is read for 15 turns at the start, and for 20 more after an edit',
    {
      calls: (turn) => [turn === 16 ? edit('a.js', turn) : turn === 37 ? finish(turn) : reading(turn)],
      filesOfTurn: () => 'edited',
    },
    turns(40),
  ],
];

describe('a task that goes in circles', () => {
  for (const [name, sign, detail, circle, limits] of stuck) {
    it(`is seen by ${name}`, () => {
      const life = new StuckLife(circle, limits).playOn();
      const [first] = life.seen;
      assert.deepEqual([first?.sign, first?.approach], [sign, 'hypothesis']);
      assert.match(first?.detail ?? '', detail);
      assert.deepEqual(life.run.task.stuck?.sign, life.seen.at(-1)?.sign);
    });
  }
});

describe('a task that gets on', () => {
  for (const [name, circle, limits] of progressing) {
    it(`is not taken for one by ${name}`, () => {
      const life = new StuckLife(circle, limits).playOn();
      assert.deepEqual(life.seen, []);
      assert.notEqual(life.delivered, undefined);
    });
  }

  it('is left alone for a time by what a person says', () => {
    const life = new StuckLife({}, rounds(5));
    life.play(life.world, (step) => step.kind === 'check' && step.round === 2);
    life.record({ type: 'messageReceived', data: { messageId: 'm', text: 'Look at the tax, too.' } });
    life.playOn();
    assert.deepEqual(
      life.seen.map(({ detail }) => detail),
      ['The same problem in rounds 2, 3, 4.'],
    );
  });
});
