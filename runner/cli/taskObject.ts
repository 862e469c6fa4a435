// The form in which a task is printed for other programs: a promise to scripts, so fields are only ever added.
import type { Network } from '../../shared/spec/network.ts';
import type { Budget } from '../../shared/spec/spec.ts';
import type {
  BlockedHost,
  ChangedFile,
  Priority,
  SandboxProvider,
  Verdict,
} from '../../shared/task/events.ts';
import { inspectionOf, judgedCriteria, type JudgedCriterion } from '../../shared/task/proof.ts';
import type { IntegrityState, Status, Task } from '../../shared/task/task.ts';
import { tokensOf } from './display/liveBlock.ts';

export interface TaskObject {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly verdict: Verdict | null;
  /** Commit id of the HEAD at hand-off. */
  readonly base: string;
  /** Commit id that holds the working tree at hand-off. */
  readonly snapshot: string;
  readonly commit: string | null;
  readonly ref: string | null;
  readonly rounds: number;
  readonly turns: number;
  /** Input and output tokens of all model calls. */
  readonly tokens: number;
  /** US dollars, null where the price of the model is not known. */
  readonly cost: number | null;
  readonly checks: readonly {
    readonly name: string;
    readonly command: string;
    readonly passed: boolean | null;
    readonly exitCode: number | null;
    /** True where it failed and then passed on the same commit. */
    readonly isFlaky: boolean;
  }[];
  readonly summary: string | null;
  readonly files: readonly ChangedFile[];
  readonly budget: Budget;
  readonly priority: Priority;
  /** Name of the token that handed it off; null for the runner's own. */
  readonly owner: string | null;
  readonly isShared: boolean;
  /** `none` where commands run without one. */
  readonly sandbox: SandboxProvider;
  /** What commands may reach. */
  readonly network: Network;
  /** Hosts that commands were kept from and that nobody has allowed since. */
  readonly blocked: readonly BlockedHost[];
  /** Every acceptance criterion, in the order of the spec. */
  readonly criteria: readonly JudgedCriterion[];
  /** What is known of the tests on `commit`; null where nobody has looked. */
  readonly integrity: IntegrityState | null;
  /** The last time that the work went in circles. */
  readonly stuck: Task['stuck'] | null;
  /** The git blob of the signed evidence. */
  readonly evidence: string | null;
}

export function taskObject(task: Task): TaskObject {
  return {
    id: task.id,
    title: task.title,
    status: task.status,
    verdict: task.verdict,
    base: task.snapshot.base,
    snapshot: task.snapshot.commit,
    commit: task.commit,
    ref: task.ref,
    rounds: task.rounds,
    turns: task.turns,
    tokens: tokensOf(task),
    cost: task.costUsd,
    checks: task.checks.map(({ name, command, passed, exitCode, isFlaky = false }) => ({
      ...{ name, command, passed, exitCode, isFlaky },
    })),
    summary: task.summary,
    files: task.files,
    budget: task.budget,
    priority: task.priority,
    owner: task.owner ?? null,
    isShared: task.sharedSince !== undefined,
    sandbox: task.sandbox,
    network: task.network,
    blocked: task.blocked,
    criteria: judgedCriteria(task),
    integrity: inspectionOf(task),
    stuck: task.stuck ?? null,
    evidence: task.evidence ?? null,
  };
}
