// Many tasks at once on a runner that is killed again and again: all of them end well, and nothing is left behind.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RequestParams } from '../../shared/protocol/requests.ts';
import { specFromGoal } from '../../shared/spec/parseSpec.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import { git } from '../demo/sampleProject.ts';
import { bundleDyingRunner, type RunnerBundle } from '../endToEnd/runnerBundle.ts';
import { SteadyClient } from '../endToEnd/steadyClient.ts';
import { calm, eventsOf, World, type RunnerProcess } from '../endToEnd/world.ts';
import { leftFiles, leftProcesses, memoryMiB, openFiles } from './leftovers.ts';
import { draftOf, soakScript, titleOf, wantedLines, workFile } from './soakTask.ts';

export interface SoakOptions {
  readonly tasks: number;
  /** Turns of each task beside its last one. */
  readonly turns: number;
  readonly kills: number;
  /** Milliseconds that a runner lives at most after it has got something done. */
  readonly longestLifeMs: number;
  /** Milliseconds that all of it may take. */
  readonly timeoutMs: number;
  /** Gets a line now and then. */
  readonly report: (line: string) => void;
}

/** Milliseconds that a runner gets to tidy up. */
const tidyMs = 60_000;

type HandOff = RequestParams<'tasks/create'>;

const atRest: ReadonlySet<TaskEvent['type']> = new Set(['delivered', 'taskFailed', 'stopped']);

/** Lives it all; rejects with what does not hold in the end. */
export async function soak(options: SoakOptions): Promise<void> {
  await using program = await bundleDyingRunner();
  await using world = await World.make(soakScript(options.turns));
  await world.configure({ maxConcurrent: options.tasks });
  await using run = new SoakRun(world, program, options);
  await run.live();
}

class SoakRun implements AsyncDisposable {
  readonly #world: World;
  readonly #program: RunnerBundle;
  readonly #options: SoakOptions;
  readonly #client: SteadyClient;
  readonly #startedAt = performance.now();
  #runner = Promise.withResolvers<RunnerProcess>();
  #lives = 0;

  constructor(world: World, program: RunnerBundle, options: SoakOptions) {
    this.#world = world;
    this.#program = program;
    this.#options = options;
    this.#client = new SteadyClient(world.data, () => this.#runner.promise, options.timeoutMs);
  }

  async live(): Promise<void> {
    const { tasks, turns, report } = this.#options;
    const first = await this.#startRunner();
    // With the sandbox's broker, which stays as long as its runner.
    await this.#client.ask('sandbox/examine', {});
    const calmFiles = await openFiles(first.pid);
    const handOff = await this.#firstHandOff();
    await Promise.all([this.#handOffOthers(handOff), this.#killAgainAndAgain()]);
    await this.#untilAllEnded();
    await this.#assertWhole();
    const runner = await this.#runner.promise;
    await this.#none(async () => (await openFiles(runner.pid)).slice(calmFiles.length));
    await this.#none(() => leftProcesses(this.#world.folder, runner.pid));
    await this.#none(async () => withoutBroker(await leftFiles(this.#world.data)));
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    report(
      `${tasks} tasks of ${turns} turns through ${this.#lives - 1} kills in ${seconds} s: all whole, nothing left`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }

  async #startRunner(): Promise<RunnerProcess> {
    const runner = await this.#world.startRunner({}, this.#program.entry);
    this.#lives += 1;
    this.#runner.resolve(runner);
    return runner;
  }

  /** By a client like any other; what it sent serves for the others, which ship nothing more. */
  async #firstHandOff(): Promise<HandOff> {
    const connection = await this.#world.connect();
    const { id } = await this.#world.handOff(connection, draftOf(0, this.#options.turns));
    const created = (await eventsOf(connection, id))[0];
    assert.equal(created?.type, 'taskCreated');
    await connection[Symbol.asyncDispose]();
    const { spec, repository, snapshot, context, checks, setUp, budget, trailers, createdBy } = created.data;
    const what = { spec, repository, snapshot, context, checks, setUp, budget, trailers, createdBy };
    return { ...what, model: null, handOffId: randomUUID() };
  }

  async #handOffOthers(handOff: HandOff): Promise<void> {
    for (let number = 1; number < this.#options.tasks; number += 1) {
      const own = { spec: specFromGoal(titleOf(number)), handOffId: randomUUID() };
      await this.#client.ask('tasks/create', { ...handOff, ...own });
    }
  }

  /** Each life gets something done before it ends, so that the tasks come to their end however slow the machine is. */
  async #killAgainAndAgain(): Promise<void> {
    const { kills, tasks, longestLifeMs } = this.#options;
    for (let count = 0; count < kills && !this.#isOver; count += 1) {
      const done = this.#client.seen.length;
      await this.#until(() => this.#isOver || this.#client.seen.length > done + 2 * tasks);
      await delay(Math.random() * longestLifeMs);
      const runner = await this.#runner.promise;
      await this.#tell(runner);
      await runner.kill();
      this.#runner = Promise.withResolvers();
      await this.#startRunner();
    }
  }

  get #isOver(): boolean {
    return this.#count((type) => atRest.has(type)) === this.#options.tasks;
  }

  #count(isWanted: (type: TaskEvent['type']) => boolean): number {
    return this.#client.seen.filter(({ type }) => isWanted(type)).length;
  }

  async #untilAllEnded(): Promise<void> {
    let toldAt = 0;
    await this.#until(async () => {
      if (performance.now() > toldAt + 5_000) {
        toldAt = performance.now();
        await this.#tell(await this.#runner.promise);
      }
      return this.#isOver;
    });
    await this.#tell(await this.#runner.promise);
  }

  /** Patient as the whole soak is. */
  async #until(holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = this.#startedAt + this.#options.timeoutMs;
    while (!(await holds())) {
      assert.ok(performance.now() < deadline, `it takes too long: ${this.#state()}`);
      await delay(50);
    }
  }

  /** Waits until nothing is found; a runner tidies up in a quiet moment. */
  async #none(find: () => Promise<readonly string[]>): Promise<void> {
    const deadline = performance.now() + tidyMs;
    for (let left = await find(); left.length > 0; left = await find()) {
      if (performance.now() > deadline) assert.deepEqual(left, []);
      await delay(200);
    }
  }

  async #tell(runner: RunnerProcess): Promise<void> {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    const memory = Math.round(await memoryMiB(runner.pid));
    this.#options.report(`${seconds} s, runner ${this.#lives}: ${memory} MiB, ${this.#state()}`);
  }

  #state(): string {
    const turns = this.#count((type) => type === 'turnAnswered');
    const ended = this.#count((type) => atRest.has(type));
    return `${this.#client.seen.length} events, ${turns} turns, ${ended} tasks at rest`;
  }

  async #assertWhole(): Promise<void> {
    const { tasks: count, turns } = this.#options;
    const { tasks } = await this.#client.ask('tasks/list', {});
    assert.equal(tasks.length, count);
    for (const { id, title, status, verdict, ref, repository } of tasks) {
      assert.deepEqual([id, status, verdict], [id, 'readyForReview', 'verified']);
      const store = join(this.#world.data, 'stores', `${repository.id}.git`);
      const content = await git(store, ['show', `${ref ?? ''}:${workFile}`], calm);
      assert.equal(content, wantedLines(Number(title.split(' ').at(-1)), turns));
    }
    const { seen } = this.#client;
    assert.deepEqual(
      seen.map(({ seq }) => seq),
      seen.map((_, index) => index + 1),
    );
  }
}

/** Of what runs one record is that of the broker, which goes with the runner. */
function withoutBroker(names: readonly string[]): string[] {
  const isRecord = (name: string): boolean => name.startsWith('commands/');
  return [...names.filter((name) => !isRecord(name)), ...names.filter(isRecord).slice(1)];
}
