// Bundles the runner of tests, since hundreds of starts are waited for: a bundle starts in a third of the time.
import { rmSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundleGrammars } from '../../extension/bundleGrammars.ts';
import { projectRoot } from '../layers/testFiles.ts';

export interface RunnerBundle extends AsyncDisposable {
  /** Absolute path of the program; without a death in its environment it is a runner like any other. */
  readonly entry: string;
}

export async function bundleDyingRunner(): Promise<RunnerBundle> {
  return bundle('test/endToEnd/dyingRunner.ts');
}

/** Absolute path of the runner as users get it, bundled once for all tests of this process. */
export async function runnerProgram(): Promise<string> {
  bundled ??= bundle('runner/main.ts').then(({ entry }) => {
    process.once('exit', () => rmSync(dirname(entry), { recursive: true, force: true }));
    return entry;
  });
  return bundled;
}

let bundled: Promise<string> | null = null;

async function bundle(program: string): Promise<RunnerBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-bundle-'));
  await build({
    absWorkingDir: projectRoot,
    entryPoints: {
      runner: program,
      sandboxBroker: 'runner/sandbox/broker/main.ts',
      inspector: 'runner/checks/integrity/process/main.ts',
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Read faster at each start; names stay, so that a stack can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    mainFields: ['module', 'main'],
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: {
      js: "import { createRequire as requireFor } from 'node:module';\nconst require = requireFor(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await cp(join(projectRoot, 'node_modules/@anthropic-ai/sandbox-runtime/vendor'), join(folder, 'vendor'), {
    recursive: true,
  });
  await bundleGrammars(join(folder, 'vendor/grammars'), 1);
  return {
    entry: join(folder, 'runner.mjs'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
