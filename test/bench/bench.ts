// `npm run bench`: measures what users feel, as ratios within one run, and prints a table.
import { benchActivation } from './activation.ts';
import { benchEvents } from './events.ts';
import { benchHandOff } from './handOff.ts';
import { benchPackage } from './package.ts';
import { benchSandbox } from './sandbox.ts';
import { benchSetUp } from './setUp.ts';
import { benchTask } from './task.ts';
import { benchTasks } from './tasks.ts';
import { tableOf, type Measure } from './measures.ts';

const parts: Readonly<Record<string, () => Promise<readonly Measure[]>>> = {
  handOff: benchHandOff,
  events: benchEvents,
  task: benchTask,
  tasks: benchTasks,
  sandbox: benchSandbox,
  setUp: benchSetUp,
  package: benchPackage,
  activation: benchActivation,
};

const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}\n${tableOf(await measure())}\n`);
}
