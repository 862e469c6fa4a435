// The environment of a command, built from nothing: what is not named here, keys above all, never gets in.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { privateFolders } from '../host/privateFolders.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where tool chains lie and what Windows programs don't start without; none of them holds a secret. */
const keptNames = [
  'PATH',
  'RUSTUP_HOME',
  'RUSTUP_TOOLCHAIN',
  'PYENV_ROOT',
  'GOROOT',
  'JAVA_HOME',
  'NVM_DIR',
  'VOLTA_HOME',
  'SystemRoot',
  'ComSpec',
  'PATHEXT',
];

/** The variables of a command in `workspace` (absolute), given those of the runner. */
export function environmentFor(workspace: string, runner: Environment): Record<string, string | undefined> {
  const { home, temporary } = privateFolders(workspace);
  const kept = Object.fromEntries(keptNames.map((name) => [name, runner[name]]));
  return {
    ...kept,
    // rustup looks for its tool chains in the home folder, which is another one here.
    RUSTUP_HOME: kept['RUSTUP_HOME'] ?? folderIn(runner['HOME'], '.rustup'),
    HOME: home,
    USERPROFILE: home,
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    NO_COLOR: '1',
    CI: '1',
    NIGHTJAR: '1',
  };
}

/** The program that runs a command line, as far as the PATH has one. */
export function shellOn(path: string | undefined): string {
  const names = process.platform === 'win32' ? ['bash.exe'] : ['bash'];
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name)))) ? 'bash' : 'sh';
}

function folderIn(home: string | undefined, name: string): string | undefined {
  return home !== undefined && existsSync(join(home, name)) ? join(home, name) : undefined;
}
