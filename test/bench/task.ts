// What one task costs beside its own commands: processor, memory, bytes to the model.
import { byTurn } from '../support/scriptedModel.ts';
import { ended, eventsOf, World } from '../endToEnd/world.ts';
import { inMs, type Measure } from './measures.ts';
import { readUse } from './processUse.ts';

const turns = 40;

export async function benchTask(): Promise<readonly Measure[]> {
  if (process.platform !== 'linux')
    return [{ what: 'one task', value: '–', against: 'measured on Linux only' }];
  const run = { calls: [{ name: 'run', arguments: { command: 'node check.js' } }] };
  await using world = await World.make(
    byTurn([...Array.from({ length: turns }, () => run), { say: 'Done.' }]),
  );
  const runner = await world.startRunner();
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
      what: 'memory of the runner, before and after',
      value: `${before.memoryMiB.toFixed(0)} → ${after.memoryMiB.toFixed(0)} MiB`,
      against: '',
    },
    {
      what: 'bytes to the model, first and last turn',
      value: `${sent[0]} → ${sent.at(-1)}`,
      against: `${Math.round(((sent.at(-1) ?? 0) - (sent[0] ?? 0)) / turns)} more a turn`,
    },
  ];
}
