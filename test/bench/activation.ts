// How long the extension's start keeps the real extension host busy.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from '../layers/runScript.ts';
import { projectRoot } from '../layers/testFiles.ts';
import { runExtensionHostSuites } from '../workbench/extensionHost.ts';
import { bundleSuites } from '../workbench/suiteBundle.ts';
import { inMs, type Measure } from './measures.ts';

/** Milliseconds that the whole run in the extension host may take. */
const timeoutMs = 120_000;

/** What the suite `activation` leaves behind. */
interface Activation {
  readonly activationMs: number;
  readonly wasActive: boolean;
}

export async function benchActivation(): Promise<readonly Measure[]> {
  const signal = AbortSignal.timeout(timeoutMs);
  const exitCode = await runScript('build', signal);
  if (exitCode !== 0) throw new Error(`npm run build ended with exit code ${exitCode}`);
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-activation-'));
  try {
    const measuresPath = join(folder, 'activation.json');
    const { failures } = await runExtensionHostSuites({
      extensionFolder: projectRoot,
      suiteRunner: await bundleSuites(),
      env: {
        NIGHTJAR_TEST_EXTENSION: 'nightjar.nightjar',
        NIGHTJAR_TEST_GREP: '^activation ',
        NIGHTJAR_TEST_ACTIVATION: measuresPath,
      },
      signal,
    });
    if (failures.length > 0) throw new Error(`the extension host failed: ${failures.join(', ')}`);
    const measured = JSON.parse(await readFile(measuresPath, 'utf8')) as Activation;
    if (measured.wasActive) throw new Error('the extension was active before the measurement began');
    return [{ what: 'activation in the extension host', value: inMs(measured.activationMs), against: '' }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
