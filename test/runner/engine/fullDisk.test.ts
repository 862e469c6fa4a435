// What a step does that finds the disk full: who does it again, who leaves it to the log, and how long it waits.
import assert from 'node:assert/strict';
import { KnownError } from '../../../shared/errors/errors.ts';
import type { Fact } from '../../../shared/task/events.ts';
import { performWithRoom, whenThereIsRoom } from '../../../runner/engine/fullDisk.ts';
import type { StepCall } from '../../../runner/engine/stepCall.ts';
import type { Step } from '../../../runner/tasks/life.ts';
import { runOf } from '../../../runner/tasks/run.ts';
import { callOf, createdData, eventsFrom } from '../../support/taskFacts.ts';

const full = new KnownError('diskFull', { path: '/data' });

describe('a step that finds the disk full', () => {
  const recorded: Fact[] = [];
  const pausesMs: number[] = [];
  let wishes = 0;
  /** Whether even a fact finds no room. */
  let isLogFull = false;
  beforeEach(() => {
    recorded.length = 0;
    pausesMs.length = 0;
    wishes = 0;
    isLogFull = false;
  });

  /** A call in which preparing and each tool call do what `act` does. */
  function callOn(act: () => Promise<unknown>, signal = new AbortController().signal): StepCall {
    const run = runOf(eventsFrom([{ type: 'taskCreated', data: createdData() }]))!;
    const ports = {
      workspaces: {
        prepare: act,
        whyLost: async () => null,
        folderOf: () => '/workspace',
        borrowedBy: () => [],
      },
      tools: { run: act },
      logs: { fileFor: () => '/log' },
      clock: { now: () => new Date(), sleep: async (ms: number) => void pausesMs.push(ms) },
      makeRoom: () => (wishes += 1),
    } as unknown as StepCall['ports'];
    const record = (facts: readonly Fact[]) => {
      if (isLogFull) throw full;
      recorded.push(...facts);
      return run;
    };
    return { run, ports, record, events: () => [], dayLeftUsd: () => 1, signal };
  }
  const failing = (times: number) => async (): Promise<unknown> => {
    if (times-- > 0) throw full;
    return { ok: true, text: '', isLogged: false };
  };
  const prepare: Step = { kind: 'prepare' };
  const tool: Step = { kind: 'tool', turn: 1, call: callOf('a', 'run', { command: 'make' }) };

  it('is done again until there is room, says so once, and asks for room each time', async () => {
    const facts = await performWithRoom(prepare, callOn(failing(8)));
    assert.deepEqual(
      facts.map(({ type }) => type),
      ['prepared'],
    );
    assert.deepEqual(recorded, [{ type: 'diskFull', data: {} }]);
    assert.deepEqual(
      pausesMs,
      [2, 4, 8, 16, 32, 64, 64, 64].map((seconds) => seconds * 1_000),
    );
    assert.equal(wishes, 8);
  });

  it('waits, too, where there is no room to say so', async () => {
    isLogFull = true;
    const facts = await performWithRoom(prepare, callOn(failing(1)));
    assert.deepEqual([facts.length, recorded.length, pausesMs.length], [1, 0, 1]);
  });

  it('is not done again where it may have had an effect: the log tells that it was begun', async () => {
    let times = 0;
    const act = async (): Promise<never> => {
      times += 1;
      throw full;
    };
    assert.deepEqual(await performWithRoom(tool, callOn(act)), []);
    assert.deepEqual([times, pausesMs.length], [1, 1]);
  });

  it('fails as before for every other reason, and ends when it is cut off', async () => {
    await assert.rejects(
      performWithRoom(
        prepare,
        callOn(async () => Promise.reject(new KnownError('gitMissing'))),
      ),
      { code: 'gitMissing' },
    );
    const controller = new AbortController();
    const cutOff = async (): Promise<never> => {
      controller.abort(new Error('stopped'));
      throw full;
    };
    await assert.rejects(whenThereIsRoom(callOn(cutOff, controller.signal), Infinity, cutOff), /stopped/);
    assert.deepEqual([recorded.length, pausesMs.length], [0, 0]);
  });
});
