// What the packaged runner takes at rest, and what one task costs beside its own commands.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runScript } from '../layers/runScript.ts';
import { projectRoot } from '../layers/testFiles.ts';
import { byTurn } from '../support/scriptedModel.ts';
import { ended, eventsOf, World } from '../endToEnd/world.ts';
import { inMs, type Measure } from './measures.ts';
import { readUse } from './processUse.ts';

const turns = 40;
const pollMs = 500;

export async function benchTask(): Promise<readonly Measure[]> {
  if (process.platform !== 'linux')
    return [{ what: 'one task', value: '–', against: 'measured on Linux only' }];
  const exitCode = await runScript('build', new AbortController().signal);
  if (exitCode !== 0) throw new Error(`npm run build ended with exit code ${exitCode}`);
  const run = { calls: [{ name: 'run', arguments: { command: 'node check.js' } }] };
  await using world = await World.make(
    byTurn([...Array.from({ length: turns }, () => run), { say: 'Done.' }]),
  );
  const runner = await world.startRunner({}, join(projectRoot, 'dist', 'runner.mjs'));
  const started = await useAtRest(runner.pid);
  const connection = await world.connect();
  const before = await readUse(runner.pid);
  const { id } = await world.handOff(connection, { checks: [] });
  await ended(connection, id);
  const after = await readUse(runner.pid);
  const ownMs = after.ownMs - before.ownMs;
  const childrenMs = after.childrenMs - before.childrenMs;
  const sent = (await eventsOf(connection, id)).flatMap((event) =>
    event.type === 'turnAnswered' ? [event.data.requestBytes] : [],
  );
  return [
    {
      what: `runner’s own processor time, ${turns} turns`,
      value: inMs(ownMs),
      against: `${((ownMs / childrenMs) * 100).toFixed(0)} % of its commands’ ${inMs(childrenMs)}`,
    },
    { what: 'per turn', value: inMs(ownMs / turns), against: '' },
    {
      what: 'memory of the runner at rest',
      value: inMiB(started.memoryMiB),
      against: `${inMiB(started.ownMiB)} its own, the rest Node’s program and libraries`,
    },
    {
      what: 'with one task, at most',
      value: inMiB(after.peakMiB),
      against: `${inMiB(after.memoryMiB)} after it, ${inMiB(after.ownMiB)} its own`,
    },
    {
      what: 'bytes to the model, first and last turn',
      value: `${sent[0]} → ${sent.at(-1)}`,
      against: `${Math.round(((sent.at(-1) ?? 0) - (sent[0] ?? 0)) / turns)} more a turn`,
    },
  ];
}

/** What the process uses once its start is over: when it has asked for no processor for a while. */
async function useAtRest(pid: number) {
  let use = await readUse(pid);
  for (;;) {
    await delay(pollMs);
    const next = await readUse(pid);
    if (next.ownMs === use.ownMs) return next;
    use = next;
  }
}

function inMiB(memoryMiB: number): string {
  return `${memoryMiB.toFixed(0)} MiB`;
}
