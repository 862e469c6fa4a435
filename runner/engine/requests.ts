// What clients may ask for about tasks: checked against the task's state, then recorded for the engine to act on.
import { createHash, randomUUID } from 'node:crypto';
import { KnownError } from '../../shared/errors/errors.ts';
import type { HandOff, CheckedParams, RequestResult } from '../../shared/protocol/requests.ts';
import { defaultBudget, type Budget } from '../../shared/spec/spec.ts';
import type { EventData, Price, TaskEvent } from '../../shared/task/events.ts';
import { hasEnded } from '../../shared/task/hasEnded.ts';
import { statusInSentence } from '../../shared/task/statusText.ts';
import type { Task } from '../../shared/task/task.ts';
import { seesAll, storeIdOf, type Caller } from '../tasks/access.ts';
import { forkAt } from '../tasks/fork.ts';
import type { Sandbox, Workspaces } from '../tasks/ports.ts';
import type { Engine } from './engine.ts';

const slugChars = 40;
const idDigits = 6;

export interface RequestPorts {
  readonly engine: Engine;
  readonly workspaces: Workspaces;
  readonly sandbox: Pick<Sandbox, 'provider' | 'examine'>;
  readonly journal: {
    task(taskId: string): Task | undefined;
    eventsOf(taskId: string, seq: number, limit?: number): readonly TaskEvent[];
    forget(taskId: string): void;
  };
  readonly stores: {
    negotiate(
      repositoryId: string,
      candidates: readonly string[],
      signal: AbortSignal,
    ): Promise<readonly string[]>;
    diff(
      range: { readonly repositoryId: string; readonly from: string; readonly to: string },
      signal: AbortSignal,
    ): Promise<{ patch: string; isCut: boolean }>;
  };
  readonly logs: {
    read(place: CheckedParams<'logs/read'>): Promise<RequestResult<'logs/read'>>;
    readImage(place: CheckedParams<'images/read'>): Promise<RequestResult<'images/read'>>;
    remove(taskId: string): Promise<void>;
  };
  readonly doctor: (params: CheckedParams<'doctor'>, signal: AbortSignal) => Promise<RequestResult<'doctor'>>;
  /** What a new task gets where the hand-off leaves it open; `model` null where none is configured. */
  readonly defaults: {
    readonly model: string | null;
    readonly contextTokensOf: (model: string) => number;
    readonly priceOf: (model: string) => Price | null;
    /** Why no task may get the variable; null where it may. */
    readonly whyNotGranted: (name: string) => string | null;
    readonly trailersFor: (model: string) => readonly string[];
    readonly digestTokens: number;
    /** What may take over where a task's own model goes in circles. */
    readonly otherModels: readonly string[];
  };
  /** Ends the runner after the answer is sent. */
  readonly shutDown: () => void;
}

/** The answers to all requests about tasks, by the request's name. */
export function taskRequests(ports: RequestPorts) {
  return { ...readingRequests(ports), ...actingRequests(ports), ...endingRequests(ports) };
}

/** What only looks. */
function readingRequests(ports: RequestPorts) {
  return {
    'tasks/get': ({ taskId }: CheckedParams<'tasks/get'>) => ({ task: taskOf(ports, taskId) }),
    'events/list': ({ taskId, after, limit }: CheckedParams<'events/list'>) => {
      taskOf(ports, taskId);
      const events = ports.journal.eventsOf(taskId, after, limit);
      return { events: [...events], isComplete: events.length < limit };
    },
    'bundles/negotiate': async (
      { repositoryId, candidates }: CheckedParams<'bundles/negotiate'>,
      signal: AbortSignal,
      caller: Caller,
    ) => {
      const storeId = storeIdOf(repositoryId, caller.name);
      return { have: [...(await ports.stores.negotiate(storeId, candidates, signal))] };
    },
    'tasks/diff': ({ taskId }: CheckedParams<'tasks/diff'>, signal: AbortSignal) => {
      const { repository, owner, snapshot, commit } = taskOf(ports, taskId);
      const repositoryId = storeIdOf(repository.id, owner);
      const range = { repositoryId, from: snapshot.commit, to: commit ?? snapshot.commit };
      return ports.stores.diff(range, signal);
    },
    'logs/read': (params: CheckedParams<'logs/read'>) => {
      taskOf(ports, params.taskId);
      return ports.logs.read(params);
    },
    'images/read': (params: CheckedParams<'images/read'>) => {
      taskOf(ports, params.taskId);
      return ports.logs.readImage(params);
    },
    'sandbox/examine': async (_params: CheckedParams<'sandbox/examine'>, signal: AbortSignal) => ({
      provider: ports.sandbox.provider,
      problem: await ports.sandbox.examine(signal),
    }),
    doctor: (params: CheckedParams<'doctor'>, signal: AbortSignal) => ports.doctor(params, signal),
  };
}

/** What makes a task do something. */
function actingRequests(ports: RequestPorts) {
  return {
    'tasks/create': async (params: CheckedParams<'tasks/create'>, signal: AbortSignal, caller: Caller) =>
      createTask(ports, await createdOf(params, caller, ports, signal)),
    'tasks/reply': ({ taskId, messageId, text }: CheckedParams<'tasks/reply'>) => {
      reply(ports, taskOf(ports, taskId), messageId, text);
      return { task: taskOf(ports, taskId) };
    },
    'tasks/stop': async ({ taskId }: CheckedParams<'tasks/stop'>) => {
      const task = taskOf(ports, taskId);
      if (hasEnded(task)) throw notInState(task, 'stopped', 'It has ended already.');
      await ports.engine.recordNow(taskId, [{ type: 'stopRequested', data: {} }]);
      return { task: taskOf(ports, taskId) };
    },
    'tasks/runAgain': ({ taskId, fromTurn }: CheckedParams<'tasks/runAgain'>) => {
      const events = ports.journal.eventsOf(taskId, 0);
      const first = events[0];
      if (first?.type !== 'taskCreated') throw new KnownError('taskUnknown', { task: taskId });
      const fork = fromTurn === undefined ? first.data.fork : forkAt(events, fromTurn);
      if (fork === undefined) throw new KnownError('turnUnknown', { task: taskId, turn: fromTurn ?? 0 });
      // It stays with whom it was, and in the same hands.
      const { sharedSince, network } = taskOf(ports, taskId);
      // What a person has allowed since then they need not allow again.
      const created = { ...first.data, network, fork, handOffId: randomUUID() };
      return createTask(ports, created, sharedSince !== undefined);
    },
    'tasks/extendBudget': ({ taskId, budget }: CheckedParams<'tasks/extendBudget'>) => {
      extendBudget(ports, taskOf(ports, taskId), budget);
      return { task: taskOf(ports, taskId) };
    },
    'tasks/allow': ({ taskId, hosts }: CheckedParams<'tasks/allow'>) => {
      taskOf(ports, taskId);
      ports.engine.record(taskId, [{ type: 'networkAllowed', data: { hosts } }]);
      return { task: taskOf(ports, taskId) };
    },
    'tasks/prioritize': ({ taskId, priority }: CheckedParams<'tasks/prioritize'>) => {
      const task = taskOf(ports, taskId);
      if (task.priority !== priority)
        ports.engine.record(taskId, [{ type: 'prioritized', data: { priority } }]);
      return { task: taskOf(ports, taskId) };
    },
    'tasks/share': ({ taskId, isShared }: CheckedParams<'tasks/share'>) => {
      const { sharedSince } = taskOf(ports, taskId);
      if ((sharedSince !== undefined) !== isShared)
        ports.engine.record(taskId, [{ type: 'sharingChanged', data: { isShared } }]);
      return { task: taskOf(ports, taskId) };
    },
  };
}

/** What puts a task, or the runner, away. */
function endingRequests(ports: RequestPorts) {
  return {
    'tasks/markDone': async ({ taskId }: CheckedParams<'tasks/markDone'>) => {
      const task = taskOf(ports, taskId);
      const hint = 'Stop it first, or wait until it is ready to review.';
      if (!hasEnded(task)) throw notInState(task, 'marked as done', hint);
      if (task.status !== 'done') ports.engine.record(taskId, [{ type: 'markedDone', data: {} }]);
      await ports.workspaces.remove(taskId);
      return { task: taskOf(ports, taskId) };
    },
    'tasks/delete': async ({ taskId }: CheckedParams<'tasks/delete'>) => {
      taskOf(ports, taskId);
      await ports.engine.recordDeletion(taskId);
      await Promise.all([ports.workspaces.remove(taskId), ports.logs.remove(taskId)]);
      ports.journal.forget(taskId);
      return {};
    },
    'runner/shutDown': () => {
      const isEnding = ports.engine.isIdle;
      if (isEnding) ports.shutDown();
      return { isEnding };
    },
  };
}

function taskOf(ports: RequestPorts, taskId: string): Task {
  const task = ports.journal.task(taskId);
  if (task === undefined) throw new KnownError('taskUnknown', { task: taskId });
  return task;
}

type Created = EventData<'taskCreated'>;

async function createdOf(
  handOff: HandOff,
  caller: Caller,
  ports: RequestPorts,
  signal: AbortSignal,
): Promise<Created> {
  const { name: owner } = caller;
  const model = handOff.model ?? ports.defaults.model;
  if (model === null) throw new KnownError('modelNotConfigured');
  await refuseWithoutSandbox(ports, signal);
  for (const name of handOff.secrets ?? []) refuseSecret(name, caller, ports);
  const { repository, snapshot } = handOff;
  const have = await ports.stores.negotiate(storeIdOf(repository.id, owner), [snapshot.commit], signal);
  if (have.length === 0)
    throw new KnownError('bundleCorrupted', { detail: 'the snapshot is not in the store' });
  const { turns, rounds, tokens, costUsd, wallTimeMs } = handOff.budget;
  return {
    ...handOff,
    model,
    contextTokens: ports.defaults.contextTokensOf(model),
    digestTokens: ports.defaults.digestTokens,
    budget: {
      turns: turns ?? defaultBudget.turns,
      rounds: rounds ?? defaultBudget.rounds,
      tokens: tokens ?? defaultBudget.tokens,
      costUsd: costUsd ?? defaultBudget.costUsd,
      wallTimeMs: wallTimeMs ?? defaultBudget.wallTimeMs,
    },
    trailers: handOff.trailers ?? [...ports.defaults.trailersFor(model)],
    sandbox: ports.sandbox.provider,
    price: ports.defaults.priceOf(model),
    ...otherModelsOf(handOff, model, ports.defaults),
    priority: handOff.priority ?? 'normal',
    fork: null,
    ...(owner === null ? {} : { owner }),
  };
}

/** As the runner knows them now: a task keeps the terms of its hand-off. */
function otherModelsOf(
  { trailers }: HandOff,
  own: string,
  { otherModels, contextTokensOf, priceOf, trailersFor }: RequestPorts['defaults'],
): Pick<Created, 'otherModels'> {
  const others = otherModels.filter((model) => model !== own);
  if (others.length === 0) return {};
  return {
    otherModels: others.map((model) => ({
      ...{ model, contextTokens: contextTokensOf(model), price: priceOf(model) },
      trailers: trailers === null ? [...trailersFor(model)] : [],
    })),
  };
}

async function refuseWithoutSandbox({ sandbox }: RequestPorts, signal: AbortSignal): Promise<void> {
  const problem = await sandbox.examine(signal);
  if (problem === null) return;
  throw new KnownError('sandboxUnavailable', { detail: problem.message, remedy: problem.remedy });
}

/** The variables are those of whoever runs the runner: nobody else gives them away. */
function refuseSecret(name: string, caller: Caller, ports: RequestPorts): void {
  const detail = seesAll(caller) ? ports.defaults.whyNotGranted(name) : 'only its owner may grant one';
  if (detail !== null) throw new KnownError('secretNotGranted', { name, detail });
}

/** One hand-off makes one task: its id follows from the title and the client's id of the hand-off. */
function createTask(ports: RequestPorts, created: Created, isShared = false): { task: Task } {
  const taskId = taskIdFor(created);
  const known = ports.journal.task(taskId);
  if (known === undefined) {
    const sharing = isShared ? [{ type: 'sharingChanged', data: { isShared } } as const] : [];
    ports.engine.record(taskId, [{ type: 'taskCreated', data: created }, ...sharing]);
  } else if (known.owner !== created.owner) {
    const detail = 'handOffId: it is taken, choose another';
    throw new KnownError('requestInvalid', { method: 'tasks/create', detail });
  }
  return { task: taskOf(ports, taskId) };
}

function taskIdFor({ spec, handOffId, owner }: Created): string {
  const slug = spec.title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, slugChars)
    .replace(/^-+|-+$/g, '');
  const digits = createHash('sha256')
    .update(owner === undefined ? handOffId : `${owner} ${handOffId}`)
    .digest('hex')
    .slice(0, idDigits);
  return `${slug === '' ? 'task' : slug}-${digits}`;
}

function reply(ports: RequestPorts, task: Task, messageId: string, text: string): void {
  const isKnown = ports.journal
    .eventsOf(task.id, 0)
    .some(
      ({ type, data }) =>
        (type === 'messageReceived' || type === 'questionAnswered') && data.messageId === messageId,
    );
  if (isKnown) return;
  const { question } = task;
  const fact =
    question === null
      ? ({ type: 'messageReceived', data: { messageId, text } } as const)
      : ({
          type: 'questionAnswered',
          data: { questionId: question.id, text, by: 'person', messageId },
        } as const);
  ports.engine.record(task.id, [fact]);
}

/** Limits only ever rise: what was spent is spent. */
function extendBudget(
  ports: RequestPorts,
  task: Task,
  wanted: CheckedParams<'tasks/extendBudget'>['budget'],
): void {
  const names = Object.keys(task.budget) as (keyof Budget)[];
  const raised = names.map((name) => [name, Math.max(task.budget[name], wanted[name] ?? 0)] as const);
  const budget = Object.fromEntries(raised) as unknown as Budget;
  if (names.every((name) => budget[name] === task.budget[name])) return;
  ports.engine.record(task.id, [{ type: 'budgetExtended', data: { budget } }]);
}

function notInState(task: Task, action: string, hint: string): KnownError {
  return new KnownError('taskNotInState', {
    task: task.id,
    status: statusInSentence[task.status],
    action,
    hint,
  });
}
