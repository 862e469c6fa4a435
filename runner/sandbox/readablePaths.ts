// What every command may read of the machine beside its workspace: the system's programs and the tool chains on the PATH.
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, isAbsolute, join, sep } from 'node:path';

export interface ReadablePaths {
  /** Absolute paths that are there. */
  readonly allowed: readonly string[];
  /** Beneath those, what stays hidden. */
  readonly denied: readonly string[];
}

/** Programs, libraries and the configuration that they don't work without. */
const systemPaths = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/opt',
  '/etc',
  '/nix/store',
  '/System',
  '/Library',
  '/private/etc',
  '/snap',
  '/home/linuxbrew',
];

/** Variables that name the root of a tool chain. */
const toolChainVariables = ['RUSTUP_HOME', 'PYENV_ROOT', 'GOROOT', 'JAVA_HOME', 'NVM_DIR', 'VOLTA_HOME'];

type Environment = Readonly<Record<string, string | undefined>>;

/** `extra`: absolute paths that the runner's owner named; `hidden`: folders that no tool chain may open, such as the runner's own. */
export function readablePaths(
  env: Environment,
  { extra, hidden }: { readonly extra: readonly string[]; readonly hidden: readonly string[] },
): ReadablePaths {
  const protectedFolders = [homedir(), env['HOME'] ?? homedir(), ...hidden].map(realPath);
  const isOpenable = (path: string): boolean =>
    path !== sep && !protectedFolders.some((folder) => folder === path || folder.startsWith(path + sep));
  const toolChains = [
    ...toolChainVariables.flatMap((name) => env[name] ?? []),
    ...(env['RUSTUP_HOME'] === undefined ? [join(homedir(), '.rustup')] : []),
    ...(env['PATH'] ?? '').split(delimiter).flatMap(toolChainOf),
  ].map(realPath);
  const named = [...systemPaths, ...extra].filter(isThere);
  const allowed = [...new Set([...named, ...toolChains.filter(isThere).filter(isOpenable)])];
  // Everybody else is kept from them by the system itself.
  return { allowed, denied: process.getuid?.() === 0 ? privateConfiguration('/etc') : [] };
}

/**
 * A folder of programs stands for the tool chain that it belongs to (`…/node/bin` for `…/node`), but where that would
 * open what else lies there, such as the credentials in `~/.cargo` and the data in `~/.local`.
 */
function toolChainOf(folder: string): string[] {
  if (!isAbsolute(folder)) return [];
  const root = dirname(folder);
  const isAlone = ['.cargo', '.local'].includes(basename(root));
  return ['bin', '.bin', 'sbin', 'shims'].includes(basename(folder)) && !isAlone ? [root, folder] : [folder];
}

/** What other users may not read there, which a runner that is root could. */
function privateConfiguration(folder: string): string[] {
  const found: string[] = [];
  const othersRead = 0o004;
  for (const name of readIfThere(folder)) {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if ((stats.mode & othersRead) === 0) found.push(path);
    else if (stats.isDirectory() && found.length < 1_000 && realPath(path) === path)
      found.push(...privateConfiguration(path));
  }
  return found;
}

function readIfThere(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
