// Does the steps that a decision asks for: what is recorded before, the effect, what is recorded after.
import { KnownError } from '../../shared/errors/errors.ts';
import type { Fact } from '../../shared/task/events.ts';
import type { Output } from '../../shared/protocol/requests.ts';
import { commitMessageOf } from '../tasks/commitMessage.ts';
import type { Step } from '../tasks/life.ts';
import type {
  CheckRunner,
  Clock,
  CommandResult,
  LogFiles,
  ModelClient,
  Sandbox,
  Tools,
  Watch,
  Workspaces,
} from '../tasks/ports.ts';
import { compactionRequest } from '../tasks/prompts.ts';
import type { Run } from '../tasks/run.ts';
import { placeOf, setUpTimeoutMs, type Checkouts } from './checkouts.ts';

/** The parts of the world that steps act on. */
export interface StepPorts {
  readonly workspaces: Workspaces;
  readonly sandbox: Sandbox;
  readonly checks: CheckRunner;
  readonly checkouts: Checkouts;
  readonly tools: Tools;
  readonly model: ModelClient;
  readonly logs: LogFiles;
  readonly clock: Clock;
  readonly output: (output: Output) => void;
}

/** One step with all that it may need. */
export interface StepCall {
  readonly run: Run;
  readonly ports: StepPorts;
  /** Records facts while the step goes on. */
  readonly record: (facts: readonly Fact[]) => void;
  readonly signal: AbortSignal;
}

/** The fact that is on disk before a step begins; null for a step that is harmless to lose without a trace. */
export function startOf(step: Step): Fact | null {
  switch (step.kind) {
    case 'prepare':
      return { type: 'prepareStarted', data: {} };
    case 'setUp':
      return { type: 'setUpStarted', data: { command: step.command } };
    case 'check': {
      const { name, command } = step.check;
      return { type: 'checkStarted', data: { round: step.round, name, command, commit: step.commit } };
    }
    case 'turn':
      return { type: 'turnStarted', data: { turn: step.turn, round: step.round } };
    case 'tool': {
      const { id, name, arguments: json } = step.call;
      return { type: 'toolStarted', data: { turn: step.turn, callId: id, name, arguments: json } };
    }
    case 'commit':
      return { type: 'commitStarted', data: { round: step.round } };
    case 'deliver':
      return { type: 'deliverStarted', data: {} };
    case 'compact':
    case 'stop':
      return null;
  }
}

/** Does the step and returns the facts of its end. Rejects with KnownError or, once `signal` is aborted, with its reason. */
export async function perform(step: Step, call: StepCall): Promise<readonly Fact[]> {
  switch (step.kind) {
    case 'prepare':
      return prepare(call);
    case 'setUp':
      return setUp(step.command, call);
    case 'check':
      return check(step, call);
    case 'turn':
      return turn(step.turn, call);
    case 'compact':
      return compact(step.turn, call);
    case 'tool':
      return tool(step, call);
    case 'commit':
      return [await commit(step.round, call)];
    case 'deliver': {
      const { ref } = await call.ports.workspaces.deliver(placeOf(call.run), call.run.head, call.signal);
      const { verdict, reason, summary } = step;
      return [{ type: 'delivered', data: { commit: call.run.head, ref, verdict, reason, summary } }];
    }
    case 'stop':
      return stop(call);
  }
}

async function prepare({ run, ports, signal }: StepCall): Promise<readonly Fact[]> {
  const startedAt = ports.clock.now();
  try {
    // Work that was done before a workspace was given up is in the newest commit.
    await ports.workspaces.prepare({ ...placeOf(run), snapshot: run.head }, signal);
  } catch (error) {
    if (signal.aborted || error instanceof KnownError) throw error;
    throw new KnownError(
      'workspaceFailed',
      { detail: error instanceof Error ? error.message : String(error) },
      error,
    );
  }
  return [{ type: 'prepared', data: { durationMs: elapsedMs(ports.clock, startedAt) } }];
}

async function setUp(command: string, { run, ports, signal }: StepCall): Promise<readonly Fact[]> {
  const log = 'setup.log';
  const folder = ports.workspaces.folderOf(run.task.id);
  const logFile = ports.logs.fileFor(run.task.id, log);
  const place = { folder, workspace: folder, logFile, watch: watcher(run, ports, 'setUp') };
  const result = await ports.sandbox.run({ command, timeoutMs: setUpTimeoutMs, signal, ...place });
  return [{ type: 'setUpEnded', data: { ...facts(result), log } }];
}

/** Nothing but the commit and the set-up decides: the round's checks run in a fresh checkout, one after the other. */
async function check(step: Extract<Step, { kind: 'check' }>, call: StepCall): Promise<readonly Fact[]> {
  const { run, ports, signal } = call;
  const watch = watcher(run, ports, 'check');
  const { name, command } = step.check;
  const number = run.created.checks.findIndex((other) => other.name === name) + 1;
  const log = `round-${step.round}-check-${number}.log`;
  const logFile = ports.logs.fileFor(run.task.id, log);
  const checkout = await ports.checkouts.open({ run, commit: step.commit, logFile, watch, signal });
  const result =
    checkout.failedSetUp ??
    (await ports.checks.run(step.check, { folder: checkout.folder, logFile }, signal, watch));
  const { passed, problems, problemsLeftOut } = result;
  const data = {
    round: step.round,
    name,
    command,
    commit: step.commit,
    passed,
    problems: [...problems],
    problemsLeftOut,
  };
  return [{ type: 'checkEnded', data: { ...data, ...facts(result), log } }];
}

async function turn(number: number, { run, ports, record, signal }: StepCall): Promise<readonly Fact[]> {
  const startedAt = ports.clock.now();
  const request = { model: run.task.model, messages: run.transcript, tools: ports.tools.definitions };
  const answer = await ports.model.answer(request, {
    signal,
    watch: watcher(run, ports, 'model'),
    onRetry: (retry) => {
      record([{ type: 'modelRetried', data: { turn: number, ...retry } }]);
    },
  });
  const { text, usage, costUsd, requestBytes } = answer;
  const durationMs = elapsedMs(ports.clock, startedAt);
  const data = {
    turn: number,
    text,
    toolCalls: [...answer.toolCalls],
    usage,
    costUsd,
    requestBytes,
    durationMs,
  };
  return [{ type: 'turnAnswered', data }];
}

async function compact(number: number, { run, ports, record, signal }: StepCall): Promise<readonly Fact[]> {
  const messages = [...run.transcript, { role: 'user', text: compactionRequest } as const];
  const { text, usage, costUsd } = await ports.model.answer(
    { model: run.task.model, messages, tools: [] },
    {
      signal,
      watch: () => undefined,
      onRetry: (retry) => {
        record([{ type: 'modelRetried', data: { turn: number, ...retry } }]);
      },
    },
  );
  return [{ type: 'compacted', data: { turn: number, summary: text, usage, costUsd } }];
}

async function tool(
  step: Extract<Step, { kind: 'tool' }>,
  { run, ports, signal }: StepCall,
): Promise<readonly Fact[]> {
  const startedAt = ports.clock.now();
  const position = run.task.seq;
  const log = `turn-${step.turn}-${position}.log`;
  const place = {
    workspace: ports.workspaces.folderOf(run.task.id),
    logFile: ports.logs.fileFor(run.task.id, log),
    watch: watcher(run, ports, 'command'),
  };
  const { ok, text, exitCode = null, isLogged } = await ports.tools.run(step.call, place, signal);
  const durationMs = elapsedMs(ports.clock, startedAt);
  const { id: callId, name } = step.call;
  return [
    {
      type: 'toolEnded',
      data: { turn: step.turn, callId, name, ok, text, exitCode, log: isLogged ? log : null, durationMs },
    },
  ];
}

async function commit(
  round: number,
  { run, ports, signal }: StepCall,
): Promise<Extract<Fact, { type: 'committed' }>> {
  const wanted = { parent: run.head, message: commitMessageOf(run), at: run.workedAt };
  const made = await ports.workspaces.commit(placeOf(run), wanted, signal);
  return { type: 'committed', data: { round, commit: made.commit, files: [...made.files] } };
}

/** Whatever was done so far is kept: committed and put on the task's ref. */
async function stop(call: StepCall): Promise<readonly Fact[]> {
  const { run, ports, signal } = call;
  if (!run.isPrepared) return [{ type: 'stopped', data: { commit: null, ref: null } }];
  const made = await commit(run.round, call);
  if (made.data.commit === run.created.snapshot.commit)
    return [{ type: 'stopped', data: { commit: null, ref: null } }];
  const { ref } = await ports.workspaces.deliver(placeOf(run), made.data.commit, signal);
  return [made, { type: 'stopped', data: { commit: made.data.commit, ref } }];
}

function watcher(run: Run, ports: StepPorts, source: Output['source']): Watch {
  return (text) => {
    ports.output({ taskId: run.task.id, source, text });
  };
}

function facts({ exitCode, timedOut, durationMs, tail }: CommandResult) {
  return { exitCode, timedOut, durationMs, tail };
}

function elapsedMs(clock: Clock, since: Date): number {
  return Math.max(0, clock.now().getTime() - since.getTime());
}
