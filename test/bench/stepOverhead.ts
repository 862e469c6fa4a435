// What the engine itself does for one step: decide, record its start, fold it, record its end, fold it.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultBudget } from '../../shared/spec/spec.ts';
import type { Fact } from '../../shared/task/events.ts';
import { startOf } from '../../runner/engine/steps.ts';
import { EventStore } from '../../runner/store/eventStore.ts';
import { decide } from '../../runner/tasks/life.ts';
import { advance, type Run } from '../../runner/tasks/run.ts';
import { callOf, createdData } from '../support/taskFacts.ts';

const steps = 600;
/** About what one commit writes to the database's log: a page or two. */
const flushBytes = 8_192;
const taskId = 'overhead-1';

/** Milliseconds for each step of a task that goes on and on, on a real database, and for each flush of as many bytes. */
export function stepOverheads(): {
  readonly stepsMs: readonly number[];
  readonly flushesMs: readonly number[];
} {
  const folder = mkdtempSync(join(tmpdir(), 'nightjar-step-'));
  try {
    using store = EventStore.open(join(folder, 'events.sqlite'), { path: folder, pid: process.pid });
    const budget = { ...defaultBudget, turns: steps };
    let run = append(store, null, [
      { type: 'taskCreated', data: createdData({ checks: [], contextTokens: 1_000_000, budget }) },
    ]);
    const stepsMs = timesOf(() => {
      run = step(store, run);
    });
    const file = openSync(join(folder, 'plain'), 'a');
    const flushesMs = timesOf(() => {
      writeSync(file, Buffer.alloc(flushBytes));
      fdatasyncSync(file);
    });
    closeSync(file);
    return { stepsMs, flushesMs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timesOf(work: () => void): number[] {
  return Array.from({ length: steps }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
}

function step(store: EventStore, run: Run): Run {
  const decision = decide(run, { now: new Date(), dayLeftUsd: Infinity });
  if (decision.kind !== 'step') throw new Error(`the task came to ${decision.kind}`);
  const start = startOf(decision.step);
  const started = start === null ? run : append(store, run, [start]);
  return append(store, started, endOf(started));
}

function append(store: EventStore, run: Run | null, facts: readonly Fact[]): Run {
  store.append(taskId, facts, new Date());
  const after = store.eventsOf(taskId, run?.task.seq ?? 0).reduce(advance, run);
  if (after === null) throw new Error('nothing was recorded');
  return after;
}

/** Turns with one call that changes nothing. */
function endOf(run: Run): readonly Fact[] {
  switch (run.pending?.type) {
    case 'prepareStarted':
      return [{ type: 'prepared', data: { durationMs: 1 } }];
    case 'turnStarted': {
      const { turn } = run;
      const usage = { inputTokens: 100, cachedTokens: 0, outputTokens: 10 };
      const toolCalls = [callOf(`call-${turn}`, 'read', { path: 'src/cart.js' })];
      const data = {
        turn,
        text: 'I look.',
        toolCalls,
        usage,
        costUsd: 0,
        requestBytes: 1_000,
        durationMs: 1,
      };
      return [{ type: 'turnAnswered', data }];
    }
    case 'toolStarted': {
      const { turn, callId, name } = run.pending.data;
      const data = { turn, callId, name, ok: true, text: 'x'.repeat(1_000), log: null, durationMs: 1 };
      return [{ type: 'toolEnded', data }];
    }
    default:
      throw new Error(`no end for ${run.pending?.type ?? 'nothing'}`);
  }
}
