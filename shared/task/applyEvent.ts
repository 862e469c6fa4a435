// Folds one event into a task: the only way in which a task changes, on the runner and in every client.
import { defaultNetwork, widened } from '../spec/network.ts';
import type { BlockedHost, EventData, Fact, TaskEvent, Verdict } from './events.ts';
import { withoutWait } from './activityText.ts';
import { changeOfProof, changeOfIntegrity } from './applyProof.ts';
import { hasEnded, isAtLimit } from './hasEnded.ts';
import type { CheckState, Task } from './task.ts';

/**
 * The task after `event`. `task` is null only for the first event, `taskCreated`.
 * An event that the task already contains (`seq` not newer) changes nothing, so a replay is harmless.
 */
export function applyEvent(task: Task | null, event: TaskEvent): Task {
  if (event.type === 'taskCreated') return task ?? createTask(event, event.data);
  if (task === null)
    throw new Error(`Event ${event.seq} (${event.type}) precedes the creation of ${event.taskId}.`);
  if (event.seq <= task.seq) return task;
  // Of housekeeping nobody needs to hear: it must not move a task to the top of a list.
  const updatedAt = event.type === 'workspaceReclaimed' ? task.updatedAt : event.at;
  if (event.type === 'sharingChanged') return { ...withSharing(task, event), updatedAt };
  const change = changeOf(task, event);
  const before = change.activity === undefined ? task : withoutWait(task);
  return { ...before, ...change, seq: event.seq, updatedAt };
}

function createTask(event: TaskEvent, data: EventData<'taskCreated'>): Task {
  return {
    id: event.taskId,
    title: data.spec.title,
    status: 'queued',
    verdict: null,
    endReason: null,
    spec: data.spec,
    repository: data.repository,
    snapshot: data.snapshot,
    commit: null,
    ref: null,
    rounds: 0,
    turns: 0,
    usage: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
    costUsd: 0,
    model: data.model,
    budget: data.budget,
    priority: data.priority,
    forkedFrom: data.fork === null ? null : { taskId: data.fork.taskId, turn: data.fork.turn },
    sandbox: data.sandbox,
    network: data.network ?? { mode: defaultNetwork.mode, hosts: [] },
    blocked: [],
    setUp: data.setUp,
    checks: data.checks.map((check) => ({
      ...check,
      passed: null,
      exitCode: null,
      durationMs: null,
      problemCount: 0,
      commit: null,
      failedBefore: null,
    })),
    files: [],
    question: null,
    error: null,
    summary: null,
    activity: 'Waiting for a free place',
    createdBy: data.createdBy,
    ...(data.owner === undefined ? {} : { owner: data.owner }),
    createdAt: event.at,
    updatedAt: event.at,
    seq: event.seq,
  };
}

function changeOf(task: Task, event: Fact): Partial<Task> {
  switch (event.type) {
    case 'prepareStarted':
    case 'setUpStarted':
    case 'checkStarted':
      return commandStarted(event);
    case 'checkEnded':
      return { checks: task.checks.map((check) => withResult(check, event.data)) };
    case 'turnStarted':
    case 'rateLimited':
    case 'compactionStarted':
      return modelAsked(event);
    case 'modelRetried':
      return { activity: retryActivity(event.data) };
    case 'turnAnswered':
    case 'compacted':
      return withUsage(task, event.data);
    case 'toolStarted':
      return { status: 'working', activity: toolActivity(event.data) };
    case 'questionAsked':
      return asked(event.data);
    case 'questionAnswered':
      return { status: 'working', activity: 'Thinking', question: null };
    case 'messageReceived':
      return task.status === 'queued' || hasEnded(task) ? reopened(task) : {};
    case 'commitStarted':
    case 'committed':
      return committed(task, event);
    case 'delivered':
    case 'stopped':
    case 'taskFailed':
      return ended(task, event);
    case 'budgetExtended':
    case 'accessBlocked':
    case 'networkAllowed':
    case 'sandboxChanged':
    case 'prioritized':
    case 'markedDone':
      return changeOfTerms(task, event);
    case 'deliverStarted':
    case 'stopRequested':
    case 'heldBack':
    case 'diskFull':
    case 'workspaceLost':
      return { activity: activities[event.type] };
    case 'taskCreated':
    case 'prepared':
    case 'setUpEnded':
    case 'toolEnded':
    case 'checkpointed':
    case 'workspaceReclaimed':
    case 'interrupted':
    case 'sharingChanged':
    case 'runnerEnded':
    case 'deleted':
      return {};
    default:
      return changeOfProof(task, event);
  }
}

function committed(task: Task, event: Extract<Fact, { type: 'commitStarted' | 'committed' }>): Partial<Task> {
  if (event.type === 'commitStarted') return { rounds: event.data.round, activity: 'Committing' };
  const { commit, files } = event.data;
  return { commit, files, ...changeOfIntegrity(task.integrity, event) };
}

/** What changes the terms on which a task works, or its place in a person's list. */
function changeOfTerms(
  task: Task,
  event: Extract<
    Fact,
    {
      type:
        | 'budgetExtended'
        | 'accessBlocked'
        | 'networkAllowed'
        | 'sandboxChanged'
        | 'prioritized'
        | 'markedDone';
    }
  >,
): Partial<Task> {
  switch (event.type) {
    case 'markedDone':
      return { status: 'done', activity: 'Done' };
    case 'budgetExtended':
      return { budget: event.data.budget, ...(isAtLimit(task) ? reopened(task) : {}) };
    case 'accessBlocked':
      return { blocked: withBlocked(task.blocked, event.data.hosts) };
    case 'networkAllowed':
      return networkAllowed(task, event.data.hosts);
    case 'sandboxChanged':
      return { sandbox: event.data.sandbox };
    case 'prioritized':
      return { priority: event.data.priority };
  }
}

/** Hosts remembered for each task; an agent could ask for any number. */
const mostBlocked = 50;

function withBlocked(known: readonly BlockedHost[], more: readonly BlockedHost[]): BlockedHost[] {
  const counts = new Map(known.map(({ host, count }) => [host, count]));
  for (const { host, count } of more) counts.set(host, (counts.get(host) ?? 0) + count);
  return [...counts].slice(0, mostBlocked).map(([host, count]) => ({ host, count }));
}

function networkAllowed(task: Task, hosts: readonly string[]): Partial<Task> {
  const { mode, hosts: all } = widened(task.network, hosts);
  const blocked = task.blocked.filter(({ host }) => !hosts.includes(host));
  return { network: { mode, hosts: [...all] }, blocked };
}

function withSharing(task: Task, { seq, data }: TaskEvent & { readonly type: 'sharingChanged' }): Task {
  if (data.isShared) return { ...task, seq, sharedSince: seq };
  const unshared = { ...task, seq };
  delete unshared.sharedSince;
  return unshared;
}

function retryActivity({ attempt, reason }: EventData<'modelRetried'>): string {
  return attempt === 0
    ? `Waiting for the model: ${reason}`
    : `The model doesn’t answer (${reason}); trying again`;
}

function modelAsked(
  event: Extract<Fact, { type: 'turnStarted' | 'rateLimited' | 'compactionStarted' }>,
): Partial<Task> {
  if (event.type === 'compactionStarted')
    return { status: 'working', activity: 'Shortening the conversation' };
  const { turn: turns } = event.data;
  if (event.type === 'turnStarted')
    return { status: 'working', activity: 'Thinking', rounds: event.data.round, turns };
  // The turn that was about to begin is made later.
  const { endpoint, until: waitsUntil } = event.data;
  return { status: 'working', activity: `Waiting for the rate limit of ${endpoint}`, turns, waitsUntil };
}

const activities = {
  deliverStarted: 'Delivering the branch',
  stopRequested: 'Stopping',
  heldBack: 'Waiting for tomorrow: the runner’s ceiling for today is used up',
  diskFull: 'Waiting for room: the runner’s disk is full',
  workspaceLost: 'Making the lost workspace again',
} as const;

function commandStarted(
  event: Extract<Fact, { type: 'prepareStarted' | 'setUpStarted' | 'checkStarted' }>,
): Partial<Task> {
  if (event.type === 'prepareStarted') return { status: 'preparing', activity: 'Preparing the workspace' };
  const { command } = event.data;
  if (event.type === 'setUpStarted') return { status: 'preparing', activity: `Setting up: ${command}` };
  return event.data.round === 0
    ? { status: 'preparing', activity: `Baseline: ${command}` }
    : { status: 'checking', activity: `Checking: ${command}` };
}

function ended(
  task: Task,
  event: Extract<Fact, { type: 'delivered' | 'stopped' | 'taskFailed' }>,
): Partial<Task> {
  if (event.type === 'delivered') return delivered(event.data);
  return event.type === 'stopped' ? stopped(task, event.data) : failed(task, event.data);
}

function failed(task: Task, { error, commit, ref }: EventData<'taskFailed'>): Partial<Task> {
  const kept = { commit: commit ?? task.commit, ref: ref ?? task.ref };
  return { status: 'failed', activity: error.message, error, question: null, ...kept };
}

function asked({
  questionId: id,
  text,
  defaultAnswer,
  deadlineAt,
}: EventData<'questionAsked'>): Partial<Task> {
  const question = { id, text, defaultAnswer, deadlineAt };
  return { status: 'needsInput', activity: 'Waiting for your answer', question };
}

/** A stop before the first commit leaves nothing to show but what was there before. */
function stopped(task: Task, { commit, ref }: EventData<'stopped'>): Partial<Task> {
  return {
    status: 'stopped',
    activity: 'Stopped',
    question: null,
    commit: commit ?? task.commit,
    ref: ref ?? task.ref,
  };
}

/** A message to a task at rest starts another round of work. */
function reopened(task: Task): Partial<Task> {
  return {
    status: 'queued',
    activity: 'Waiting for a free place',
    verdict: null,
    endReason: null,
    error: null,
    rounds: task.rounds,
  };
}

function delivered(data: EventData<'delivered'>): Partial<Task> {
  const hasFailed = data.verdict === 'failed' || data.reason === 'agentGaveUp';
  return {
    status: hasFailed ? 'failed' : 'readyForReview',
    verdict: data.verdict,
    endReason: data.reason,
    commit: data.commit,
    ref: data.ref,
    summary: data.summary,
    ...(data.evidence === undefined ? {} : { evidence: data.evidence }),
    question: null,
    activity: hasFailed ? unreadyText(data.verdict) : 'Ready to review',
  };
}

/** The checks may well pass where the agent gave up. */
function unreadyText(verdict: Verdict): string {
  return verdict === 'failed' ? 'Ended without passing checks' : 'The agent gave up';
}

function withResult(check: CheckState, data: EventData<'checkEnded'>): CheckState {
  if (check.name !== data.name || data.proposedFor !== undefined) return check;
  // What it was on another commit says nothing of this one.
  const rest = { ...check };
  delete rest.isFlaky;
  const flaky = data.flakyRuns === undefined ? {} : { isFlaky: true as const };
  if (data.round === 0) return { ...rest, ...flaky, failedBefore: !data.passed };
  return {
    ...rest,
    ...flaky,
    passed: data.passed,
    exitCode: data.exitCode,
    durationMs: data.durationMs,
    problemCount: data.problems.length + data.problemsLeftOut,
    commit: data.commit,
  };
}

function withUsage(task: Task, data: Pick<EventData<'turnAnswered'>, 'usage' | 'costUsd'>): Partial<Task> {
  const { usage } = task;
  return {
    usage: {
      inputTokens: usage.inputTokens + data.usage.inputTokens,
      cachedTokens: usage.cachedTokens + data.usage.cachedTokens,
      outputTokens: usage.outputTokens + data.usage.outputTokens,
    },
    costUsd: task.costUsd === null || data.costUsd === null ? null : task.costUsd + data.costUsd,
  };
}

const toolActivities: Readonly<Record<string, { readonly verb: string; readonly field: string }>> = {
  read: { verb: 'Reading', field: 'path' },
  list: { verb: 'Listing', field: 'path' },
  search: { verb: 'Searching', field: 'pattern' },
  edit: { verb: 'Editing', field: 'path' },
  write: { verb: 'Writing', field: 'path' },
  run: { verb: 'Running', field: 'command' },
  readLog: { verb: 'Reading the log of', field: 'check' },
  proposeCheck: { verb: 'Proposing a check:', field: 'command' },
  ask: { verb: 'Asking you', field: '' },
};

/** A few words for a tool call: what it does to what. */
export function toolActivity(call: { readonly name: string; readonly arguments: string }): string {
  const known = toolActivities[call.name];
  if (known === undefined) return call.name;
  const object = stringField(call.arguments, known.field);
  return object === '' ? known.verb : `${known.verb} ${object}`;
}

function stringField(json: string, field: string): string {
  try {
    const value = (JSON.parse(json) as Record<string, unknown> | null)?.[field];
    return typeof value === 'string' ? value : '';
  } catch {
    // A malformed call is shown by its verb alone.
    return '';
  }
}
