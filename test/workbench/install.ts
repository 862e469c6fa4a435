// Installs code-server on first use into a cache that all clones on the machine share, keyed by its lock file.
import { createHash } from 'node:crypto';
import { access, copyFile, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProcess } from '../../shared/host/processes.ts';
import { ensureCompiler } from './systemPackages.ts';

const lockedFolder = join(import.meta.dirname, 'codeServer');
const lockedFiles = ['package.json', 'package-lock.json', '.npmrc'];
const nativePackages = ['spdlog', 'native-watchdog'];

/** Raise it when the steps below change, so that an installation made by older steps is not used. */
const recipeVersion = 1;

/** The folder of the installed code-server package; installs it first (about a minute) where it is missing. */
export async function installCodeServer(signal: AbortSignal): Promise<string> {
  const folder = await installationFolder();
  if (!(await exists(folder))) await install(folder, signal);
  return packageFolderIn(folder);
}

async function installationFolder(): Promise<string> {
  const hash = createHash('sha256').update(
    `${recipeVersion} ${process.platform} ${process.arch} ${process.version}`,
  );
  for (const name of lockedFiles) hash.update(await readFile(join(lockedFolder, name)));
  const cache = process.env['NIGHTJAR_TEST_CACHE'] ?? join(homedir(), '.cache', 'nightjar-test');
  return join(cache, `code-server-${hash.digest('hex').slice(0, 16)}`);
}

async function install(folder: string, signal: AbortSignal): Promise<void> {
  console.log(`Installing code-server into ${folder} (once, about a minute) ...`);
  await ensureCompiler(signal);
  // Another clone may be installing at the same time: each builds beside the place, the first one takes it.
  const building = `${folder}.building-${process.pid}`;
  try {
    await mkdir(building, { recursive: true });
    for (const name of lockedFiles) await copyFile(join(lockedFolder, name), join(building, name));
    await installPackages(building, signal);
    await restrictProposedApis(packageFolderIn(building));
    await rename(building, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/**
 * Install scripts stay off: of all native parts only two lack a binary in their tarball and are built here.
 * `npm ci` can't be used inside code-server, whose own lock file does not fit its packages.
 */
async function installPackages(building: string, signal: AbortSignal): Promise<void> {
  const vscode = join(packageFolderIn(building), 'lib', 'vscode');
  await npm(building, ['ci', '--ignore-scripts'], signal);
  await npm(vscode, ['install', '--omit=dev', '--ignore-scripts'], signal);
  await npm(join(vscode, 'extensions'), ['install', '--omit=dev', '--ignore-scripts'], signal);
  await npm(vscode, ['rebuild', ...nativePackages.map((name) => `@vscode/${name}`)], signal);
  for (const name of nativePackages) {
    await access(join(vscode, 'node_modules', '@vscode', name, 'build', 'Release'));
  }
}

async function npm(cwd: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const nodeFolder = dirname(dirname(await realpath(process.execPath)));
  const env = {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    npm_config_loglevel: 'error',
    // The headers of this very Node; a machine's npm configuration may name older ones.
    ...((await exists(join(nodeFolder, 'include', 'node'))) ? { npm_config_nodedir: nodeFolder } : {}),
  };
  const { exitCode, stdout, stderr } = await runProcess({ file: 'npm', args, cwd, env, signal });
  if (exitCode !== 0) {
    throw new Error(`npm ${args.join(' ')} failed in ${cwd}:\n${stderr.toString()}${stdout.toString()}`);
  }
}

/**
 * code-server opens proposed APIs to every extension: their use would pass here and throw in the real product.
 * This puts the check of the original back; it must find the one function that always says yes.
 */
async function restrictProposedApis(packageFolder: string): Promise<void> {
  const path = join(packageFolder, 'lib/vscode/out/vs/workbench/api/node/extensionHostProcess.js');
  await writeFile(path, withProposedApiCheck(await readFile(path, 'utf8')));
}

/** The extension host's source with the check of proposed APIs in place; throws unless there is one place for it. */
export function withProposedApiCheck(source: string): string {
  const alwaysYes = /(function [\w$]+\(([\w$]+),([\w$]+)\)\{)return!0\}/g;
  const places = source.match(alwaysYes)?.length ?? 0;
  if (places !== 1)
    throw new Error(`expected one check of proposed APIs in the extension host, found ${places}`);
  return source.replace(alwaysYes, '$1return!!$2.enabledApiProposals?.includes($3)}');
}

function packageFolderIn(folder: string): string {
  return join(folder, 'node_modules', 'code-server');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
