// What a hundred tasks at once cost beside their own commands: memory, processor, delays, a restart, waiting.
import { setTimeout as delay } from 'node:timers/promises';
import { runProcess } from '../../shared/host/processes.ts';
import { runScript } from '../layers/runScript.ts';
import { type Step } from '../support/scriptedModel.ts';
import { calm } from '../endToEnd/world.ts';
import { ManyTasks } from './manyTasks.ts';
import { inMs, percentile, type Measure } from './measures.ts';
import { readUse, type ProcessUse } from './processUse.ts';
import { stepOverheads } from './stepOverhead.ts';

const count = 100;
const few = 20;
const turns = 8;
/** Milliseconds for which a runner whose tasks all wait is watched, so many times: at first it still tidies up. */
const idleMs = 5_000;
const idleLooks = 7;

const command = 'node check.js';
const run: Step = { calls: [{ name: 'run', arguments: { command } }] };
const ask: Step = { calls: [{ name: 'ask', arguments: { question: 'Which?', defaultAnswer: 'This' } }] };
const work: readonly Step[] = [...Array.from({ length: turns }, () => run), { say: 'Done.' }];

export async function benchTasks(): Promise<readonly Measure[]> {
  if (process.platform !== 'linux')
    return [{ what: `${count} tasks`, value: '–', against: 'measured on Linux only' }];
  const exitCode = await runScript('build', calm);
  if (exitCode !== 0) throw new Error(`npm run build ended with exit code ${exitCode}`);
  const withFew = await workThrough(few);
  const withMany = await workThrough(count);
  return [
    ...memoryMeasures(withFew, withMany),
    ...processorMeasures(withMany),
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
  /** Processor time of the tasks' commands, had they run by themselves. */
  readonly commandsMs: number;
}

/** All tasks from hand-off to their end. */
async function workThrough(tasks: number): Promise<Work> {
  await using many = await ManyTasks.make(tasks, work);
  const commandMs = await commandCostMs(many.world.project);
  const before = await readUse(many.runner.pid);
  const startedAt = performance.now();
  await many.handOff();
  await many.untilAll(({ type }) => type === 'delivered');
  return {
    before,
    after: await readUse(many.runner.pid),
    durationMs: performance.now() - startedAt,
    delaysMs: many.told.map(({ delayMs }) => delayMs),
    databaseBytes: await many.databaseBytes(),
    commandsMs: commandMs * tasks * turns,
  };
}

/** Milliseconds of processor time that one command takes with nothing around it. */
async function commandCostMs(folder: string): Promise<number> {
  const runs = 40;
  const before = await readUse(process.pid);
  const options = { file: 'bash', args: ['-c', command], cwd: folder, env: process.env, signal: calm };
  for (let number = 0; number < runs; number += 1) await runProcess(options);
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

function processorMeasures({ before, after, commandsMs }: Work): Measure[] {
  const ownMs = after.ownMs - before.ownMs;
  const gitMs = Math.max(0, after.childrenMs - before.childrenMs - commandsMs);
  const share = (ms: number): string => `${((ms / commandsMs) * 100).toFixed(0)} % of the commands’ own`;
  return [
    {
      what: `the runner’s processor time a turn, ${count * turns} turns`,
      value: inMs(ownMs / (count * turns)),
      against: `${share(ownMs)} ${inMs(commandsMs / (count * turns))}; target under 15 %`,
    },
    { what: 'and that of its git', value: inMs(gitMs / (count * turns)), against: share(gitMs) },
  ];
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
