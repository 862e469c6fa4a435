// A data folder with real stores, workspaces and an event log, and the housekeeping of it, for a clock that a test sets.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Fact } from '../../../shared/task/events.ts';
import { EventStore } from '../../../runner/store/eventStore.ts';
import type { TaskPlace } from '../../../runner/tasks/ports.ts';
import { runOf, type Run } from '../../../runner/tasks/run.ts';
import type { Leftover } from '../../../runner/workspaces/leftovers.ts';
import { Housekeeping } from '../../../runner/workspaces/housekeeping.ts';
import { createStores } from '../../../runner/workspaces/stores.ts';
import { createWorkspaces } from '../../../runner/workspaces/workspaces.ts';
import { answerOf, callOf, createdData } from '../../support/taskFacts.ts';
import { gitIn, repositoryId, signal, UserRepository } from './userRepository.ts';

const gibibyte = 1024 ** 3;
const dayMs = 24 * 3_600_000;

export class KeptWorld implements AsyncDisposable {
  readonly user = new UserRepository({ 'readme.md': 'one\n', '.gitignore': 'ignored\n' });
  readonly stores = createStores(this.user);
  readonly workspaces = createWorkspaces({
    ...{ dataFolder: this.user.dataFolder, refs: this.user.refs },
    author: { name: 'Nightjar', email: 'nightjar@localhost' },
    boot: null,
  });
  readonly journal: EventStore;
  readonly said: string[] = [];
  readonly bugs: unknown[] = [];
  readonly processes: Leftover[] = [];
  now = new Date('2026-01-01T00:00:00.000Z');
  #housekeeping: Housekeeping | null = null;

  constructor() {
    mkdirSync(this.user.dataFolder);
    const file = join(this.user.dataFolder, 'nightjar.sqlite');
    this.journal = EventStore.open(file, { path: this.user.dataFolder, pid: 1 });
  }

  get store(): string {
    return join(this.user.dataFolder, 'stores', `${repositoryId}.git`);
  }

  path(...names: string[]): string {
    return join(this.user.dataFolder, ...names);
  }

  /** Git as the runner sees the store. */
  inStore(...args: string[]): string {
    return gitIn(this.store, args);
  }

  /** Housekeeping with this budget; the former one is not used any more. */
  async keep(budgetBytes = 1024 * gibibyte): Promise<Housekeeping> {
    await this.#housekeeping?.[Symbol.asyncDispose]();
    this.#housekeeping = new Housekeeping({
      ...{ dataFolder: this.user.dataFolder, budgetBytes },
      ...{ journal: this.journal, workspaces: this.workspaces, refs: this.user.refs },
      clock: { now: () => this.now, sleep: () => Promise.reject(new Error('nobody sleeps here')) },
      log: { info: (text) => this.said.push(text), bug: (error) => this.bugs.push(error) },
      leftProcesses: async () => this.processes,
    });
    return this.#housekeeping;
  }

  /** Tidies up once; what that did. */
  async tidyUp(budgetBytes?: number): Promise<readonly string[]> {
    return (await this.keep(budgetBytes)).tidyUp(signal);
  }

  place(taskId: string): TaskPlace {
    return { taskId, repositoryId, snapshot: this.user.head() };
  }

  /** A task whose workspace is there, that has taken one turn, and ended or waits a day later each. */
  async task(taskId: string, end: 'stopped' | 'waiting' | 'working'): Promise<void> {
    const commit = this.user.head();
    const snapshot = { commit, base: commit };
    await this.stores.receiveBundle(this.user.bundle(), signal);
    await this.workspaces.prepare(this.place(taskId), commit, signal);
    const repository = { ...createdData().repository, id: repositoryId };
    this.record(taskId, { type: 'taskCreated', data: createdData({ repository, snapshot }) });
    this.record(taskId, { type: 'prepared', data: { durationMs: 1 } });
    this.record(taskId, answerOf(1, [callOf('ask', 'ask', {})]));
    this.now = new Date(this.now.getTime() + dayMs);
    const deadlineAt = new Date(this.now.getTime() + dayMs).toISOString();
    const question = { questionId: 'ask', text: 'Which?', defaultAnswer: 'This.', deadlineAt };
    if (end === 'waiting') this.record(taskId, { type: 'questionAsked', data: question });
    if (end === 'stopped') this.record(taskId, { type: 'stopped', data: { commit: null, ref: null } });
  }

  record(taskId: string, ...facts: Fact[]): void {
    this.journal.append(taskId, facts, this.now);
  }

  run(taskId: string): Run {
    return runOf(this.journal.eventsOf(taskId, 0))!;
  }

  /** Writes a file beneath the workspace of a task, or beside it. */
  write(taskId: string, path: string, content: string | Buffer): void {
    const file = this.path('workspaces', taskId, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Writes a file and adds it to the workspace's index, as a git does that is killed before it has written a tree. */
  cutOffRecording(taskId: string, name: string, text: string): void {
    this.write(taskId, `files/${name}`, text);
    // A file as young as the index would be read once more.
    this.age(this.path('workspaces', taskId, 'files', name), 1);
    const folder = this.workspaces.folderOf(taskId);
    const index = this.path('workspaces', taskId, 'index');
    const names = { GIT_DIR: this.store, GIT_WORK_TREE: folder, GIT_INDEX_FILE: index };
    gitIn(folder, ['add', '--all'], names);
  }

  /** What a set-up has made, last used so many days ago. */
  setUp(name: string, content: Buffer, days: number): void {
    const folder = this.path('setUps', repositoryId, name);
    mkdirSync(join(folder, 'workspace'), { recursive: true });
    writeFileSync(join(folder, 'workspace/made'), content);
    const facts = { bytes: content.length, made: ['made'], blocked: [] };
    writeFileSync(join(folder, 'facts.json'), JSON.stringify(facts));
    this.age(join(folder, 'facts.json'), days);
  }

  /** Gives a file or folder another age. */
  age(path: string, days: number): void {
    execFileSync('touch', ['-d', new Date(this.now.getTime() - days * dayMs).toISOString(), path]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#housekeeping?.[Symbol.asyncDispose]();
    this.journal[Symbol.dispose]();
    this.user[Symbol.dispose]();
  }
}
