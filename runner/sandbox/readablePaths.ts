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

/**
 * Hidden folders of a home whose programs don't work without what lies beside these. In others (`~/.cargo`, `~/.fly`,
 * `~/.docker`) credentials lie there.
 */
const hiddenToolChains = ['.bun', '.deno', '.elan', '.ghcup', '.juliaup', '.krew', '.swiftly', '.volta'];

type Environment = Readonly<Record<string, string | undefined>>;

/** `extra`: absolute paths that the runner's owner named; `hidden`: folders that no tool chain may open, such as the runner's own. */
export function readablePaths(
  env: Environment,
  { extra, hidden }: { readonly extra: readonly string[]; readonly hidden: readonly string[] },
): ReadablePaths {
  const homes = [...new Set([homedir(), env['HOME'] ?? homedir()].map(realPath))];
  const kept = hidden.map(realPath);
  const isOpenable = (path: string): boolean =>
    path !== sep &&
    ![...homes, ...kept].some((folder) => isIn(folder, path)) &&
    !kept.some((folder) => isIn(path, folder));
  const onPath = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  const toolChains = [
    ...toolChainVariables.flatMap((name) => env[name] ?? []),
    ...(env['RUSTUP_HOME'] === undefined ? [join(homedir(), '.rustup')] : []),
    ...onPath.flatMap((folder) => toolChainOf(folder, homes)),
  ].map(realPath);
  const named = [...systemPaths, ...extra].filter(isThere);
  const open = (paths: readonly string[]): string[] => paths.filter(isThere).filter(isOpenable);
  const folders = [...new Set([...named, ...open(toolChains)])];
  const allowed = [...new Set([...folders, ...open(linkedPrograms(onPath, folders))])];
  const denied = kept.filter((folder) => allowed.some((path) => isIn(folder, realPath(path))));
  // Everybody else is kept from them by the system itself.
  if (process.getuid?.() === 0) denied.push(...privateConfiguration('/etc'));
  return { allowed, denied };
}

/** Links followed from one program to the next: an installer's own Python is a link itself. */
const mostLinks = 3;

/** What programs on the PATH stand for that are links out of all that is readable, as pipx and uv make them. */
function linkedPrograms(onPath: readonly string[], readable: readonly string[]): string[] {
  const found = new Set<string>();
  const isReadable = (path: string): boolean =>
    readable.some((folder) => isIn(path, realPath(folder))) ||
    [...found].some((folder) => isIn(path, folder));
  let folders = onPath.map(realPath);
  for (let depth = 0; depth < mostLinks && folders.length > 0; depth += 1) {
    const programs = folders.flatMap(programsLinkedIn).filter((program) => !isReadable(program));
    const roots = [...new Set(programs.map(rootOf))];
    for (const root of roots) found.add(root);
    folders = roots.map((root) => join(root, 'bin'));
  }
  return [...found];
}

/** What a program doesn't work without: its own Python, its packages. Else only itself: beside it may lie anything. */
function rootOf(program: string): string {
  const packages = /^.*?\/node_modules(?=\/)/.exec(program)?.[0];
  if (packages !== undefined) return packages;
  const root = dirname(dirname(program));
  const isPython = isThere(join(root, 'pyvenv.cfg')) || /^(cpython|pypy|graalpy)-/.test(basename(root));
  return isPython ? root : program;
}

/** Real paths of the files that can be run and are in the folder as links. */
function programsLinkedIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map(({ name }) => realPath(join(folder, name)))
      .filter((path) => {
        const stats = statSync(path, { throwIfNoEntry: false });
        return stats?.isFile() === true && (stats.mode & 0o111) !== 0;
      });
  } catch {
    return [];
  }
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/**
 * A folder of programs stands for the tool chain that it belongs to (`…/node/bin` for `…/node`), but where that would
 * open what else lies there, such as the credentials in `~/.cargo` and the data in `~/.local`.
 */
function toolChainOf(folder: string, homes: readonly string[]): string[] {
  if (!isAbsolute(folder)) return [];
  const root = dirname(folder);
  const isRoot = ['bin', '.bin', 'sbin', 'shims'].includes(basename(folder)) && !isPersonal(root, homes);
  return isRoot ? [root, folder] : [folder];
}

/** By the name in the PATH or by that of the folder itself: either may be a link. */
function isPersonal(root: string, homes: readonly string[]): boolean {
  return [root, realPath(root)].some(
    (path) =>
      ['.cargo', '.local'].includes(basename(path)) ||
      (basename(path).startsWith('.') &&
        homes.includes(realPath(dirname(path))) &&
        !isVersionManager(basename(path))),
  );
}

/** Such as `.pyenv` and `.rbenv`, whose programs are scripts that look for the real ones beside them. */
function isVersionManager(name: string): boolean {
  return /^\.(\w+env|asdf|nvm|fnm|rye|proto)$/.test(name) || hiddenToolChains.includes(name);
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
