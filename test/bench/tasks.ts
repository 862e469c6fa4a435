// What a hundred tasks at once cost beside their own commands: memory, processor, delays, a restart, waiting.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runProcess } from '../../shared/host/processes.ts';
import { runScript } from '../layers/runScript.ts';
import { type Step } from '../support/scriptedModel.ts';
import { calm } from '../endToEnd/world.ts';
import { ManyTasks } from './manyTasks.ts';
import { inMs, percentile, type Measure } from './measures.ts';
import { readTreeMs, readUse, type ProcessUse } from './processUse.ts';
import { stepOverheads } from './stepOverhead.ts';

const count = 100;
const few = 20;
const turns = 8;
/** Milliseconds for which a runner whose tasks all wait is watched, so many times: at first it still tidies up. */
const idleMs = 5_000;
const idleLooks = 7;

/** Hardly more than the start of a program. */
const trivial = 'node check.js';
/** What agents run: the project's tests. */
const testRun = 'node --test';
const testRuns = 4;
const testFiles = 3;
const run: Step = callOf(trivial);
const ask: Step = { calls: [{ name: 'ask', arguments: { question: 'Which?', defaultAnswer: 'This' } }] };
export async function benchTasks(): Promise<readonly Measure[]> {
  if (process.platform !== 'linux')
    return [{ what: `${count} tasks`, value: '–', against: 'measured on Linux only' }];
  const exitCode = await runScript('build', calm);
  if (exitCode !== 0) throw new Error(`npm run build ended with exit code ${exitCode}`);
  const withFew = await workThrough(few);
  const withMany = await workThrough(count);
  const withTests = await workThrough(few, testRun, testRuns);
  return [
    ...memoryMeasures(withFew, withMany),
    processorMeasure('a trivial command', withMany),
    processorMeasure('a small test run', withTests),
    ...flowMeasures(withMany),
    await restartMeasure(),
    stepMeasure(),
    await idleMeasure(),
  ];
}

interface Work {
  readonly before: ProcessUse;
  readonly after: ProcessUse;
  readonly durationMs: number;
  readonly delaysMs: readonly number[];
  readonly databaseBytes: number;
  /** Commands that the tasks ran. */
  readonly commands: number;
  /** Milliseconds of processor time of each, had it run by itself. */
  readonly commandMs: number;
  /** Milliseconds of processor time of everything that ran for the tasks. */
  readonly allMs: number;
}

/** All tasks from hand-off to their end. */
async function workThrough(tasks: number, command = trivial, turnsEach = turns): Promise<Work> {
  const steps = [...Array.from({ length: turnsEach }, () => callOf(command)), { say: 'Done.' }];
  await using many = await ManyTasks.make(tasks, steps);
  const { project } = many.world;
  await writeTests(project);
  const commandMs = await commandCostMs(project, command);
  const before = await readUse(many.runner.pid);
  const allBeforeMs = await readTreeMs(many.runner.pid);
  const startedAt = performance.now();
  await many.handOff();
  await many.untilAll(({ type }) => type === 'delivered');
  return {
    before,
    after: await readUse(many.runner.pid),
    durationMs: performance.now() - startedAt,
    delaysMs: many.told.map(({ delayMs }) => delayMs),
    databaseBytes: await many.databaseBytes(),
    commands: tasks * turnsEach,
    commandMs,
    allMs: (await readTreeMs(many.runner.pid)) - allBeforeMs,
  };
}

function callOf(command: string): Step {
  return { calls: [{ name: 'run', arguments: { command } }] };
}

/** Each file of tests is a process of its own to Node. */
async function writeTests(project: string): Promise<void> {
  const test = "require('node:test')('adds', () => require('node:assert').equal(1 + 1, 2));\n";
  for (let number = 1; number <= testFiles; number += 1)
    await writeFile(join(project, `sum${number}.test.js`), test);
}

/** Milliseconds of processor time that one command takes with nothing around it, not even a big parent. */
async function commandCostMs(folder: string, command: string): Promise<number> {
  const runs = 20;
  const args = ['-c', `for run in $(seq ${runs}); do bash -c '${command}'; done`];
  const before = await readUse(process.pid);
  await runProcess({ file: 'bash', args, cwd: folder, env: process.env, signal: calm });
  const after = await readUse(process.pid);
  return (after.childrenMs - before.childrenMs) / runs;
}

function memoryMeasures(withFew: Work, withMany: Work): Measure[] {
  const inMiB = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} MiB`;
  const perTask = (withMany.after.peakMiB - withFew.after.peakMiB) / (count - few);
  return [
    {
      what: `the runner’s memory at most, ${count} tasks at once`,
      value: inMiB(withMany.after.peakMiB),
      against: `${inMiB(withFew.after.peakMiB)} with ${few}; target under 600 MiB`,
    },
    { what: 'for each further task', value: inMiB(perTask), against: 'target under 4 MiB' },
  ];
}

function processorMeasure(what: string, { before, after, commands, commandMs, allMs }: Work): Measure {
  const besideMs = allMs / commands - commandMs;
  const ownMs = (after.ownMs - before.ownMs) / commands;
  const parts = `${inMs(ownMs)} of them the runner’s own, the rest git’s and what starts it`;
  const share = `${((besideMs / commandMs) * 100).toFixed(0)} % of its own ${inMs(commandMs)}`;
  return {
    what: `CPU beside the commands, a turn with ${what}`,
    value: inMs(besideMs),
    against: `${share}; target under 15 %; ${parts}`,
  };
}

function flowMeasures({ delaysMs, durationMs, databaseBytes }: Work): Measure[] {
  return [
    { what: 'events a second', value: (delaysMs.length / (durationMs / 1_000)).toFixed(0), against: '' },
    { what: 'event to client, median', value: inMs(percentile(delaysMs, 0.5)), against: '' },
    { what: 'event to client, 99 of 100', value: inMs(percentile(delaysMs, 0.99)), against: '' },
    {
      what: 'database, bytes a turn',
      value: (databaseBytes / (count * (turns + 1))).toFixed(0),
      against: '',
    },
  ];
}

/** From the start of the process until the last of the tasks has got on. */
async function restartMeasure(): Promise<Measure> {
  await using many = await ManyTasks.make(count, [run, { hang: true }]);
  await many.handOff();
  await many.untilAll((event) => event.type === 'turnStarted' && event.data.turn === 2);
  const lastSeq = Math.max(...many.told.map(({ event }) => event.seq));
  const killedAt = Date.now();
  await many.killAndRestart();
  await many.untilAll(({ seq, type }) => seq > lastSeq && type === 'turnStarted');
  const movedAt = many.told.filter(({ event: { seq, type } }) => seq > lastSeq && type === 'turnStarted');
  const tookMs = Math.max(...movedAt.map(({ event }) => Date.parse(event.at))) - killedAt;
  return {
    what: `kill to all ${count} tasks moving again`,
    value: inMs(tookMs),
    against: 'target under 2 s',
  };
}

function stepMeasure(): Measure {
  const { stepsMs, flushesMs } = stepOverheads();
  const flushMs = percentile(flushesMs, 0.5);
  const against = `the disk’s two flushes alone ${inMs(2 * flushMs)}; target under 1 ms`;
  return { what: 'overhead of a step, median', value: inMs(percentile(stepsMs, 0.5)), against };
}

async function idleMeasure(): Promise<Measure> {
  await using many = await ManyTasks.make(count, [ask]);
  await many.handOff();
  await many.untilAll(({ type }) => type === 'questionAsked');
  const shares: number[] = [];
  for (let look = 0; look < idleLooks; look += 1) {
    const before = await readUse(many.runner.pid);
    await delay(idleMs);
    const after = await readUse(many.runner.pid);
    shares.push((after.ownMs - before.ownMs + after.childrenMs - before.childrenMs) / idleMs);
  }
  const what = `processor while ${count} tasks wait for an answer`;
  const value = `${(percentile(shares, 0.5) * 100).toFixed(1)} %`;
  return { what, value, against: 'target under 1 %' };
}
