// What every step gets: the task as it is, the ports it acts on, and how it tells of what happens on the way.
import type { Output } from '../../shared/protocol/requests.ts';
import type { Fact, TaskEvent } from '../../shared/task/events.ts';
import type {
  CheckRunner,
  Clock,
  Commits,
  Evidence,
  IntegrityInspector,
  LogFiles,
  ModelClient,
  Sandbox,
  SetUps,
  Tools,
  Watch,
  Workspaces,
} from '../tasks/ports.ts';
import type { Run } from '../tasks/run.ts';
import type { Checkouts } from './checkouts.ts';

/** The parts of the world that steps act on. */
export interface StepPorts {
  readonly workspaces: Workspaces;
  readonly commits: Commits;
  readonly sandbox: Sandbox;
  readonly setUps: SetUps;
  readonly checks: CheckRunner;
  readonly inspector: IntegrityInspector;
  readonly checkouts: Checkouts;
  readonly tools: Tools;
  readonly model: ModelClient;
  readonly logs: LogFiles;
  readonly evidence: Evidence;
  readonly clock: Clock;
  readonly output: (output: Output) => void;
  /** To be told where the disk was found full. */
  readonly makeRoom: () => void;
}

/** One step with all that it may need. */
export interface StepCall {
  /** The task with the step's start recorded. */
  readonly run: Run;
  readonly ports: StepPorts;
  /** Records facts while the step goes on, and returns the run after them. */
  readonly record: (facts: readonly Fact[]) => Run;
  /** All that is recorded of the task by now, in order. */
  readonly events: () => readonly TaskEvent[];
  /** US dollars that the runner may still spend today, beside what is set aside already. */
  readonly dayLeftUsd: () => number;
  readonly signal: AbortSignal;
}

/** Sends live text of the task to whoever watches. */
export function watcher(run: Run, ports: StepPorts, source: Output['source']): Watch {
  return (text) => {
    ports.output({ taskId: run.task.id, source, text });
  };
}

export function elapsedMs(clock: Clock, since: Date): number {
  return Math.max(0, clock.now().getTime() - since.getTime());
}
