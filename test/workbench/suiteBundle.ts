// Bundles the suites of the extension host, with the program that runs them, into files that the host can load.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { findTestFiles, projectRoot } from '../layers/testFiles.ts';

// Inside the project, so that the bundles find mocha, which can't be bundled itself.
const bundleFolder = join(projectRoot, '.cache', 'extensionHost');

/** Bundles every suite; returns the path of the program that runs them. */
export async function bundleSuites(): Promise<string> {
  const suites = await findTestFiles(['test/workbench/extensionHost/**/*.test.ts']);
  await rm(bundleFolder, { recursive: true, force: true });
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ['test/workbench/suiteRunner.ts', ...suites],
    outbase: 'test/workbench',
    outdir: bundleFolder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return join(bundleFolder, 'suiteRunner.cjs');
}
