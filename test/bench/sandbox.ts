// What the sandbox costs beside a plain start of the same command, and what it takes to hold a hundred tasks.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox, type OpenSandbox } from '../../runner/sandbox/sandbox.ts';
import type { Launcher } from '../../runner/sandbox/launcher.ts';
import { createPlainLauncher } from '../../runner/sandbox/plainLauncher.ts';
import { createSrtLauncher } from '../../runner/sandbox/srtLauncher.ts';
import { UseWatch } from '../../runner/sandbox/useWatch.ts';
import { createTools } from '../../runner/tools/tools.ts';
import { Masker } from '../../shared/secrets/masker.ts';
import { calm, World } from '../endToEnd/world.ts';
import { brokersOf } from '../runner/sandbox/brokers.ts';
import { placeIn, wideLimits } from '../support/plainSandbox.ts';
import { ensureSandbox } from '../workbench/systemPackages.ts';
import { inMs, medianMs, percentile, type Measure } from './measures.ts';
import { readUse } from './processUse.ts';

const runs = 60;
const many = 100;

export async function benchSandbox(): Promise<readonly Measure[]> {
  if (process.platform !== 'linux')
    return [{ what: 'the sandbox', value: '–', against: 'measured on Linux only' }];
  await ensureSandbox(calm);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-bench-')));
  try {
    const limits = wideLimits;
    const [dataFolder, commandsFolder] = [folder, join(folder, 'commands')];
    const registries = () => Promise.resolve([]);
    const srt = createSrtLauncher({ dataFolder, commandsFolder, limits, readable: [], registries });
    await using sandboxed = sandboxOf(folder, srt);
    await using plain = sandboxOf(folder, createPlainLauncher('none', limits));
    const examined = await medianMs(1, () => sandboxed.examine(calm));
    return [
      {
        what: 'self-test, with the start of the broker',
        value: inMs(examined),
        against: 'once in a runner’s life',
      },
      ...commandMeasures(await timesOf(folder, sandboxed), await timesOf(folder, plain)),
      ...(await fileMeasures(folder, sandboxed, plain)),
      ...(await manyMeasures(folder, sandboxed, plain)),
      ...(await startMeasures()),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function sandboxOf(folder: string, launcher: Launcher): OpenSandbox {
  return createSandbox({
    launcher,
    masker: new Masker(),
    watch: new UseWatch({ limits: wideLimits, measureBytes: async () => 0 }),
    outputLimitBytes: 1024 ** 2,
    commandsFolder: join(folder, 'commands'),
    trialFolder: join(folder, 'trial'),
  });
}

async function workspaceIn(folder: string, task: string): Promise<string> {
  const workspace = join(folder, 'workspaces', task, 'files');
  await mkdir(workspace, { recursive: true });
  return workspace;
}

/** Milliseconds of each of many commands that do next to nothing; a first one is not counted. */
async function timesOf(folder: string, sandbox: OpenSandbox): Promise<readonly number[]> {
  const place = placeIn(await workspaceIn(folder, 'one'));
  const run = (): Promise<unknown> => runTrue(sandbox, place, join(folder, 'one.log'));
  await run();
  const times: number[] = [];
  for (let count = 0; count < runs; count += 1) times.push(await medianMs(1, run));
  return times;
}

async function runTrue(
  sandbox: OpenSandbox,
  place: ReturnType<typeof placeIn>,
  logFile: string,
): Promise<void> {
  const options = { timeoutMs: 120_000, signal: calm, logFile, watch: () => undefined };
  const { exitCode, tail } = await sandbox.run({ command: 'echo works', place, ...options });
  if (exitCode !== 0 || tail !== 'works\n') throw new Error(`A command failed (${exitCode}): ${tail}`);
}

function commandMeasures(sandboxed: readonly number[], plain: readonly number[]): Measure[] {
  return [0.5, 0.95].map((part) => ({
    what: `a command, ${part * 100} of 100`,
    value: inMs(percentile(sandboxed, part)),
    against: `${inMs(percentile(plain, part))} without it${part === 0.5 ? '; target under 60 ms' : ''}`,
  }));
}

async function fileMeasures(
  folder: string,
  sandboxed: OpenSandbox,
  plain: OpenSandbox,
): Promise<readonly Measure[]> {
  const workspace = await workspaceIn(folder, 'one');
  await writeFile(join(workspace, 'a.txt'), 'one\ntwo\n'.repeat(500));
  await writeFile(join(workspace, 'b.txt'), 'one\n');
  const medianOf = async (sandbox: OpenSandbox, name: string, values: object): Promise<number> => {
    const tools = createTools({ sandbox, commandTimeoutMs: 60_000 });
    const place = {
      place: placeIn(workspace),
      logFile: join(folder, 'tool.log'),
      checkLogs: () => [],
      watch: () => undefined,
    };
    return medianMs(15, async () => {
      const call = { id: 'call', name, arguments: JSON.stringify(values) };
      const { ok, text } = await tools.run(call, place, calm);
      if (!ok) throw new Error(`${name}: ${text}`);
    });
  };
  const measures: Measure[] = [];
  for (const [name, values] of [
    ['read', { path: 'a.txt' }],
    ['write', { path: 'c.txt', content: 'text\n' }],
    [
      'edit',
      {
        path: 'b.txt',
        edits: [
          { oldText: 'one', newText: 'two' },
          { oldText: 'two', newText: 'one' },
        ],
      },
    ],
  ] as const) {
    const [inside, outside] = [await medianOf(sandboxed, name, values), await medianOf(plain, name, values)];
    measures.push({
      what: `the tool ${name}, median`,
      value: inMs(inside),
      against: `${inMs(outside)} without it`,
    });
  }
  return measures;
}

/** A hundred commands at once, each of a task of its own; then what the broker takes that knows them all. */
async function manyMeasures(
  folder: string,
  sandboxed: OpenSandbox,
  plain: OpenSandbox,
): Promise<readonly Measure[]> {
  const tasks = await Promise.all(
    Array.from({ length: many }, async (_, number) => placeIn(await workspaceIn(folder, `task-${number}`))),
  );
  const secondsOf = async (sandbox: OpenSandbox): Promise<number> =>
    (await medianMs(1, () =>
      Promise.all(tasks.map((place, number) => runTrue(sandbox, place, join(folder, `${number}.log`)))),
    )) / 1_000;
  const [first, again, without] = [
    await secondsOf(sandboxed),
    await secondsOf(sandboxed),
    await secondsOf(plain),
  ];
  const [broker] = brokersOf(process.pid);
  const memory = broker === undefined ? NaN : (await readUse(broker.pid)).memoryMiB;
  const rate = (seconds: number): string => `${(many / seconds).toFixed(0)} a second`;
  return [
    { what: `${many} commands at once, the first of each task`, value: rate(first), against: 'no failure' },
    {
      what: `${many} commands at once after that`,
      value: rate(again),
      against: `${rate(without)} without it`,
    },
    { what: `memory of the broker, ${many} tasks`, value: `${memory.toFixed(0)} MiB`, against: '' },
  ];
}

/** From the start of the process until it answers, and then until a hand-off would be taken. */
async function startMeasures(): Promise<readonly Measure[]> {
  const starts = { required: [] as number[], off: [] as number[] };
  const asked: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    for (const mode of ['required', 'off'] as const) {
      await using world = await World.make([]);
      await world.configure({ sandbox: { mode, registries: [] } });
      starts[mode].push(await medianMs(1, () => world.startRunner()));
      const connection = await world.connect();
      const examined = await medianMs(1, () => connection.request('sandbox/examine', {}, calm));
      if (mode === 'required') asked.push(examined);
    }
  }
  return [
    {
      what: 'start of a runner from its source',
      value: inMs(percentile(starts.required, 0.5)),
      against: `${inMs(percentile(starts.off, 0.5))} without it`,
    },
    { what: 'its first answer whether the sandbox holds', value: inMs(percentile(asked, 0.5)), against: '' },
  ];
}
