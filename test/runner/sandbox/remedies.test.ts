// What people are told to do where the sandbox does not work: a table of machines, each with its message and one command.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineFacts, problemOf, type MachineFacts } from '../../../runner/sandbox/remedies.ts';

/** A machine where everything is as it should be. */
const sound: MachineFacts = {
  platform: 'linux',
  kernel: '6.8.0-45-generic',
  isRoot: false,
  isContainer: false,
  packageManager: 'apt-get',
  missingPrograms: [],
  isRestrictedByAppArmor: false,
  hasNoUserNamespaces: false,
};

interface Row {
  readonly machine: string;
  readonly facts: Partial<MachineFacts>;
  readonly said?: readonly string[];
  readonly message: RegExp;
  readonly remedy?: RegExp;
  readonly command: string | RegExp | null;
}

const all = ['bwrap', 'socat', 'rg'];
const rows: readonly Row[] = [
  {
    machine: 'Debian without any of the programs',
    facts: { missingPrograms: all },
    message: /^bubblewrap, socat and ripgrep are not installed$/,
    command: 'sudo apt-get install -y bubblewrap socat ripgrep',
  },
  {
    machine: 'the same as root',
    facts: { missingPrograms: all, isRoot: true },
    message: /^bubblewrap, socat and ripgrep are not installed$/,
    command: 'apt-get install -y bubblewrap socat ripgrep',
  },
  {
    machine: 'Fedora without two of them',
    facts: { missingPrograms: ['bwrap', 'socat'], packageManager: 'dnf' },
    message: /^bubblewrap and socat are not installed$/,
    command: 'sudo dnf install -y bubblewrap socat',
  },
  {
    machine: 'Arch without one',
    facts: { missingPrograms: ['socat'], packageManager: 'pacman' },
    message: /^socat is not installed$/,
    command: 'sudo pacman -S --noconfirm socat',
  },
  {
    machine: 'openSUSE without one',
    facts: { missingPrograms: ['bwrap'], packageManager: 'zypper' },
    message: /^bubblewrap is not installed$/,
    command: 'sudo zypper install -y bubblewrap',
  },
  {
    machine: 'Alpine as root without one',
    facts: { missingPrograms: ['rg'], packageManager: 'apk', isRoot: true },
    message: /^ripgrep is not installed$/,
    command: 'apk add ripgrep',
  },
  {
    machine: 'macOS without ripgrep, where brew is never run as root',
    facts: { platform: 'darwin', kernel: '24.6.0', missingPrograms: ['rg'], packageManager: 'brew' },
    message: /^ripgrep is not installed$/,
    command: 'brew install ripgrep',
  },
  {
    machine: 'a system whose package manager is not known',
    facts: { missingPrograms: ['bwrap'], packageManager: null },
    message: /^bubblewrap is not installed$/,
    remedy: /system’s package manager/,
    command: null,
  },
  {
    machine: 'Ubuntu 24.04',
    facts: { isRestrictedByAppArmor: true },
    said: ['bwrap: setting up uid map: Permission denied'],
    message: /AppArmor/,
    command: /^printf .*profile bwrap \/usr\/bin\/bwrap .*userns,.*\| sudo tee .*apparmor_parser -r/,
  },
  {
    machine: 'Ubuntu 24.04 without bubblewrap, which is the first thing to do',
    facts: { isRestrictedByAppArmor: true, missingPrograms: ['bwrap'] },
    message: /^bubblewrap is not installed$/,
    command: 'sudo apt-get install -y bubblewrap',
  },
  {
    machine: 'a kernel without user namespaces',
    facts: { hasNoUserNamespaces: true },
    said: ['bwrap: No permissions to create new namespace'],
    message: /no user make namespaces/,
    command: /^sudo sysctl -w user\.max_user_namespaces=\d+/,
  },
  {
    machine: 'WSL 1, whatever else is missing there',
    facts: { kernel: '4.4.0-19041-Microsoft', missingPrograms: all },
    message: /WSL 1/,
    command: 'wsl.exe --set-version "$WSL_DISTRO_NAME" 2',
  },
  {
    machine: 'WSL 2 without socat, which is Linux like any other',
    facts: { kernel: '5.15.153.1-microsoft-standard-WSL2', missingPrograms: ['socat'] },
    message: /^socat is not installed$/,
    command: 'sudo apt-get install -y socat',
  },
  {
    machine: 'a container that lets nobody make namespaces',
    facts: { isContainer: true, isRoot: true },
    said: ['bwrap: Creating new namespace failed: Operation not permitted'],
    message: /container.*Operation not permitted/,
    remedy: /mode: external/,
    command: null,
  },
  {
    machine: 'Windows',
    facts: { platform: 'win32', kernel: '10.0.26100', packageManager: null },
    message: /none for Windows/,
    remedy: /WSL 2/,
    command: null,
  },
  {
    machine: 'a machine that nothing is known of',
    facts: {},
    said: ['bwrap: an error that nobody has seen yet'],
    message: /^bwrap: an error that nobody has seen yet$/,
    command: null,
  },
  { machine: 'one that says nothing either', facts: {}, message: /^it does not hold$/, command: null },
];

describe('the remedy for a machine where the sandbox does not work', () => {
  for (const { machine, facts, said = [], message, remedy, command } of rows) {
    it(`is told for ${machine}`, () => {
      const problem = problemOf({ ...sound, ...facts }, said);
      assert.match(problem.message, message);
      assert.ok(problem.message.length <= 600 && problem.remedy.length > 10, problem.remedy);
      if (remedy !== undefined) assert.match(problem.remedy, remedy);
      if (typeof command === 'string' || command === null) assert.equal(problem.command, command);
      else assert.match(problem.command ?? '', command);
      // Who sees the sentence alone has the command, too.
      if (problem.command !== null) assert.ok(problem.remedy.endsWith(problem.command), problem.remedy);
    });
  }

  it('never floods a message with what a program printed', () => {
    assert.ok(problemOf(sound, ['x'.repeat(100_000)]).message.length <= 500);
  });
});

describe('what is known of this machine', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-facts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('names the programs that are not on the PATH, and its package manager', function () {
    if (process.platform !== 'linux') return;
    assert.deepEqual(machineFacts({ PATH: folder }).missingPrograms, ['bwrap', 'socat', 'rg']);
    assert.equal(machineFacts({ PATH: folder }).packageManager, null);
    for (const name of ['bwrap', 'dnf']) writeFileSync(join(folder, name), '', { mode: 0o755 });
    symlinkSync('/nowhere', join(folder, 'socat'));
    const { missingPrograms, packageManager } = machineFacts({ PATH: `:/nowhere:${folder}:` });
    assert.deepEqual([missingPrograms, packageManager], [['socat', 'rg'], 'dnf']);
    assert.deepEqual(machineFacts({}).missingPrograms, ['bwrap', 'socat', 'rg']);
  });
});
