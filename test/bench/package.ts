// The size of the packaged extension.
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runScript } from '../layers/runScript.ts';
import { packagedExtension } from '../workbench/session.ts';
import type { Measure } from './measures.ts';

export async function benchPackage(): Promise<readonly Measure[]> {
  const exitCode = await runScript('package', new AbortController().signal);
  if (exitCode !== 0) throw new Error(`npm run package ended with exit code ${exitCode}`);
  const { size } = await stat(packagedExtension);
  const bundle = await stat(fileURLToPath(new URL('../../dist/extension.cjs', import.meta.url)));
  const inKiB = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`;
  return [
    { what: 'packaged extension', value: inKiB(size), against: 'target under 2,560 KiB' },
    { what: 'code that VS Code loads', value: inKiB(bundle.size), against: '' },
  ];
}
