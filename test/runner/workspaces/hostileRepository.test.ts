// What an agent plants in its workspace must never run on the runner, and does run where git is used plainly.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ground, type Trigger } from './hostileGround.ts';
import { hookTriggers } from './hostileHooks.ts';
import { layoutTriggers, submoduleFolder } from './hostileLayouts.ts';
import { settingTriggers } from './hostileSettings.ts';
import { KeptWorld } from './keptWorld.ts';
import { repositoryId, signal } from './userRepository.ts';

const triggers: readonly Trigger[] = [...hookTriggers, ...settingTriggers, ...layoutTriggers];

describe('a hostile workspace', () => {
  let world: KeptWorld;
  before(() => {
    world = new KeptWorld();
    const { user } = world;
    user.git('update-index', '--add', '--cacheinfo', `160000,${user.head()},${submoduleFolder}`);
    user.git('commit', '--quiet', '--message=submodule');
  });
  afterEach(async () => {
    for (const { id } of world.journal.tasks())
      world.record(id, { type: 'deleted', data: { spentTodayUsd: 0 } });
    await world.tidyUp();
  });
  after(async () => world[Symbol.asyncDispose]());

  it('can be made in at least 45 ways', () => {
    assert.ok(triggers.length >= 45, `${triggers.length} triggers`);
    assert.equal(new Set(triggers.map(({ name }) => name)).size, triggers.length);
  });

  for (const [number, trigger] of triggers.entries())
    it(`runs nothing on the runner, and does in plain git: ${trigger.name}`, async () => {
      const taskId = `t${number}`;
      const ground = (): Ground =>
        new Ground(world.workspaces.folderOf(taskId), join(world.user.root, 'outside'));
      await world.task(taskId, 'stopped');
      const guarded = ground();
      trigger.plant(guarded);
      assert.equal(guarded.hasFired, false, 'planting is not firing');
      await everythingTheRunnerDoes(world, taskId);
      assert.equal(guarded.hasFired, false, 'on the runner');

      await world.workspaces.prepare(world.place(taskId), world.user.head(), signal);
      const plain = ground();
      trigger.plant(plain);
      trigger.fire(plain);
      assert.equal(plain.hasFired, true, 'in plain git');
    });
});

/** Each thing that the runner does with an agent's folder, and with what came out of it, at least once. */
async function everythingTheRunnerDoes(world: KeptWorld, taskId: string): Promise<void> {
  const { workspaces, stores } = world;
  const place = world.place(taskId);
  const from = place.snapshot;
  const at = new Date(0);
  await workspaces.prepare(place, from, signal);
  const { commit: first } = await workspaces.checkpoint(place, { turn: 1, parent: from, at }, signal);
  const recorded = await workspaces.record(place, { turn: 2, parent: first, at }, signal);
  await workspaces.keep(place, 2, recorded, signal);
  writeFileSync(join(workspaces.folderOf(taskId), 'work.txt'), 'work\n');
  const { commit, files } = await workspaces.commit(place, { parent: first, message: 'x', at }, signal);
  assert.ok(files.some(({ path }) => path === 'work.txt'));
  await (await workspaces.openCheckout(place, commit, signal))[Symbol.asyncDispose]();
  await stores.diff({ repositoryId, from, to: commit }, signal);
  await workspaces.deliver(place, commit, signal);
  const file = join(world.user.root, 'result.bundle');
  await stores.makeResultBundle({ repositoryId, taskId, have: [from], file }, signal);
  assert.deepEqual(await world.tidyUp(1), [`Put away the workspace of ${taskId} to save room.`]);
  await workspaces.prepare(place, commit, signal);
  await workspaces.remove(taskId);
}
