// `npm run soak`: a hundred tasks at once on a runner that is killed every few seconds, for some minutes.
import { soak } from './soakRun.ts';

await soak({
  tasks: 100,
  turns: 20,
  kills: 60,
  longestLifeMs: 5_000,
  timeoutMs: 20 * 60_000,
  report: (line) => {
    console.log(line);
  },
});
