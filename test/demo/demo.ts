// `npm run demo`: hands a sample project with failing tests off to a real local runner and shows how it comes back.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchResult } from '../../shared/client/fetchResult.ts';
import { isCancellation, KnownError } from '../../shared/errors/errors.ts';
import { openRepository } from '../../shared/repository/openRepository.ts';
import { hasEnded } from '../../shared/task/hasEnded.ts';
import { line, type Line } from '../../runner/cli/display/line.ts';
import { draftHandOff } from '../../runner/cli/draftHandOff.ts';
import { exitCodeOfError, exitCodeOfTask, exitCodes } from '../../runner/cli/exitCodes.ts';
import { shipTask } from '../../runner/cli/shipTask.ts';
import { openDisplay, showTask } from '../../runner/cli/showTask.ts';
import { columnsOf, paintFor } from '../../runner/cli/surroundings.ts';
import { openDemoModel } from './demoModel.ts';
import { startDemoRunner } from './demoRunner.ts';
import { demoSummary, type DemoResult } from './demoSummary.ts';
import { specFile, uncommitted } from './sampleFiles.ts';
import { ensureSandbox, LayerUnavailable } from '../workbench/systemPackages.ts';
import { createSampleProject } from './sampleProject.ts';
import { changedParts, readUserState } from './userState.ts';

const pauseMs = 900;

const unsandboxedHint =
  'Or let the sample project’s commands run without a sandbox: npm run demo -- --unsandboxed';

interface DemoOptions {
  /** No pauses: for machines. */
  readonly isFast: boolean;
  /** The folder stays, to look around in it. */
  readonly isKept: boolean;
  /** The sample project's commands may run without a sandbox: the person said so. */
  readonly isUnsandboxed: boolean;
}

async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<number> {
  await using cleanUp = new AsyncDisposableStack();
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-demo-')));
  cleanUp.defer(async () => {
    if (options.isKept) process.stdout.write(`\nKept: ${folder}\n`);
    else await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const project = join(folder, 'teapot-shop');
  await createSampleProject(project, signal);
  const model = cleanUp.use(await openDemoModel(process.env, options.isFast ? 0 : pauseMs));
  const runner = cleanUp.use(
    await startDemoRunner(join(folder, 'data'), { ...options, env: model.env }, signal),
  );
  const result = await handOffAndWatch(project, { runner, words: model.words }, signal);
  const { stdout } = process;
  stdout.write(demoSummary(result, paintFor({ env: process.env }, stdout), columnsOf(stdout)));
  return result.changedParts.length === 0 ? exitCodeOfTask(result.task) : exitCodes.failed;
}

type Runner = Awaited<ReturnType<typeof startDemoRunner>>;

async function handOffAndWatch(
  project: string,
  { runner, words }: { readonly runner: Runner; readonly words: string },
  signal: AbortSignal,
): Promise<DemoResult> {
  const { connection } = runner;
  const startedAt = performance.now();
  const before = await readUserState(project, signal);
  const repository = await openRepository(project, signal);
  const wish = {
    goal: undefined,
    specFile: join(project, specFile),
    checks: [],
    model: undefined,
    shipSecrets: [],
    network: null,
    secrets: [],
    cwd: project,
  };
  const prepared = await draftHandOff(repository, wish, signal);
  using display = openDisplay({ env: process.env }, process.stdout);
  display.print(introduction(words, runner.url));
  const { id: taskId } = await shipTask({ connection, repository, prepared, display }, signal);
  const task = await showTask({ connection, display, taskId, isEnough: hasEnded }, signal);
  if (task.ref !== null) await fetchResult({ connection, repository, taskId }, signal);
  const { patch } =
    task.ref === null ? { patch: '' } : await connection.request('tasks/diff', { taskId }, signal);
  const parts = changedParts(before, await readUserState(project, signal));
  return { task, patch, elapsedMs: performance.now() - startedAt, changedParts: parts };
}

function introduction(words: string, url: string): Line[] {
  const names = (files: object): string => Object.keys(files).join(', ');
  return [
    line('Nightjar demo', { tone: 'heading' }),
    line(words, { tone: 'attention' }),
    line(`A local runner listens at ${url}`, { tone: 'quiet' }),
    line('The sample project', { tone: 'heading' }),
    line('teapot-shop: three commits, two failing tests, and a developer who had not committed everything:'),
    line(names(uncommitted.modified), { depth: 1, mark: 'M', tone: 'attention', aside: 'modified' }),
    line(names(uncommitted.staged), { depth: 1, mark: 'A', tone: 'good', aside: 'staged' }),
    line(names(uncommitted.untracked), {
      depth: 1,
      mark: '?',
      tone: 'accent',
      aside: 'untracked; without it any fix is a guess',
    }),
    line('Hand-off', { tone: 'heading' }),
  ];
}

async function main(): Promise<number> {
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({ options: { fast: flag, keep: flag, unsandboxed: flag } });
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort());
  try {
    const options = {
      isFast: values.fast === true,
      isKept: values.keep === true,
      isUnsandboxed: values.unsandboxed === true,
    };
    if (!options.isUnsandboxed) await ensureSandbox(controller.signal);
    return await runDemo(options, controller.signal);
  } catch (error) {
    if (error instanceof LayerUnavailable) {
      process.stderr.write(`error: ${error.message}\n       ${unsandboxedHint}\n`);
      return exitCodes.failed;
    }
    if (!isCancellation(error) && !(error instanceof KnownError)) throw error;
    process.stderr.write(
      error instanceof KnownError ? `error: ${error.message}\n       ${error.remedy}\n` : 'cancelled\n',
    );
    return exitCodeOfError(error);
  }
}

process.exitCode = await main();
