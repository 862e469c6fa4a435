// Bundles the runner of crash tests, since hundreds of starts are waited for: a bundle starts in less than half the time.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../layers/testFiles.ts';

export interface RunnerBundle extends AsyncDisposable {
  /** Absolute path of the program; without a death in its environment it is a runner like any other. */
  readonly entry: string;
}

export async function bundleDyingRunner(): Promise<RunnerBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-bundle-'));
  await build({
    absWorkingDir: projectRoot,
    entryPoints: {
      dyingRunner: 'test/endToEnd/dyingRunner.ts',
      sandboxBroker: 'runner/sandbox/broker/main.ts',
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await cp(join(projectRoot, 'node_modules/@anthropic-ai/sandbox-runtime/vendor'), join(folder, 'vendor'), {
    recursive: true,
  });
  return {
    entry: join(folder, 'dyingRunner.mjs'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
