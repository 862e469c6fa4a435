// The canary: where a sandbox leaks it gets out, by each way, and the examination says which; real commands all of them.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Masker } from '../../../shared/secrets/masker.ts';
import type { Launcher } from '../../../runner/sandbox/launcher.ts';
import { createPlainLauncher } from '../../../runner/sandbox/plainLauncher.ts';
import { createSandbox, type OpenSandbox } from '../../../runner/sandbox/sandbox.ts';
import { UseWatch } from '../../../runner/sandbox/useWatch.ts';
import { placeIn, wideLimits } from '../../support/plainSandbox.ts';
import { ensureSandbox } from '../../workbench/systemPackages.ts';

const calm = new AbortController().signal;
const plain = createPlainLauncher('none', wideLimits);
/** Claims what it does not do. */
const open: Launcher = { ...plain, provider: 'srt', isContained: true };

/** Isolates with bubblewrap, as far as these arguments do: each row below leaves one way open. */
function leaking(argumentsOf: (workspace: string) => readonly string[]): Launcher {
  return {
    ...open,
    launchIn: async (place, signal) => {
      const launch = await plain.launchIn(place, signal);
      return {
        ...launch,
        file: 'bwrap',
        args: [...argumentsOf(place.workspace), launch.file, ...launch.args],
      };
    },
  };
}

const machine = ['--dev', '/dev', '--ro-bind', '/usr', '/usr', '--ro-bind', '/etc', '/etc'];
const links = ['lib', 'lib64', 'bin', 'sbin'].flatMap((name) => ['--ro-bind-try', `/${name}`, `/${name}`]);
const alone = ['--unshare-pid', '--proc', '/proc', '--die-with-parent'];
const system = [...machine, ...links];

describe('the examination of a sandbox', function () {
  this.timeout(60_000);
  let root: string;

  before(() => ensureSandbox(calm));
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nightjar-canary-')));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const sandboxOf = (launcher: Launcher): OpenSandbox =>
    createSandbox({
      launcher,
      masker: new Masker(),
      watch: new UseWatch({ limits: wideLimits, measureBytes: async () => 0 }),
      outputLimitBytes: 1_000_000,
      commandsFolder: join(root, 'commands'),
      trialFolder: join(root, 'trial'),
    });

  /** `workspace` lies in `trial/place`, the secret and the file outside beside that. */
  const trial = (workspace: string): string => join(workspace, '..', '..');
  const own = (workspace: string): readonly string[] => {
    const place = join(workspace, '..');
    return ['--bind', place, place];
  };
  const rows: Readonly<Record<string, { launcher: Launcher; found: RegExp }>> = {
    'one that isolates nothing': { launcher: open, found: /can write files outside/ },
    'one that lets files be read': {
      launcher: leaking((workspace) => [
        ...[...system, ...alone, '--unshare-net'],
        ...['--ro-bind', trial(workspace), trial(workspace), ...own(workspace)],
      ]),
      found: /can read files outside/,
    },
    'one that lets files be written': {
      launcher: leaking((workspace) => [
        ...[...system, ...alone, '--unshare-net'],
        ...['--bind', trial(workspace), trial(workspace)],
      ]),
      found: /can write files outside/,
    },
    'one that lets it reach the machine’s programs': {
      launcher: leaking((workspace) => [...system, ...alone, ...own(workspace)]),
      found: /can reach programs of this machine/,
    },
    'one that lets it see the runner': {
      launcher: leaking((workspace) => [
        ...[...system, '--ro-bind', '/proc', '/proc', '--unshare-net', '--die-with-parent'],
        ...own(workspace),
      ]),
      found: /can see the runner’s process/,
    },
  };
  for (const [name, { launcher, found }] of Object.entries(rows)) {
    it(`finds out ${name}, and then no command runs`, async () => {
      await using sandbox = sandboxOf(launcher);
      const problem = await sandbox.examine(calm);
      assert.match(problem?.message ?? 'none', found);
      const question = { command: 'touch ran', place: placeIn(join(root, 'place', 'files')) };
      const asked = sandbox.ask({ ...question, timeoutMs: 5_000, outputBytes: 100, signal: calm });
      await assert.rejects(asked, { code: 'sandboxUnavailable' });
      assert.ok(!existsSync(join(root, 'place')), 'nothing was begun');
      assert.ok(!existsSync(join(root, 'trial')), 'the trial has left nothing');
    });
  }

  it('finds nothing where no way is open', async () => {
    const launcher = leaking((workspace) => [...system, ...alone, '--unshare-net', ...own(workspace)]);
    await using sandbox = sandboxOf(launcher);
    assert.equal(await sandbox.examine(calm), null);
  });

  it('is not made where the runner was told to isolate nothing', async () => {
    await using sandbox = sandboxOf(plain);
    assert.equal(await sandbox.examine(calm), null);
    assert.ok(!existsSync(join(root, 'trial')));
  });

  it('tells what a sandbox said that starts no command, and looks again the next time', async () => {
    let isBroken = true;
    const moody: Launcher = {
      ...leaking((workspace) => [...system, ...alone, '--unshare-net', ...own(workspace)]),
    };
    const launcher: Launcher = {
      ...moody,
      launchIn: async (place, signal) =>
        isBroken
          ? { ...(await plain.launchIn(place, signal)), file: 'bwrap', args: ['--no-such-option'] }
          : moody.launchIn(place, signal),
    };
    await using sandbox = sandboxOf(launcher);
    assert.match((await sandbox.examine(calm))?.message ?? 'none', /no-such-option/);
    isBroken = false;
    assert.equal(await sandbox.examine(calm), null);
    isBroken = true;
    assert.equal(await sandbox.examine(calm), null, 'what holds is not asked again');
  });

  it('goes on for the others when one who waits gives up', async () => {
    const launcher = leaking((workspace) => [...system, ...alone, '--unshare-net', ...own(workspace)]);
    await using sandbox = sandboxOf(launcher);
    const controller = new AbortController();
    const [impatient, patient] = [sandbox.examine(controller.signal), sandbox.examine(calm)];
    controller.abort(new Error('no time'));
    await assert.rejects(impatient, /no time/);
    assert.equal(await patient, null);
  });
});
