// What to do where the sandbox does not work, from what it said and what is known of the machine.
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import type { SandboxProblem } from '../../shared/protocol/requests.ts';

export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  /** As `uname -r` tells it. */
  readonly kernel: string;
  readonly isRoot: boolean;
  readonly isContainer: boolean;
  /** The package manager that is there. */
  readonly packageManager: keyof typeof installers | null;
  /** Programs of `neededPrograms` that are not on the PATH. */
  readonly missingPrograms: readonly string[];
  /** Whether AppArmor keeps programs without a profile from making namespaces, as Ubuntu 24.04 does. */
  readonly isRestrictedByAppArmor: boolean;
  /** Whether the kernel lets no ordinary user make namespaces. */
  readonly hasNoUserNamespaces: boolean;
}

const installers = {
  'apt-get': 'apt-get install -y',
  dnf: 'dnf install -y',
  pacman: 'pacman -S --noconfirm',
  zypper: 'zypper install -y',
  apk: 'apk add',
  brew: 'brew install',
} as const;

/** The package of each program, which bears the same name everywhere. */
const packageOf: Readonly<Record<string, string>> = { bwrap: 'bubblewrap', socat: 'socat', rg: 'ripgrep' };

function neededPrograms(platform: NodeJS.Platform): readonly string[] {
  if (platform === 'linux') return ['bwrap', 'socat', 'rg'];
  return platform === 'darwin' ? ['rg'] : [];
}

const appArmorProfile =
  "printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap /usr/bin/bwrap flags=(unconfined) {\\n  userns,\\n}\\n' | sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap";

/** `said`: what the library or bubblewrap printed. */
export function problemOf(facts: MachineFacts, said: readonly string[]): SandboxProblem {
  const detail = said.join('; ').trim().slice(0, 500);
  if (facts.platform === 'win32')
    return problem('there is none for Windows itself', 'Run the runner inside WSL 2, where there is one.');
  if (/Microsoft$/.test(facts.kernel))
    return problem(
      'WSL 1 cannot keep processes apart',
      'Move this distribution to WSL 2.',
      'wsl.exe --set-version "$WSL_DISTRO_NAME" 2',
    );
  if (facts.missingPrograms.length > 0) return programsMissing(facts);
  if (facts.isRestrictedByAppArmor)
    return problem(
      'AppArmor keeps bubblewrap from making namespaces, as Ubuntu does from 24.04 on',
      'Give bubblewrap a profile that allows it.',
      appArmorProfile,
    );
  if (facts.hasNoUserNamespaces)
    return problem(
      'the kernel lets no user make namespaces',
      'Allow them on this machine.',
      'sudo sysctl -w user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1',
    );
  if (facts.isContainer)
    return problem(
      `this container allows no sandbox inside it (${detail})`,
      'If the container itself keeps the agent’s commands from everything else, say so with “sandbox: { mode: external }” in config.yaml of the data folder; else start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined.',
    );
  return problem(
    detail === '' ? 'it does not hold' : detail,
    'Mend what it reports, or see “sandbox” in “nightjar runner --help”.',
  );
}

function programsMissing({ missingPrograms, packageManager, isRoot }: MachineFacts): SandboxProblem {
  const packages = missingPrograms.map((program) => packageOf[program] ?? program);
  const message = `${listed(packages)} ${packages.length === 1 ? 'is' : 'are'} not installed`;
  if (packageManager === null)
    return problem(message, 'Install what is missing with the system’s package manager.');
  const needsSudo = !isRoot && packageManager !== 'brew';
  const command = `${needsSudo ? 'sudo ' : ''}${installers[packageManager]} ${packages.join(' ')}`;
  return problem(message, 'Install what is missing.', command);
}

function problem(message: string, remedy: string, command: string | null = null): SandboxProblem {
  return { message, remedy: command === null ? remedy : `${remedy.replace(/\.$/, '')}: ${command}`, command };
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

export function machineFacts(env: Readonly<Record<string, string | undefined>> = process.env): MachineFacts {
  const isOnPath = (program: string): boolean =>
    (env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
  const managers = Object.keys(installers) as (keyof typeof installers)[];
  return {
    platform: process.platform,
    kernel: release(),
    isRoot: process.getuid?.() === 0,
    isContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    packageManager: managers.find(isOnPath) ?? null,
    missingPrograms: neededPrograms(process.platform).filter((program) => !isOnPath(program)),
    isRestrictedByAppArmor:
      settingOf('kernel/apparmor_restrict_unprivileged_userns') === '1' &&
      !existsSync('/etc/apparmor.d/bwrap'),
    hasNoUserNamespaces:
      settingOf('user/max_user_namespaces') === '0' || settingOf('kernel/unprivileged_userns_clone') === '0',
  };
}

function settingOf(name: string): string | null {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    // This kernel, or this system, has no such setting.
    return null;
  }
}
