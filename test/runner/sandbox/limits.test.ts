// Commands that run away in a real sandbox: each is ended and told why, and its neighbour does not notice.
import assert from 'node:assert/strict';
import { statfsSync } from 'node:fs';
import { SandboxWorld } from './sandboxWorld.ts';

const mib = 1024 ** 2;

describe('the limits of a command', function () {
  this.timeout(180_000);
  let world: SandboxWorld;

  before(async () => {
    world = await SandboxWorld.open({
      processes: 100,
      memoryBytes: 300 * mib,
      cpuMs: 4_000,
      diskBytes: 400 * mib,
      printedBytes: 50 * mib,
      openFiles: 64,
    });
  });
  after(() => world[Symbol.asyncDispose]());

  const rows: readonly { name: string; command: string; told: RegExp }[] = [
    {
      name: 'a fork bomb',
      command: 'bomb() { bomb | bomb & }; bomb; sleep 5',
      told: /more than 100 processes|Resource temporarily unavailable|Cannot fork/,
    },
    {
      name: 'one process that takes all memory',
      command: `node -e 'const all = []; for (;;) all.push(Buffer.alloc(${10 * mib}, 1))'`,
      told: /more than 300 MiB of memory|out of memory|allocation failed|heap limit/i,
    },
    {
      name: 'many processes that take it together',
      command: `for n in 1 2 3 4 5 6; do node -e 'const all = Buffer.alloc(${80 * mib}, 1); setTimeout(() => all.length, 20000)' & done; wait`,
      told: /more than 300 MiB of memory/,
    },
    {
      name: 'one large file',
      command: 'dd if=/dev/zero of=large bs=1M count=2000 2>&1; ls -l large',
      told: /File size limit|File too large|filled its workspace with more than 400 MiB/,
    },
    {
      name: 'many files',
      command: `for n in $(seq 1 40); do dd if=/dev/zero of=part$n bs=1M count=50 2> /dev/null; done; sleep 20`,
      told: /filled its workspace with more than 400 MiB/,
    },
    { name: 'endless output', command: 'yes "all work and no play"', told: /printed more than 50 MiB/ },
    {
      name: 'an endless loop',
      command: 'while :; do :; done',
      told: /more than 4 seconds of processor time/,
    },
    {
      name: 'scratch folders that are memory',
      command: 'dd if=/dev/zero of=/tmp/fill bs=1M count=2000 2>&1',
      told: /No space left on device/,
    },
    {
      name: 'open files',
      command: `node -e 'const { openSync } = require("node:fs"); for (;;) openSync("own")'`,
      told: /EMFILE|too many open files/,
    },
  ];
  for (const { name, command, told } of rows) {
    it(`stop ${name}, and a neighbour goes on`, async () => {
      const freeBefore = freeBytes(world.root);
      const [runaway, neighbour] = await Promise.all([
        world.run(command, { timeoutMs: 60_000 }),
        world.run('for n in 1 2 3 4 5; do sleep 0.2; echo $n; done', { task: 'two', timeoutMs: 60_000 }),
      ]);
      assert.match(`${runaway.tail}\n${runaway.exitCode}`, told);
      assert.equal(runaway.timedOut, false, 'it was not only its time that ended it');
      assert.deepEqual([neighbour.exitCode, neighbour.tail], [0, '1\n2\n3\n4\n5\n']);
      assert.ok(freeBefore - freeBytes(world.root) < 1_500 * mib);
      await world.run('rm -f large part*');
    });
  }

  it('leave an ordinary command alone', async () => {
    const { exitCode, tail } = await world.run(`node -e 'console.log(Buffer.alloc(${50 * mib}).length)'`);
    assert.deepEqual([exitCode, tail], [0, `${50 * mib}\n`]);
  });

  it('are not what ends a command where there are none', async () => {
    const { exitCode } = await world.run(`node -e 'Buffer.alloc(${400 * mib}, 1)'`, { sandbox: world.plain });
    assert.equal(exitCode, 0);
  });
});

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
