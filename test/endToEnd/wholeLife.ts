// The life of a whole task through the death of its runner, and what a client that stayed can say of it.
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HandOffDraft } from '../../shared/client/handOff.ts';
import type { RequestParams } from '../../shared/protocol/requests.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { git } from '../demo/sampleProject.ts';
import { byTurn, startScriptedModel, type Script, type ScriptedModel } from '../support/scriptedModel.ts';
import { gitCallsIn, putDyingGit, type GitDeath } from './dyingGit.ts';
import type { DeathSide } from './dyingRunner.ts';
import { SteadyClient } from './steadyClient.ts';
import { addCheckScript, wantedAnswer, wholeDraft, wholeScript } from './wholeTask.ts';
import {
  calm,
  configureRunner,
  eventsOf,
  eventually,
  modelEnvironment,
  RunnerProcess,
  World,
} from './world.ts';

export type Death = LogDeath | { readonly git: GitDeath };

interface LogDeath {
  readonly side: DeathSide;
  /** Which append, or which event, counted from 1. */
  readonly at: number;
}

/** What happens in a life. */
export interface Plot {
  /** What the model says; `countFile` lies outside of every workspace. */
  readonly script: (countFile: string) => Script;
  /** What the person answers when asked. */
  readonly answer: string;
  /** Of the runner. */
  readonly config: object;
  /** What the person writes while the first result is being delivered. */
  readonly says?: string;
}

const wholePlot: Plot = { script: wholeScript, answer: wantedAnswer, config: {} };

/** What a life came to. */
export interface Outcome {
  readonly task: Task;
  /** As the runner tells them at the end. */
  readonly events: readonly TaskEvent[];
  /** As the client was told them. */
  readonly seen: readonly TaskEvent[];
  /** Lines that the counting commands wrote. */
  readonly counts: readonly string[];
  /** The commits of the delivered branch since the snapshot, newest first. */
  readonly commits: readonly BranchCommit[];
  /** All commits that a ref of the store keeps. */
  readonly kept: readonly string[];
  /** Calls of git, where it was to be deadly. */
  readonly gitCalls: readonly string[];
}

interface BranchCommit {
  readonly tree: string;
  /** Values of the trailer that names the task. */
  readonly trailers: readonly string[];
}

type HandOff = RequestParams<'tasks/create'>;

function isMortal(death: Death | null): boolean {
  return death !== null && !('git' in death && death.git.at === Infinity);
}

/** A store with the snapshot in it and the request that makes the task: what every life begins with. */
export class Beginning implements AsyncDisposable {
  readonly stores: string;
  readonly handOff: HandOff;
  readonly #world: World;

  private constructor(world: World, handOff: HandOff) {
    this.#world = world;
    this.stores = join(world.data, 'stores');
    this.handOff = handOff;
  }

  /** Made by a hand-off like any other, whose task is deleted again. */
  static async make(draft: Partial<HandOffDraft> = wholeDraft): Promise<Beginning> {
    const world = await World.make(byTurn([{ say: 'Nothing to do.' }]));
    await addCheckScript(world.project);
    const runner = await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection, draft);
    const created = (await eventsOf(connection, id))[0];
    if (created?.type !== 'taskCreated') throw new Error('no task was created');
    await connection.request('tasks/delete', { taskId: id }, calm);
    await connection[Symbol.asyncDispose]();
    await runner.end();
    const { spec, repository, snapshot, context, checks, setUp, budget, trailers, createdBy } = created.data;
    const what = { spec, repository, snapshot, context, checks, setUp, budget, trailers, createdBy };
    return new Beginning(world, { ...what, model: null, handOffId: randomUUID() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
  }
}

/** Lives the whole task; with a death the runner dies there, and another one goes on from what is on disk. */
export async function live(
  beginning: Beginning,
  program: string,
  death: Death | null,
  plot = wholePlot,
): Promise<Outcome> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-life-')));
  try {
    // The counting commands write outside of the workspace.
    await configureRunner(join(folder, 'data'), {
      sandbox: { mode: 'off' },
      ...plot.config,
    });
    await cp(beginning.stores, join(folder, 'data', 'stores'), { recursive: true });
    await using model = await startScriptedModel({ script: plot.script(countFileIn(folder)) });
    await using life = new Life(folder, program, model, plot);
    return await life.liveThrough(beginning.handOff, death);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const atRest: ReadonlySet<TaskEvent['type']> = new Set(['delivered', 'taskFailed', 'stopped']);

class Life implements AsyncDisposable {
  readonly #folder: string;
  readonly #program: string;
  readonly #model: ScriptedModel;
  readonly #client: SteadyClient;
  readonly #plot: Plot;
  #runner = Promise.withResolvers<RunnerProcess>();

  constructor(folder: string, program: string, model: ScriptedModel, plot: Plot) {
    this.#plot = plot;
    this.#folder = folder;
    this.#program = program;
    this.#model = model;
    this.#client = new SteadyClient(join(folder, 'data'), () => this.#runner.promise);
  }

  async liveThrough(handOff: HandOff, death: Death | null): Promise<Outcome> {
    const { says } = this.#plot;
    const saying = says === undefined ? {} : { NIGHTJAR_TEST_SAYS: says };
    const first = await this.#startRunner(death, saying);
    const [taskId] = await Promise.all([
      this.#bringToRest(handOff),
      isMortal(death) ? this.#replace(first) : undefined,
    ]);
    return this.#outcomeOf(taskId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
    await (await this.#runner.promise).end();
  }

  async #startRunner(
    death: Death | null,
    more: Readonly<Record<string, string>> = {},
  ): Promise<RunnerProcess> {
    const deadly = death === null ? {} : await this.#environmentOf(death);
    const env = { ...modelEnvironment(this.#model), ...deadly, ...more };
    const runner = await RunnerProcess.start(join(this.#folder, 'data'), env, this.#program);
    this.#runner.resolve(runner);
    return runner;
  }

  async #environmentOf(death: Death): Promise<Record<string, string>> {
    if ('git' in death) return { PATH: await putDyingGit(this.#folder, death.git) };
    return { NIGHTJAR_TEST_DEATH: death.side, NIGHTJAR_TEST_DEATH_AT: `${death.at}` };
  }

  async #replace(mortal: RunnerProcess): Promise<void> {
    await eventually(() => mortal.isGone);
    this.#runner = Promise.withResolvers();
    await this.#startRunner(null);
  }

  /** Hands off, answers the question, waits for the end; the task's id. */
  async #bringToRest(handOff: HandOff): Promise<string> {
    const { task } = await this.#client.ask('tasks/create', handOff);
    const isOver = this.#client.told(({ type }) => atRest.has(type));
    await Promise.race([isOver, this.#client.told(({ type }) => type === 'questionAsked')]);
    const reply = { taskId: task.id, messageId: randomUUID(), text: this.#plot.answer };
    await this.#client.ask('tasks/reply', reply);
    await isOver;
    return task.id;
  }

  async #outcomeOf(taskId: string): Promise<Outcome> {
    const { task } = await this.#client.ask('tasks/get', { taskId });
    const { events } = await this.#client.ask('events/list', { taskId, after: 0, limit: 1_000 });
    const counts = await readFile(countFileIn(this.#folder), 'utf8').catch(() => '');
    return {
      task,
      events,
      seen: this.#client.seen,
      counts: counts.split('\n').filter((line) => line !== ''),
      commits: await this.#commitsOf(task),
      kept: await this.#keptCommits(task),
      gitCalls: await gitCallsIn(this.#folder),
    };
  }

  async #keptCommits({ repository }: Task): Promise<readonly string[]> {
    const store = join(this.#folder, 'data', 'stores', `${repository.id}.git`);
    return (await git(store, ['rev-list', '--all'], calm)).trim().split('\n');
  }

  async #commitsOf({ repository, snapshot, ref }: Task): Promise<readonly BranchCommit[]> {
    if (ref === null) return [];
    const store = join(this.#folder, 'data', 'stores', `${repository.id}.git`);
    const format = '%T %(trailers:key=Nightjar-Task,valueonly,separator=%x20)';
    const log = await git(store, ['log', `--format=${format}`, `${snapshot.commit}..${ref}`], calm);
    return log
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([tree = '', ...trailers]) => ({ tree, trailers }));
  }
}

function countFileIn(folder: string): string {
  return join(folder, 'counts');
}
