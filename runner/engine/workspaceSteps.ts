// The steps that act on a task's files: making the workspace, set-up, checks, tools, checkpoints, commits.
import { KnownError } from '../../shared/errors/errors.ts';
import type { Fact } from '../../shared/task/events.ts';
import { roundOf } from '../tasks/bestRound.ts';
import { commitMessageOf } from '../tasks/commitMessage.ts';
import { isBeingDelivered } from '../tasks/course.ts';
import { logsOfEvidence, statementOf } from '../tasks/evidence.ts';
import type { Step } from '../tasks/life.ts';
import type { CommandResult } from '../tasks/ports.ts';
import { interruptedOutput } from '../tasks/prompts.ts';
import { runOf } from '../tasks/run.ts';
import { placeOf, sandboxPlaceOf, setUpTimeoutMs } from './checkouts.ts';
import { elapsedMs, watcher, type StepCall } from './stepCall.ts';

export async function prepare({ run, ports, signal }: StepCall): Promise<readonly Fact[]> {
  const startedAt = ports.clock.now();
  try {
    await makeWorkspace({ run, ports, signal });
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

/** Work that was done before a workspace was lost or given up is in the newest checkpoint or commit. */
async function makeWorkspace({
  run,
  ports,
  signal,
}: Pick<StepCall, 'run' | 'ports' | 'signal'>): Promise<void> {
  if (run.course.isRollingBack) {
    await keepAbandoned({ run, ports, signal });
    await ports.workspaces.remove(run.task.id);
  }
  await ports.workspaces.prepare(placeOf(run), run.saved, signal);
}

/** Before the task's ref leaves what was given up: from each of its turns another task may still go on. */
async function keepAbandoned({
  run,
  ports,
  signal,
}: Pick<StepCall, 'run' | 'ports' | 'signal'>): Promise<void> {
  for (const { turn, commit } of run.course.abandoned)
    await ports.workspaces.keep(placeOf(run), turn, commit, signal);
}

export async function setUp(command: string, { run, ports, signal }: StepCall): Promise<readonly Fact[]> {
  const log = 'setup.log';
  const place = sandboxPlaceOf(run, ports.workspaces, ports.workspaces.folderOf(run.task.id));
  const { repositoryId, snapshot } = placeOf(run);
  const shown = { place, signal, watch: watcher(run, ports, 'setUp') };
  const isUntouched = run.turn === 0 && run.saved === snapshot;
  const wanted = { command, ...shown, repositoryId, commit: run.saved, isUntouched };
  const logFile = ports.logs.fileFor(run.task.id, log);
  const result = await ports.setUps.share(wanted, () =>
    ports.sandbox.run({ command, ...shown, timeoutMs: setUpTimeoutMs, logFile }),
  );
  const how = result.isCached ? { log: null, cached: true as const } : { log };
  return [{ type: 'setUpEnded', data: { ...facts(result), ...how } }, ...blockedFacts(result)];
}

export async function tool(
  step: Extract<Step, { kind: 'tool' }>,
  { run, ports, signal }: StepCall,
): Promise<readonly Fact[]> {
  const startedAt = ports.clock.now();
  const log = toolLog(step.turn, run.task.seq);
  const place = {
    place: sandboxPlaceOf(run, ports.workspaces, ports.workspaces.folderOf(run.task.id)),
    logFile: ports.logs.fileFor(run.task.id, log),
    checkLogs: () =>
      run.course.logs.map(({ name, round, log: own }) => ({
        ...{ name, round },
        file: ports.logs.fileFor(run.task.id, own),
      })),
    watch: watcher(run, ports, 'command'),
  };
  const outcome = await ports.tools.run(step.call, place, signal);
  const { ok, text, exitCode = null, isLogged, blocked = [] } = outcome;
  const durationMs = elapsedMs(ports.clock, startedAt);
  const { id: callId, name } = step.call;
  return [
    {
      type: 'toolEnded',
      data: { turn: step.turn, callId, name, ok, text, exitCode, log: isLogged ? log : null, durationMs },
    },
    ...blockedFacts({ blocked }),
  ];
}

/** What a call that was cut off had printed goes to the agent: it may have taken effect and is not run again. */
export async function recover(
  step: Extract<Step, { kind: 'recover' }>,
  { run, ports }: StepCall,
): Promise<readonly Fact[]> {
  const { turn, call } = step;
  const log = toolLog(turn, step.startedSeq);
  const tail = await ports.logs.tailOf(run.task.id, log);
  const ended = {
    ...{ turn, callId: call.id, name: call.name, ok: false, durationMs: 0 },
    ...{ text: interruptedOutput(tail), log: tail === '' ? null : log },
  };
  return [
    { type: 'interrupted', data: { step: call.name } },
    { type: 'toolEnded', data: ended },
  ];
}

/** A call's log bears the `seq` of its start, so that it is found again after a crash. */
function toolLog(turn: number, startedSeq: number): string {
  return `turn-${turn}-${startedSeq}.log`;
}

export async function checkpoint(turn: number, { run, ports, signal }: StepCall): Promise<readonly Fact[]> {
  const wanted = { turn, parent: run.saved, at: run.workedAt };
  const made = await ports.workspaces.checkpoint(placeOf(run), wanted, signal);
  return [{ type: 'checkpointed', data: { turn, ...made } }];
}

export async function commit(
  round: number,
  { run, ports, signal }: StepCall,
): Promise<Extract<Fact, { type: 'committed' }>> {
  const { protectedPaths = [] } = run.created;
  const wanted = { parent: run.head, message: commitMessageOf(run), at: run.workedAt, protectedPaths };
  const { files, keptOut, ...made } = await ports.workspaces.commit(placeOf(run), wanted, signal);
  const kept = keptOut.length === 0 ? {} : { keptOut: [...keptOut] };
  return { type: 'committed', data: { round, ...made, files: [...files], ...kept } };
}

/**
 * The evidence first: once the log says that a result was delivered, what backs it is there. Where a person has asked for more
 * meanwhile, nothing is delivered, and the work goes on. Looked at and recorded in the same moment: nothing gets in between.
 */
export async function deliver(
  { verdict, reason, summary }: Extract<Step, { kind: 'deliver' }>,
  { run, ports, record, events, signal }: StepCall,
): Promise<readonly Fact[]> {
  await keepAbandoned({ run, ports, signal });
  const place = placeOf(run);
  const { head: commit } = run;
  const of = { spec: run.created.spec, commit, logs: logsOfEvidence(run) };
  const asked = await ports.evidence.facts(place, of, signal);
  const statement = statementOf(run, events(), { verdict, reason }, asked);
  const evidence = await ports.evidence.keep(place, statement, signal);
  const { ref } = await ports.workspaces.deliver(place, commit, signal);
  const now = runOf(events());
  const data = { commit, ref, verdict, reason, round: roundOf(run), summary, evidence };
  if (now !== null && isBeingDelivered(now)) record([{ type: 'delivered', data }]);
  return [];
}

export async function stop(call: StepCall): Promise<readonly Fact[]> {
  const { facts, kept } = await keepWork(call);
  return [...facts, { type: 'stopped', data: kept }];
}

interface KeptWork {
  readonly facts: readonly Fact[];
  readonly kept: { readonly commit: string | null; readonly ref: string | null };
}

export const nothingKept: KeptWork = { facts: [], kept: { commit: null, ref: null } };

/** Whatever was done so far is kept, even where the workspace is gone: committed and put on the task's ref. */
export async function keepWork(call: StepCall): Promise<KeptWork> {
  const { run, ports, signal } = call;
  const { snapshot } = run.created;
  if (!run.isPrepared && run.saved === snapshot.commit) return nothingKept;
  await makeWorkspace(call);
  const made = await commit(run.round, call);
  if (made.data.commit === snapshot.commit) return nothingKept;
  const { ref } = await ports.workspaces.deliver(placeOf(run), made.data.commit, signal);
  return { facts: [made], kept: { commit: made.data.commit, ref } };
}

/** Told in an event of its own, so that the user sees it and may allow it. */
export function blockedFacts({ blocked }: Pick<CommandResult, 'blocked'>): Fact[] {
  return blocked.length === 0 ? [] : [{ type: 'accessBlocked', data: { hosts: blocked.slice(0, 50) } }];
}

export function facts({ exitCode, timedOut, durationMs, tail }: CommandResult) {
  return { exitCode, timedOut, durationMs, tail };
}
