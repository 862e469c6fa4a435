// What an agent plants in its clone must never run on the runner, and would run if git were used plainly.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStores } from '../../../runner/workspaces/stores.ts';
import { createWorkspaces } from '../../../runner/workspaces/workspaces.ts';
import { gitIn, repositoryId, signal, UserRepository } from './userRepository.ts';

const author = { name: 'Nightjar', email: 'nightjar@localhost' };

/** Plants every trigger that we know in the repository of `folder`; each leaves a file of its name in `markers`. */
function plantTriggers(folder: string, markers: string): void {
  const trigger = (name: string): string => {
    const script = join(markers, '..', `${name}.sh`);
    writeFileSync(script, `#!/bin/sh\ntouch '${join(markers, name)}'\nexec cat\n`);
    chmodSync(script, 0o755);
    return script;
  };
  const hooks = join(markers, '..', 'hooks');
  mkdirSync(hooks, { recursive: true });
  for (const hook of ['post-index-change', 'pre-commit', 'post-checkout', 'reference-transaction']) {
    writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch '${join(markers, hook)}'\n`, { mode: 0o755 });
  }
  writeFileSync(join(folder, '.gitattributes'), '* filter=evil diff=evil\n');
  writeFileSync(join(folder, 'readme.md'), 'changed\n');
  const nested = join(folder, 'nested');
  mkdirSync(nested);
  gitIn(nested, ['init', '--quiet']);
  writeFileSync(join(nested, 'file'), 'x');
  gitIn(nested, ['add', '.']);
  gitIn(nested, ['commit', '--quiet', '--message=own']);
  writeFileSync(join(nested, 'file'), 'y');
  gitIn(nested, ['config', 'core.fsmonitor', trigger('nestedFsmonitor')]);
  for (const [key, value] of Object.entries({
    'core.fsmonitor': trigger('fsmonitor'),
    'core.hooksPath': hooks,
    'filter.evil.clean': trigger('clean'),
    'filter.evil.smudge': trigger('smudge'),
    'diff.evil.textconv': trigger('textconv'),
    'diff.external': trigger('externalDiff'),
  }))
    gitIn(folder, ['config', key, value]);
}

describe('a hostile workspace', () => {
  let user: UserRepository;
  let markers: string;
  beforeEach(() => {
    user = new UserRepository();
    markers = join(user.root, 'markers');
    mkdirSync(markers);
  });
  afterEach(() => user[Symbol.dispose]());

  async function prepare() {
    const stores = createStores(user);
    await stores.receiveBundle(user.bundle(), signal);
    const workspaces = createWorkspaces({ dataFolder: user.dataFolder, refs: user.refs, author, boot: null });
    const place = { taskId: 't1', repositoryId, snapshot: user.head() };
    await workspaces.prepare(place, place.snapshot, signal);
    plantTriggers(workspaces.folderOf('t1'), markers);
    return { stores, workspaces, place };
  }

  it('runs nothing through commit, checkout, diff, bundle and a new preparation', async () => {
    const { stores, workspaces, place } = await prepare();
    for (const file of readdirSync(markers)) rmSync(join(markers, file));
    const first = await workspaces.commit(
      place,
      { parent: place.snapshot, message: 'x', at: new Date() },
      signal,
    );
    assert.ok(first.files.some((file) => file.path === 'nested/file'));
    writeFileSync(join(workspaces.folderOf('t1'), 'nested/file'), 'z');
    const { commit } = await workspaces.commit(
      place,
      { parent: first.commit, message: 'y', at: new Date() },
      signal,
    );
    await (await workspaces.openCheckout(place, commit, signal))[Symbol.asyncDispose]();
    await stores.diff({ repositoryId, from: place.snapshot, to: commit }, signal);
    await workspaces.deliver(place, commit, signal);
    const file = join(user.root, 'result.bundle');
    await stores.makeResultBundle({ repositoryId, taskId: 't1', have: [place.snapshot], file }, signal);
    await workspaces.prepare(place, place.snapshot, signal);
    await workspaces.remove('t1');
    await workspaces.prepare(place, place.snapshot, signal);
    assert.deepEqual(readdirSync(markers), []);
  });

  it('would run its triggers through plain git', async () => {
    const { workspaces } = await prepare();
    const folder = workspaces.folderOf('t1');
    gitIn(folder, ['diff']);
    gitIn(folder, ['add', '--all']);
    gitIn(folder, ['status']);
    gitIn(folder, ['commit', '--quiet', '--message=x']);
    gitIn(folder, ['checkout', '--quiet', '-f', 'HEAD~']);
    const ran = readdirSync(markers);
    for (const name of [
      'fsmonitor',
      'clean',
      'externalDiff',
      'pre-commit',
      'post-checkout',
      'nestedFsmonitor',
    ])
      assert.ok(ran.includes(name), `${name} ran among ${ran.join()}`);
  });
});
