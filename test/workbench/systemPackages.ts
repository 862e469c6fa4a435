// Finds the programs that demo and tests need of the machine; installs Debian's packages where it may.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { machineFacts, problemOf } from '../../runner/sandbox/remedies.ts';
import { runProcess } from '../../shared/host/processes.ts';

/** A layer can't run on this machine; the message says why and what would help. */
export class LayerUnavailable extends Error {
  override readonly name = 'LayerUnavailable';
}

const chromiumPlaces = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a Chromium, installed from Debian where none is there and this process may. */
export async function ensureChromium(signal: AbortSignal): Promise<string> {
  const found = await findChromium();
  if (found !== undefined) return found;
  await installDebianPackages(['chromium'], signal);
  const installed = await findChromium();
  if (installed === undefined)
    throw new LayerUnavailable('Debian installed chromium, but it is not on the PATH');
  return installed;
}

/** The path of a Chromium that is there already. */
async function findChromium(): Promise<string | undefined> {
  for (const place of chromiumPlaces) {
    const path = await findProgram(place);
    if (path !== undefined) return path;
  }
  return undefined;
}

/** Makes sure of a C++ compiler, make and Python, which compile code-server's two native parts. */
export async function ensureCompiler(signal: AbortSignal): Promise<void> {
  const packages: Record<string, string> = { 'g++': 'g++', make: 'make', python3: 'python3' };
  const missing: string[] = [];
  for (const [program, name] of Object.entries(packages)) {
    if ((await findProgram(program)) === undefined) missing.push(name);
  }
  if (missing.length > 0) await installDebianPackages(missing, signal);
}

/** Makes sure of what the runner's sandbox needs, installed from Debian where it is missing and this process may. */
export async function ensureSandbox(signal: AbortSignal): Promise<void> {
  const facts = machineFacts();
  if (facts.missingPrograms.length === 0) return;
  const mayInstall = facts.packageManager === 'apt-get' && facts.isRoot;
  if (mayInstall) await installDebianPackages(['bubblewrap', 'socat', 'ripgrep'], signal);
  const { missingPrograms } = machineFacts();
  if (missingPrograms.length > 0) {
    const { message, remedy } = problemOf(facts, []);
    throw new LayerUnavailable(`the sandbox does not work: ${message}. ${remedy}`);
  }
}

/** Where a program is: a name is looked up on the PATH, an absolute path is taken if it can be executed. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = name.startsWith('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  for (const folder of folders) {
    const path = folder === '' ? name : join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

async function installDebianPackages(names: readonly string[], signal: AbortSignal): Promise<void> {
  const apt = await findProgram('apt-get');
  if (apt === undefined || process.getuid?.() !== 0) {
    throw new LayerUnavailable(
      `${names.join(', ')} not found; on Debian: sudo apt-get install ${names.join(' ')}`,
    );
  }
  console.log(`Installing ${names.join(', ')} from Debian ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runProcess({ file: apt, args: ['update', '-q'], env, signal });
  const { exitCode, stderr } = await runProcess({
    file: apt,
    args: ['install', '-y', '-q', '--no-install-recommends', ...names],
    env,
    signal,
  });
  if (exitCode !== 0) {
    throw new LayerUnavailable(`apt-get could not install ${names.join(', ')}: ${stderr.toString().trim()}`);
  }
}
