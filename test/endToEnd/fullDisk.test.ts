// A disk that fills up in the middle of a task: the task waits, says so, and goes on by itself once there is room.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byTurn, type Step } from '../support/scriptedModel.ts';
import { ended, eventsOf, eventually, taskOf, World } from './world.ts';

const finish: Step = { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] };
const run = (command: string): Step => ({ calls: [{ name: 'run', arguments: { command } }] });

/** Writes the answer, then takes all room but so many KiB. */
const answerAndFill = (leftKiB: number): string =>
  'echo 42 > answer.txt; free=$(df -k . | tail -1 | awk "{ print \\$4 }"); ' +
  `head -c $(((free - ${leftKiB}) * 1024)) /dev/zero > "$TMPDIR/filler"; true`;

describe('a disk that fills up in the middle of a task', function () {
  this.timeout(180_000);

  /** A world whose data folder is a disk of its own, which can only be had as root on Linux, which is what CI is. */
  async function onSmallDisk(
    script: readonly Step[],
    test: (world: World, grow: () => void) => Promise<void>,
  ) {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
    await using world = await World.make(byTurn([...script]));
    await writeFile(join(world.project, 'big.bin'), randomBytes(2 * 1024 * 1024));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', world.data]);
    try {
      await world.configure({});
      await test(world, () => execFileSync('mount', ['-o', 'remount,size=200m', world.data]));
    } finally {
      await world.runner?.end();
      execFileSync('umount', ['-l', world.data]);
    }
  }

  it('keeps a task waiting where a step finds no room, and says why', async () => {
    await onSmallDisk([run(answerAndFill(700)), finish], async (world, grow) => {
      await world.startRunner();
      const connection = await world.connect();
      const { id } = await world.handOff(connection);
      const isWaiting = async () => (await eventsOf(connection, id)).some(({ type }) => type === 'diskFull');
      await eventually(isWaiting);
      assert.equal((await taskOf(connection, id)).activity, 'Waiting for room: the runner’s disk is full');
      grow();
      const task = await ended(connection, id);
      assert.deepEqual([task.status, task.verdict, task.error], ['readyForReview', 'verified', null]);
      const events = await eventsOf(connection, id);
      assert.equal(events.filter(({ type }) => type === 'diskFull').length, 1);
      assert.equal(events.filter(({ type }) => type === 'interrupted').length, 0);
    });
  });

  it('keeps a task waiting where not even a fact can be recorded, through a restart', async () => {
    await onSmallDisk([run(answerAndFill(0)), finish], async (world, grow) => {
      const runner = await world.startRunner();
      const connection = await world.connect();
      const { id } = await world.handOff(connection);
      const room = (): string => execFileSync('df', ['-k', '--output=avail', world.data]).toString();
      await eventually(() => /\s0\s*$/.test(room()));
      await runner.kill();
      grow();
      await world.startRunner();
      await eventually(() => connection.state.kind === 'connected');
      const task = await ended(connection, id);
      assert.deepEqual([task.status, task.verdict], ['readyForReview', 'verified']);
    });
  });
});
