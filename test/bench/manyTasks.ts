// Many tasks at once on a runner as users run it, and what it takes to keep them going.
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { specFromGoal } from '../../shared/spec/parseSpec.ts';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import { calm, eventually, eventsOf, World, type RunnerProcess } from '../endToEnd/world.ts';
import { projectRoot } from '../layers/testFiles.ts';
import { byTurn, type Step } from '../support/scriptedModel.ts';

/** The runner as the package has it. */
const program = join(projectRoot, 'dist', 'runner.mjs');

/** What a client was told, with the milliseconds that it took. */
export interface Told {
  readonly event: TaskEvent;
  readonly delayMs: number;
}

export class ManyTasks implements AsyncDisposable {
  readonly world: World;
  readonly told: Told[] = [];
  runner: RunnerProcess;
  readonly #connection: RunnerConnection;
  readonly #count: number;

  private constructor(world: World, runner: RunnerProcess, connection: RunnerConnection, count: number) {
    this.world = world;
    this.runner = runner;
    this.#connection = connection;
    this.#count = count;
    connection.watchTasks({
      snapshot: () => undefined,
      // Both clocks are this machine's; an event's time has whole milliseconds.
      event: (event) => {
        const delayMs = performance.timeOrigin + performance.now() - Date.parse(event.at) - 0.5;
        this.told.push({ event, delayMs: Math.max(0, delayMs) });
      },
    });
  }

  /** A runner with places for `count` tasks, that have not begun. */
  static async make(count: number, turns: readonly Step[]): Promise<ManyTasks> {
    const world = await World.make(byTurn(turns));
    await world.configure({ maxConcurrent: count });
    const runner = await world.startRunner({}, program);
    return new ManyTasks(world, runner, await world.connect(), count);
  }

  /** Hands all of them off; only the first one ships anything. */
  async handOff(): Promise<void> {
    const { id } = await this.world.handOff(this.#connection, { checks: [] });
    const created = (await eventsOf(this.#connection, id))[0];
    if (created?.type !== 'taskCreated') throw new Error('no task was created');
    const { repository, snapshot, context, checks, setUp, budget, trailers, createdBy } = created.data;
    const what = { repository, snapshot, context, checks, setUp, budget, trailers, createdBy, model: null };
    for (let number = 1; number < this.#count; number += 1) {
      const own = { spec: specFromGoal(`Task ${number}`), handOffId: randomUUID() };
      await this.#connection.request('tasks/create', { ...what, ...own }, calm);
    }
  }

  /** Waits until every task has an event that is wanted. */
  async untilAll(isWanted: (event: TaskEvent) => boolean): Promise<void> {
    for (;;) {
      const tasks = new Set(
        this.told.filter(({ event }) => isWanted(event)).map(({ event }) => event.taskId),
      );
      if (tasks.size >= this.#count) return;
      const before = this.told.length;
      // Fails where nothing happens any more.
      await eventually(() => this.told.length > before);
    }
  }

  /** As a power cut; the client finds the next runner by itself. */
  async killAndRestart(): Promise<void> {
    await this.runner.kill();
    this.runner = await this.world.startRunner({}, program);
  }

  async databaseBytes(): Promise<number> {
    const files = ['nightjar.sqlite', 'nightjar.sqlite-wal'].map((name) => stat(join(this.world.data, name)));
    return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
  }
}
