// How long an event takes from the runner's clock to a client, while a task runs.
import { byTurn } from '../support/scriptedModel.ts';
import { ended, World } from '../endToEnd/world.ts';
import { inMs, percentile, type Measure } from './measures.ts';

const turns = 200;

export async function benchEvents(): Promise<readonly Measure[]> {
  const read = { calls: [{ name: 'read', arguments: { path: 'answer.txt' } }] };
  await using world = await World.make(
    byTurn([...Array.from({ length: turns }, () => read), { say: 'Done.' }]),
  );
  await world.startRunner();
  const connection = await world.connect();
  const delays: number[] = [];
  connection.watchTasks({
    snapshot: () => undefined,
    // Both clocks are this machine's; an event's time has whole milliseconds.
    event: ({ at }) =>
      void delays.push(Math.max(0, performance.timeOrigin + performance.now() - Date.parse(at) - 0.5)),
  });
  const { id } = await world.handOff(connection, { checks: [], budget: { turns: turns + 10 } });
  await ended(connection, id);
  return [
    {
      what: `event to client, ${delays.length} events, median`,
      value: inMs(percentile(delays, 0.5)),
      against: '',
    },
    { what: 'event to client, 99 of 100', value: inMs(percentile(delays, 0.99)), against: '' },
  ];
}
