// `npm run demo:editor [-- FOLDER]`: packages the extension and opens the folder, or the sample project, in the real workbench.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openDemoModel } from '../demo/demoModel.ts';
import { createSampleProject } from '../demo/sampleProject.ts';
import { runScript } from '../layers/runScript.ts';
import { endRunner } from '../support/endRunner.ts';
import { openDemoWindow } from './demoWindow.ts';
import { ensureSandbox } from './systemPackages.ts';

/** Milliseconds that the scripted model seems to think before each answer. */
const pauseMs = 900;

async function openDemo(given: string | undefined, signal: AbortSignal): Promise<void> {
  const exitCode = await runScript('package', signal);
  if (exitCode !== 0) throw new Error(`npm run package ended with exit code ${exitCode}`);
  await ensureSandbox(signal);
  await using cleanUp = new AsyncDisposableStack();
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-demo-')));
  cleanUp.defer(() => rm(temporary, { recursive: true, force: true, maxRetries: 5 }));
  const folder = given === undefined ? join(temporary, 'teapot-shop') : resolve(given);
  if (given === undefined) await createSampleProject(folder, signal);
  const dataFolder = join(temporary, 'data');
  const model = cleanUp.use(await openDemoModel(process.env, pauseMs));
  cleanUp.defer(() => endRunner(dataFolder));
  console.log(model.words);
  await openDemoWindow({ folder, env: { ...model.env, NIGHTJAR_DATA: dataFolder }, signal });
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
await openDemo(process.argv[2], stop.signal);
