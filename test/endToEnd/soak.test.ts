// The short form of `npm run soak`.
import { soak } from '../soak/soakRun.ts';

describe('many tasks on a runner that is killed again and again', function () {
  this.timeout(180_000);

  it('all end well and leave nothing behind', async () => {
    await soak({
      tasks: 10,
      turns: 6,
      kills: 2,
      longestLifeMs: 500,
      timeoutMs: 150_000,
      report: () => undefined,
    });
  });
});
