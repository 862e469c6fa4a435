// A broker that is killed: the next command gets another one, with its network, and nothing of the first is left.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult } from '../../../runner/tasks/ports.ts';
import { brokersOf, type FoundBroker } from './brokers.ts';
import { isAlive } from './processes.ts';
import { SandboxWorld } from './sandboxWorld.ts';

describe('the broker of the sandbox', function () {
  this.timeout(60_000);
  let world: SandboxWorld;

  beforeEach(async () => {
    world = await SandboxWorld.open();
    await world.run('true');
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const theBroker = (): FoundBroker => {
    const found = brokersOf(process.pid);
    assert.equal(found.length, 1, JSON.stringify(found));
    return found[0]!;
  };
  /** What happens to a host that is on the task's list, and to one that is not. */
  const ask = async (): Promise<CommandResult> =>
    world.run('for host in named.invalid other.invalid; do curl -sS -m 9 http://$host/; done 2>&1', {
      network: { mode: 'hosts', hosts: ['named.invalid'] },
    });
  /** A host on the list gets as far as its name's lookup. */
  const assertListHolds = ({ blocked, tail }: CommandResult): void =>
    assert.deepEqual(
      blocked.map(({ host }) => host).filter((host) => host !== 'named.invalid'),
      ['other.invalid'],
      tail,
    );

  for (const [moment, waitMs] of [
    ['the instant before the next command', 0],
    ['a while before the next command', 300],
  ] as const) {
    it(`that is killed ${moment} is replaced`, async () => {
      const first = theBroker();
      assertListHolds(await ask());
      process.kill(first.pid, 'SIGKILL');
      await sleep(waitMs);
      const { exitCode, tail } = await world.run('echo works');
      assert.deepEqual([exitCode, tail], [0, 'works\n']);
      assertListHolds(await ask());
      const second = theBroker();
      assert.notEqual(second.pid, first.pid);
      await assertAllGone([first.pid, ...first.children]);
    });
  }

  it('that is killed during a command does not take the command along', async () => {
    const first = theBroker();
    const running = world.run('sleep 1; echo went on');
    await sleep(300);
    process.kill(first.pid, 'SIGKILL');
    const { exitCode, tail } = await running;
    assert.deepEqual([exitCode, tail], [0, 'went on\n']);
    assert.equal((await world.run('echo next')).tail, 'next\n');
    assertListHolds(await ask());
    await assertAllGone([first.pid, ...first.children]);
  });

  it('that is killed again and again while many commands run fails none of them for long', async () => {
    for (let round = 0; round < 3; round += 1) {
      const commands = Array.from({ length: 5 }, (_, number) =>
        world.run(`sleep 0.${number}; echo ${number}`, { task: number % 2 === 0 ? 'one' : 'two' }),
      );
      await sleep(50);
      for (const { pid } of brokersOf(process.pid)) process.kill(pid, 'SIGKILL');
      const results = await Promise.all(commands);
      assert.deepEqual(
        results.map(({ tail }) => tail),
        ['0\n', '1\n', '2\n', '3\n', '4\n'],
      );
    }
  });

  it('leaves nothing when the sandbox is closed: no process, no folder, no record', async () => {
    const { pid, folder, children } = theBroker();
    assert.match(folder, /nightjar-[0-9a-f]{12}\/1$/);
    assert.ok(existsSync(folder));
    assert.ok(children.length > 0);
    await world.sandbox[Symbol.asyncDispose]();
    assert.ok(!existsSync(dirname(folder)));
    assert.deepEqual(readdirSync(join(world.dataFolder, 'commands')), []);
    await assertAllGone([pid, ...children]);
  });
});

async function assertAllGone(pids: readonly number[]): Promise<void> {
  for (let look = 0; look < 100 && pids.some(isAlive); look += 1) await sleep(20);
  assert.deepEqual(pids.filter(isAlive), []);
}
