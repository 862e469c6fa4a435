// The layers of the tests in the order in which they run, and what each needs before it can.
import { availableParallelism } from 'node:os';
import { delimiter } from 'node:path';
import { sentenceOf } from '../../shared/errors/errors.ts';
import { runExtensionHostSuites } from '../workbench/extensionHost.ts';
import { installCodeServer } from '../workbench/install.ts';
import { bundleSuites } from '../workbench/suiteBundle.ts';
import { ensureChromium, ensureSandbox, LayerUnavailable } from '../workbench/systemPackages.ts';
import { runMocha, runMochaBatches } from './mochaLayer.ts';
import { runInPool } from './pool.ts';
import { runScript } from './runScript.ts';
import { withSecondChance } from './secondChance.ts';
import { findTestFiles, projectRoot } from './testFiles.ts';
import { broken, sumOf, type TestResult, type TestRun } from './testResult.ts';

export interface Layer {
  readonly name: string;
  /** Whether the layers after it begin before it has ended: it then shows its output at its end only. */
  readonly runsBeside?: boolean;
  /** Runs the layer to its end; throws `LayerUnavailable` where this machine can't. */
  readonly run: (options: LayerOptions) => Promise<TestResult>;
}

export interface LayerOptions {
  /** Further arguments of mocha, such as `--grep`. */
  readonly mochaArguments: readonly string[];
  readonly signal: AbortSignal;
}

const pureTests = [
  'test/architecture.test.ts',
  'test/manifest.test.ts',
  'test/shared/{protocol,task,spec,errors}/**/*.test.ts',
  'test/runner/tasks/**/*.test.ts',
  'test/extension/model/**/*.test.ts',
];

export const layers: readonly Layer[] = [
  { name: 'static', runsBeside: true, run: runStaticChecks },
  { name: 'unit', run: mochaLayer({ patterns: pureTests, timeoutMs: 120_000 }) },
  {
    name: 'integration',
    run: mochaLayer({
      patterns: ['test/{shared,runner,extension,layers,support,demo}/**/*.test.ts'],
      except: pureTests,
      timeoutMs: 1_800_000,
      hasSecondChance: true,
      needsSandbox: true,
    }),
  },
  {
    name: 'endToEnd',
    run: mochaLayer({
      patterns: ['test/endToEnd/**/*.test.ts'],
      mochaArguments: ['--timeout', '180000'],
      timeoutMs: 2_700_000,
      hasSecondChance: true,
      needsSandbox: true,
    }),
  },
  { name: 'extensionHost', run: runExtensionHost },
  { name: 'workbench', run: runWorkbench },
];

/** Milliseconds from opening the window to the end of the last suite. */
const extensionHostTimeoutMs = 180_000;

const runJourneys = mochaLayer({
  patterns: ['test/workbench/*.test.ts', 'test/workbench/journeys/**/*.test.ts'],
  mochaArguments: ['--timeout', '120000'],
  timeoutMs: 1_200_000,
  hasSecondChance: true,
});

interface MochaLayer {
  readonly patterns: readonly string[];
  readonly except?: readonly string[];
  readonly mochaArguments?: readonly string[];
  /** Milliseconds that one run may take. */
  readonly timeoutMs: number;
  /** For layers whose tests drive much that is not ours; see `withSecondChance`. */
  readonly hasSecondChance?: boolean;
  /** For layers that run commands as a runner does. */
  readonly needsSandbox?: boolean;
}

function mochaLayer(layer: MochaLayer): Layer['run'] {
  return async ({ mochaArguments, signal }) => {
    const files = await findTestFiles(layer.patterns, layer.except);
    if (files.length === 0) throw new LayerUnavailable('there are no test files');
    if (layer.needsSandbox === true) await ensureSandbox(signal);
    const allArguments = [...(layer.mochaArguments ?? []), ...mochaArguments];
    const run = { mochaArguments: allArguments, timeoutMs: layer.timeoutMs, signal };
    const runs = await runMochaBatches({ ...run, files }, availableParallelism());
    if (layer.hasSecondChance !== true) return sumOf(runs.map((batch) => batch.run));
    return withSecondChance(runs, async (some) => runMocha({ ...run, files: some }), console.log);
  };
}

async function runStaticChecks({ signal }: LayerOptions): Promise<TestResult> {
  const scripts = ['lint', 'typecheck'];
  const exitCodes = await runInPool(scripts, scripts.length, async (script) => {
    const output: Buffer[] = [];
    const exitCode = await runScript(script, signal, (chunk) => output.push(chunk));
    process.stdout.write(Buffer.concat(output));
    return exitCode;
  });
  const failures = scripts.flatMap((script, place) =>
    exitCodes[place] === 0 ? [] : [`npm run ${script} ended with exit code ${exitCodes[place]}`],
  );
  return { passed: scripts.length - failures.length, failed: failures.length, failures };
}

async function runExtensionHost({ mochaArguments, signal }: LayerOptions): Promise<TestResult> {
  const suiteRunner = await bundleSuites();
  const exitCode = await runScript('build', signal);
  if (exitCode !== 0) return broken(`npm run build ended with exit code ${exitCode}`);
  const grep = grepOf(mochaArguments);
  const env = {
    NIGHTJAR_TEST_EXTENSION: 'nightjar.nightjar',
    ...(grep === undefined ? {} : { NIGHTJAR_TEST_GREP: grep }),
  };
  const run = async (suites: readonly string[]): Promise<TestRun> => {
    const ending = AbortSignal.any([signal, AbortSignal.timeout(extensionHostTimeoutMs)]);
    // No suite stands for all of them.
    const suiteEnv = { ...env, NIGHTJAR_TEST_FILES: suites.join(delimiter) };
    try {
      const given = { extensionFolder: projectRoot, suiteRunner, env: suiteEnv, signal: ending };
      return await runExtensionHostSuites(given);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof LayerUnavailable) throw error;
      return broken(sentenceOf(error));
    }
  };
  return withSecondChance([{ files: [], run: await run([]) }], run, console.log);
}

async function runWorkbench(options: LayerOptions): Promise<TestResult> {
  await ensureChromium(options.signal);
  await ensureSandbox(options.signal);
  await installCodeServer(options.signal);
  const exitCode = await runScript('package', options.signal);
  if (exitCode !== 0) return broken(`npm run package ended with exit code ${exitCode}`);
  return runJourneys(options);
}

function grepOf(mochaArguments: readonly string[]): string | undefined {
  const place = mochaArguments.findIndex((argument) => argument === '--grep' || argument === '-g');
  return place < 0 ? undefined : mochaArguments[place + 1];
}
