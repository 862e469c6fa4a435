// How this machine's own runner is started from the extension, with the editor's own Node.
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LocalRunnerLaunch } from '../../shared/client/localRunner.ts';
import { cleanRunnerEnvironment } from '../../shared/client/runnerEnvironment.ts';

export interface LocalLaunchOptions {
  /** The bundled runner inside the extension's folder. */
  readonly program: string;
  /** Folder of the extension that survives its updates. */
  readonly storageFolder: string;
  readonly dataFolder: string;
  /** Key and endpoint of the model, null where the environment decides. */
  readonly modelKey: string | null;
  readonly modelEndpoint: string | null;
}

/** Milliseconds after which the copy of another build is taken for unused. */
const unusedMs = 7 * 24 * 3_600_000;

/** Copies the runner out of the extension's folder, which an update replaces, and says how to start it. */
export async function localRunnerLaunch(options: LocalLaunchOptions): Promise<LocalRunnerLaunch> {
  const program = await copyRunner(options.program, join(options.storageFolder, 'runner'));
  return {
    file: process.execPath,
    args: [program, 'runner', '--data', options.dataFolder],
    env: {
      ...cleanRunnerEnvironment(process.env),
      NIGHTJAR_ENDS_WHEN_IDLE: '1',
      ...(options.modelKey === null ? {} : { OPENAI_API_KEY: options.modelKey }),
      ...(options.modelEndpoint === null ? {} : { OPENAI_BASE_URL: options.modelEndpoint }),
    },
  };
}

/** What a runner starts beside itself: the sandbox's broker, and what reads changes. */
const programs = ['sandboxBroker.mjs', 'inspector.mjs'];
/** Those, and the helpers of them. */
const companions = [...programs, 'vendor'];

/** Returns the path of the copy; a folder for each build, the older ones removed. */
async function copyRunner(program: string, folder: string): Promise<string> {
  const from = dirname(program);
  const digest = createHash('sha256');
  for (const name of [basename(program), ...programs]) digest.update(await readFile(join(from, name)));
  const build = digest.digest('hex').slice(0, 16);
  const copy = join(folder, build, 'runner.mjs');
  const builds = await readdir(folder).catch((): string[] => []);
  if (builds.includes(build)) return copy;
  // Made complete under another name first: two windows may start at the same time.
  await mkdir(folder, { recursive: true });
  const draft = await mkdtemp(join(folder, `${build}-`));
  await copyFile(program, join(draft, 'runner.mjs'));
  for (const name of companions) await cp(join(from, name), join(draft, name), { recursive: true });
  await rename(draft, join(folder, build)).catch(async () => rm(draft, { recursive: true, force: true }));
  // A runner that runs has read all of its program, but may yet start the others of its build.
  const older = builds.filter((name) => !name.startsWith(build));
  await Promise.all(older.map(async (name) => removeUnused(join(folder, name))));
  return copy;
}

/** Old enough that no runner of that build can be running without ever having started its broker. */
async function removeUnused(folder: string): Promise<void> {
  const { mtimeMs } = await stat(folder);
  if (Date.now() - mtimeMs > unusedMs) await rm(folder, { recursive: true, force: true });
}
