// The real engine on a real event store; of the world around it only the model counts, and the test answers for it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Checkouts } from '../../../runner/engine/checkouts.ts';
import { Engine } from '../../../runner/engine/engine.ts';
import { EventStore } from '../../../runner/store/eventStore.ts';
import type {
  Commits,
  Evidence,
  ModelAnswer,
  ModelClient,
  Sandbox,
  SetUps,
  Workspaces,
} from '../../../runner/tasks/ports.ts';
import { RateLimited } from '../../../runner/tasks/rateLimited.ts';
import type { QueueLimits } from '../../../runner/tasks/queue.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import { placeInQueue } from '../../../shared/protocol/queuePlace.ts';
import type { EventData, ToolCall } from '../../../shared/task/events.ts';
import type { Task } from '../../../shared/task/task.ts';
import { callOf, createdData } from '../../support/taskFacts.ts';
import { until } from '../server/serverWorld.ts';

export interface EngineWorldOptions {
  readonly limits?: Partial<QueueLimits>;
  readonly dayCeilingUsd?: number | null;
  /** Models whose last attempt fails, in the middle of its answer. */
  readonly cutModels?: ReadonlySet<string>;
  /** Models whose endpoint lets nobody through, each with the milliseconds that it asks to wait. */
  readonly limitedMs?: Map<string, number>;
  /** What happens while a result is delivered. */
  readonly whileDelivering?: (taskId: string) => void;
}

/** A task's question to the model, which the test answers when it likes. */
interface Asked {
  readonly taskId: string;
  readonly answer: (calls: readonly ToolCall[]) => void;
}

const nothingToRun = (): Promise<never> => Promise.reject(new Error('Nothing is run here.'));
const nothingAsked: Evidence['facts'] = async () => ({
  specSha256: '0'.repeat(64),
  environment: { platform: '', arch: '', release: '', runner: '', node: '', git: '', lockFiles: [] },
  logs: new Map(),
});
const sandbox: Sandbox = {
  provider: 'none',
  examine: async () => null,
  run: nothingToRun,
  ask: nothingToRun,
};
const workspaces: Workspaces = {
  folderOf: () => '/nowhere',
  borrowedBy: () => [],
  whyLost: async () => null,
  prepare: async () => undefined,
  checkpoint: async (_place, { parent }) => ({ commit: parent }),
  commit: async (_place, { parent }) => ({ commit: parent, files: [], keptOut: [] }),
  keep: async () => undefined,
  openCheckout: nothingToRun,
  changedTexts: async () => [],
  findTexts: async () => [],
  deliver: async ({ taskId }) => ({ ref: `refs/nightjar/tasks/${taskId}` }),
  remove: async () => undefined,
};

const commits: Commits = { pathsOf: nothingToRun, textOf: nothingToRun, mix: nothingToRun };

const setUps: SetUps = { share: async (_wanted, run) => ({ ...(await run()), isCached: false }) };

export class EngineWorld implements AsyncDisposable {
  readonly folder: string;
  readonly store: EventStore;
  readonly bugs: unknown[] = [];
  engine: Engine;
  readonly #options: EngineWorldOptions;
  readonly #asked: Asked[] = [];

  private constructor(folder: string, options: EngineWorldOptions) {
    this.folder = folder;
    this.#options = options;
    this.store = EventStore.open(join(folder, 'nightjar.sqlite'), { path: folder, pid: 0 });
    this.engine = this.#makeEngine();
    this.engine.start();
  }

  static async make(options: EngineWorldOptions = {}): Promise<EngineWorld> {
    return new EngineWorld(await mkdtemp(join(tmpdir(), 'nightjar-engine-')), options);
  }

  /** Ends the engine as a shutdown does, and starts another one on the same log. */
  async restart(): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
    this.engine = this.#makeEngine();
    this.engine.start();
  }

  /** Creates tasks; the first letter of an id names the repository. */
  create(ids: readonly string[], changes: Partial<EventData<'taskCreated'>> = {}): void {
    for (const id of ids) {
      const data = createdData();
      const repository = { ...data.repository, id: id.charAt(0).repeat(32), name: id.charAt(0) };
      const spec = { ...data.spec, title: id };
      this.engine.record(id, [
        { type: 'taskCreated', data: { ...data, repository, spec, checks: [], setUp: null, ...changes } },
      ]);
    }
  }

  task(taskId: string): Task {
    const task = this.store.task(taskId);
    if (task === undefined) throw new Error(`no task ${taskId}`);
    return task;
  }

  /** The tasks that wait for an answer of the model now, sorted: those that hold a place. */
  get working(): string {
    return this.#asked
      .map(({ taskId }) => taskId)
      .toSorted()
      .join(' ');
  }

  /** The waiting tasks in their order. */
  get waiting(): string {
    return this.engine.queue
      .current()
      .waiting.map(({ taskId }) => taskId)
      .join(' ');
  }

  reasonOf(taskId: string): string | undefined {
    return placeInQueue(this.engine.queue.current(), taskId)?.reason;
  }

  async untilWorking(ids: string): Promise<void> {
    await until(() => this.working === ids, `working: ${ids}, not ${this.working}`);
  }

  async untilStatus(taskId: string, status: Task['status']): Promise<void> {
    await until(() => this.task(taskId).status === status, `${taskId} is ${status}`);
  }

  /** Lets the model answer a task: it has finished, or asks. */
  answer(taskId: string, kind: 'finish' | 'ask' = 'finish'): void {
    const index = this.#asked.findIndex((asked) => asked.taskId === taskId);
    if (index < 0) throw new Error(`${taskId} does not ask the model`);
    const finish = callOf('call-finish', 'finish', { outcome: 'done', summary: 'Done.' });
    const ask = callOf('call-ask', 'ask', { question: 'Which?', defaultAnswer: 'This.' });
    this.#asked[index]?.answer([kind === 'ask' ? ask : finish]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
    this.store[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** As `workspaces`, and what is to happen meanwhile happens. */
  #workspaces(): Workspaces {
    const deliver: Workspaces['deliver'] = async (place, ...others) => {
      this.#options.whileDelivering?.(place.taskId);
      return workspaces.deliver(place, ...others);
    };
    return { ...workspaces, deliver };
  }

  #makeEngine(): Engine {
    return new Engine({
      journal: this.store,
      ports: {
        workspaces: this.#workspaces(),
        commits,
        sandbox,
        checks: { run: nothingToRun },
        checkouts: new Checkouts(workspaces, sandbox, setUps),
        setUps,
        inspector: { inspect: async () => ({ findings: [], findingsLeftOut: 0 }) },
        tools: { definitions: [], run: nothingToRun },
        model: this.#model(),
        logs: { fileFor: () => '/nowhere', tailOf: async () => '' },
        evidence: { facts: nothingAsked, keep: async () => 'e'.repeat(40) },
        clock: {
          now: () => new Date(),
          sleep: async (ms, signal) => {
            await sleep(ms, undefined, { signal });
          },
        },
        output: () => undefined,
        makeRoom: () => undefined,
      },
      limits: { all: 2, perRepository: null, ...this.#options.limits },
      dayCeilingUsd: this.#options.dayCeilingUsd ?? null,
      sandbox: 'none',
      logBug: (error) => this.bugs.push(error),
    });
  }

  #model(): ModelClient {
    return {
      contextTokensOf: () => 100_000,
      priceOf: () => null,
      answer: async ({ model, messages }, { signal, onLost }) => {
        if (this.#options.cutModels?.has(model) === true) {
          onLost?.();
          throw new KnownError('modelUnreachable', { endpoint: 'https://host/v1', detail: 'cut' });
        }
        const waitMs = this.#options.limitedMs?.get(model);
        if (waitMs !== undefined) throw new RateLimited({ endpoint: 'https://host/v1', waitMs, refusals: 1 });
        const { promise, resolve, reject } = Promise.withResolvers<ModelAnswer>();
        const text = messages.map((message) => message.text).join('\n');
        const asked: Asked = {
          taskId: this.store.tasks().find(({ title }) => text.includes(title))?.id ?? '',
          answer: (calls) => {
            const usage = { inputTokens: 10, cachedTokens: 0, outputTokens: 5 };
            resolve({ text: '', toolCalls: calls, usage, requestBytes: 1 });
          },
        };
        const onAbort = (): void => reject(signal.reason as Error);
        this.#asked.push(asked);
        signal.addEventListener('abort', onAbort, { once: true });
        try {
          return await promise;
        } finally {
          signal.removeEventListener('abort', onAbort);
          this.#asked.splice(this.#asked.indexOf(asked), 1);
        }
      },
    };
  }
}
