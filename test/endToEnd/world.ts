// A whole Nightjar in a temporary folder: a dirty repository, a scripted model, a runner as a process of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { handOff, type HandOffDraft } from '../../shared/client/handOff.ts';
import { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { readRunnerRecord } from '../../shared/client/runnerRecord.ts';
import { openRepository } from '../../shared/repository/openRepository.ts';
import { specFromGoal } from '../../shared/spec/parseSpec.ts';
import { emptyContext } from '../../shared/task/context.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import { hasEnded } from '../../shared/task/hasEnded.ts';
import type { Task } from '../../shared/task/task.ts';
import { git } from '../demo/sampleProject.ts';
import {
  scriptedModelName,
  startScriptedModel,
  type Script,
  type ScriptedModel,
} from '../support/scriptedModel.ts';
import { runnerProgram } from './runnerBundle.ts';

/** Only what never comes takes so long; a machine that is busy with other tests may need half of it. */
const patienceMs = 60_000;

/** A signal that nothing aborts. */
export const calm = new AbortController().signal;

/** A check that only the fix passes: it reads a tracked, an uncommitted and an untracked file. */
export const answerCheck = 'node check.js';

const files = {
  'answer.txt': '41\n',
  'check.js': `const { readFileSync } = require('node:fs');
const answer = readFileSync('answer.txt', 'utf8').trim();
const wanted = readFileSync('wanted.txt', 'utf8').trim();
if (answer !== wanted) { console.error('answer.txt:1:1: error: expected ' + wanted + ', found ' + answer); process.exit(1); }
console.log('right');
`,
};

export class World implements AsyncDisposable {
  readonly folder: string;
  readonly project: string;
  readonly data: string;
  readonly model: ScriptedModel;
  runner: RunnerProcess | null = null;
  readonly #connections: RunnerConnection[] = [];

  private constructor(folder: string, model: ScriptedModel) {
    this.folder = folder;
    this.project = join(folder, 'project');
    this.data = join(folder, 'data');
    this.model = model;
  }

  /** A world with a committed project whose check fails, and the wanted answer in a file that git doesn't track. */
  static async make(script: Script): Promise<World> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-world-')));
    const world = new World(folder, await startScriptedModel({ script }));
    await mkdir(world.project);
    await world.configure({});
    await git(world.project, ['init', '-q', '-b', 'main'], calm);
    for (const [name, text] of Object.entries(files)) await writeFile(join(world.project, name), text);
    await git(world.project, ['add', '-A'], calm);
    await git(world.project, ['commit', '-q', '-m', 'A question'], calm);
    await writeFile(join(world.project, 'wanted.txt'), '42\n');
    return world;
  }

  /** Writes the runner's configuration, as `configureRunner` does. */
  async configure(config: object): Promise<void> {
    await configureRunner(this.data, config);
  }

  /** `program`: the file that node runs, the bundled runner by default. */
  async startRunner(env: Readonly<Record<string, string>> = {}, program?: string): Promise<RunnerProcess> {
    const allEnv = { ...modelEnvironment(this.model), ...env };
    this.runner = await RunnerProcess.start(this.data, allEnv, program);
    return this.runner;
  }

  /** A connection that finds the runner again after each restart. */
  async connect(): Promise<RunnerConnection> {
    const connection = new RunnerConnection({
      resolveAddress: async () => {
        const record = await readRunnerRecord(this.data);
        return { url: record?.url ?? 'ws://127.0.0.1:1', token: record?.token ?? null };
      },
      clientName: 'test',
      clientVersion: '0',
      isPersistent: true,
    });
    this.#connections.push(connection);
    await connection.connect(AbortSignal.timeout(patienceMs));
    return connection;
  }

  /** Hands the project off with one check; `changes` override the draft. */
  async handOff(connection: RunnerConnection, changes: Partial<HandOffDraft> = {}): Promise<Task> {
    const repository = await openRepository(this.project, calm);
    const draft: HandOffDraft = {
      spec: specFromGoal('Make the answer right'),
      context: emptyContext,
      checks: [{ name: 'answer', command: answerCheck, timeoutMs: 60_000 }],
      setUp: null,
      model: null,
      budget: {},
      trailers: null,
      createdBy: 'commandLine',
      skip: [],
      ...changes,
    };
    return (await handOff({ connection, repository, draft, onProgress: () => undefined }, calm)).task;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection[Symbol.asyncDispose]();
    await this.runner?.end();
    await this.model[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What a runner has to know of its model. */
export function modelEnvironment({ url }: ScriptedModel): Readonly<Record<string, string>> {
  return { OPENAI_BASE_URL: url, OPENAI_API_KEY: 'scripted-key', NIGHTJAR_MODEL: scriptedModelName };
}

/** `nightjar runner` as a process of its own. */
export class RunnerProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  readonly output: string[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#gone = once(child, 'exit');
    child.stderr?.on('data', (chunk: Buffer) => this.output.push(chunk.toString()));
  }

  static async start(
    dataFolder: string,
    env: Readonly<Record<string, string>>,
    program?: string,
  ): Promise<RunnerProcess> {
    const child = spawn(
      process.execPath,
      [program ?? (await runnerProgram()), 'runner', '--data', dataFolder],
      {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'inherit', 'pipe'],
      },
    );
    const runner = new RunnerProcess(child);
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`The runner ended: ${runner.output.join('')}`);
      return (await readRunnerRecord(dataFolder))?.pid === child.pid;
    });
    return runner;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Ends it as a person would, with SIGTERM. */
  async end(): Promise<void> {
    await this.#signal('SIGTERM');
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.#signal('SIGKILL');
  }

  async #signal(name: NodeJS.Signals): Promise<void> {
    if (this.isGone) return;
    this.#child.kill(name);
    await this.#gone;
  }
}

/** Writes a runner's configuration; package managers are not asked, which takes longer than most tasks here. */
export async function configureRunner(dataFolder: string, config: object): Promise<void> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ sandbox: { registries: [] }, ...config });
  await writeFile(join(dataFolder, 'config.yaml'), text);
}

/** Resolves once `holds` says so; fails after a minute. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`It never came to this: ${holds.toString()}`);
    await delay(20);
  }
}

export async function taskOf(connection: RunnerConnection, taskId: string): Promise<Task> {
  return (await connection.request('tasks/get', { taskId }, calm)).task;
}

/** The task once it has come to rest. */
export async function ended(connection: RunnerConnection, taskId: string): Promise<Task> {
  await eventually(async () => hasEnded(await taskOf(connection, taskId)));
  return taskOf(connection, taskId);
}

export async function eventsOf(connection: RunnerConnection, taskId: string): Promise<readonly TaskEvent[]> {
  return (await connection.request('events/list', { taskId, after: 0, limit: 1_000 }, calm)).events;
}

/** Processes of this machine whose command line holds `text`. */
export async function processesWith(text: string): Promise<string[]> {
  const child = spawn('ps', ['-eo', 'pid,args', '-ww'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  return output.split('\n').filter((line) => line.includes(text));
}
