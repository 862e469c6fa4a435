// Which workspace gives way first, and what a task whose workspace did goes on with.
import assert from 'node:assert/strict';
import { workspaceLostText, workspaceReclaimedText } from '../../../runner/tasks/prompts.ts';
import { removalsFor, setUpsToRemove, type IdleTask } from '../../../runner/tasks/reclaim.ts';
import { applyEvent } from '../../../shared/task/applyEvent.ts';
import { PureLife, type World } from '../../support/pureLife.ts';
import { answerOf, callOf, createdData } from '../../support/taskFacts.ts';
import { finishCall, greenWorld } from './greenWorld.ts';

const idle = (taskId: string, day: number, changes: Partial<IdleTask> = {}): IdleTask => ({
  ...{ taskId, isWaiting: false, since: `2026-01-0${day}T00:00:00.000Z`, privateBytes: 10, filesBytes: 100 },
  ...changes,
});

describe('what gives way when room is short', () => {
  const tasks = [
    idle('waiting', 1, { isWaiting: true }),
    idle('newer', 3),
    idle('older', 2),
    idle('long-waiting', 4, { isWaiting: true, privateBytes: 0 }),
    idle('empty', 1, { privateBytes: 0, filesBytes: 0 }),
  ];
  const chosen = (bytes: number) => removalsFor(tasks, bytes).map(({ taskId, part }) => `${taskId} ${part}`);

  it('is nothing while there is room', () => {
    assert.deepEqual(chosen(0), []);
    assert.deepEqual(chosen(-1), []);
  });

  it('is caches first, then ended tasks, then those that wait for a person, each by how long they rest', () => {
    const all = ['older private', 'newer private', 'older workspace', 'newer workspace'];
    assert.deepEqual(chosen(Infinity), [...all, 'waiting workspace', 'long-waiting workspace']);
  });

  it('is as little as is enough', () => {
    assert.deepEqual(chosen(1), ['older private']);
    assert.deepEqual(chosen(20), ['older private', 'newer private']);
    assert.deepEqual(chosen(21), ['older private', 'newer private', 'older workspace']);
    assert.deepEqual(chosen(120), ['older private', 'newer private', 'older workspace']);
  });
});

describe('the set-ups that give way when room is short', () => {
  const kept = (folder: string, usedAtMs: number) => ({ folder, usedAtMs, bytes: 100 });
  const setUps = [kept('newest', 3), kept('oldest', 1), kept('middle', 2)];
  const chosen = (bytes: number) => setUpsToRemove(setUps, bytes).map(({ folder }) => folder);

  it('are those that nobody has used for the longest time, and no more than it takes', () => {
    assert.deepEqual(chosen(0), []);
    assert.deepEqual(chosen(100), ['oldest']);
    assert.deepEqual(chosen(101), ['oldest', 'middle']);
    assert.deepEqual(chosen(Infinity), ['oldest', 'middle', 'newest']);
  });
});

describe('a task whose workspace was put away', () => {
  const kept = 'd'.repeat(40);
  const reclaimed = { type: 'workspaceReclaimed', data: { commit: kept } } as const;
  const asks: World = (step) => {
    if (step.kind !== 'turn') return [];
    const ask = callOf('ask', 'ask', { question: 'Which one?', defaultAnswer: 'The first.' });
    const write = callOf('write', 'write', {});
    return [answerOf(step.turn, step.turn === 1 ? [write, ask] : [finishCall('end')])];
  };

  it('does nothing while it waits for a person, and then begins with workspace and set-up', () => {
    const life = new PureLife(createdData({ setUp: 'npm ci' }));
    const world = greenWorld({ turn: asks });
    assert.equal(life.play(world).kind, 'wait');
    life.record(reclaimed);
    assert.deepEqual([life.run.isPrepared, life.run.saved, life.run.isDirty], [false, kept, false]);
    const before = life.steps.length;
    assert.equal(life.play(world).kind, 'wait');
    assert.equal(life.steps.length, before);
    life.record({ type: 'questionAnswered', data: { questionId: 'ask', text: 'The second.', by: 'person' } });
    assert.equal(life.play(world).kind, 'rest');
    const kinds = life.steps.slice(before).map(({ kind }) => kind);
    assert.deepEqual(kinds.slice(0, 3), ['prepare', 'setUp', 'turn']);
    assert.equal(life.run.task.status, 'readyForReview');
  });

  it('tells the agent once, and never that changes are gone', () => {
    const life = new PureLife(createdData());
    const world = greenWorld();
    life.play(world);
    life.record(reclaimed);
    life.record({ type: 'workspaceReclaimed', data: { commit: kept } });
    assert.equal(life.play(world).kind, 'rest');
    life.record({ type: 'messageReceived', data: { messageId: 'message-1', text: 'More, please.' } });
    life.play(world);
    const said = life.run.transcript.map(({ text }) => text);
    assert.equal(said.filter((text) => text === workspaceReclaimedText).length, 1);
    assert.ok(said.indexOf(workspaceReclaimedText) < said.indexOf('More, please.'));
    assert.ok(!said.includes(workspaceLostText));
  });

  it('keeps its time of rest, by which clients sort it', () => {
    const life = new PureLife(createdData());
    life.play(greenWorld());
    const { task } = life.run;
    life.record(reclaimed);
    const event = life.events.at(-1)!;
    const after = applyEvent(task, event);
    assert.deepEqual(after, { ...task, seq: event.seq });
  });
});
