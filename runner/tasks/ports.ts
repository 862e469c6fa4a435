// What the life of a task needs of the world: each interface is kept by one adapter.
import type {
  ChangedFile,
  Fact,
  Message,
  Price,
  Problem,
  TaskEvent,
  ToolCall,
  Usage,
} from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import type { Check } from '../../shared/spec/spec.ts';
import type { ToolDefinition } from './toolDefinition.ts';

/** Live text for whoever is watching; never blocks and is never needed. */
export type Watch = (text: string) => void;

/** Names the parts of the data folder that belong to one task. */
export interface TaskPlace {
  readonly taskId: string;
  readonly repositoryId: string;
  /** Commit id of the snapshot. */
  readonly snapshot: string;
}

export interface SandboxCommand {
  /** A line for the shell, or a program with its arguments. */
  readonly command: string | readonly string[];
  /** Absolute folder in which it starts; inside `workspace`. */
  readonly folder: string;
  /** Absolute root of what the command may see and write of the task. */
  readonly workspace: string;
  readonly timeoutMs: number;
  /** Aborting ends all that the command started, then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Absolute file that gets the whole output (up to the sandbox's limit), standard error mixed in. */
  readonly logFile: string;
  readonly watch: Watch;
}

export interface CommandResult {
  /** 127 where the shell did not find the command. */
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** The last 16 KiB of the output, cut at a line. */
  readonly tail: string;
  /** Bytes that the command printed, kept or not. */
  readonly outputBytes: number;
}

/** Where every command of an agent, set-up and check runs. */
export interface Sandbox {
  readonly provider: 'none';
  run(command: SandboxCommand): Promise<CommandResult>;
}

/** A clean checkout of one commit; disposing removes it. */
export interface Checkout extends AsyncDisposable {
  readonly folder: string;
}

export interface Workspaces {
  /** Absolute folder of the task's workspace, there or not. */
  folderOf(taskId: string): string;
  /**
   * Why the task has no workspace with the files as they were left; null where it has one. After a start of the machine
   * files may have lost their end.
   */
  whyLost(taskId: string): Promise<'gone' | 'machineRestarted' | null>;
  /** Makes the workspace with the files of `commit`; one that is not lost is kept as it is. */
  prepare(place: TaskPlace, commit: string, signal: AbortSignal): Promise<void>;
  /**
   * Keeps the workspace's files as they are after a turn: a commit on `parent` (or `parent` itself where nothing
   * changed) behind the turn's hidden ref in the store. Harmless to repeat.
   */
  checkpoint(
    place: TaskPlace,
    turn: { readonly turn: number; readonly parent: string; readonly at: Date },
    signal: AbortSignal,
  ): Promise<{ readonly commit: string }>;
  /**
   * Records the workspace's files as a commit on `parent` in the store, and says what changed since the snapshot.
   * Returns `parent` where nothing changed. Made again after a crash it finds its earlier commit by the message's trailers.
   */
  commit(
    place: TaskPlace,
    commit: { readonly parent: string; readonly message: string; readonly at: Date },
    signal: AbortSignal,
  ): Promise<{ readonly commit: string; readonly files: readonly ChangedFile[] }>;
  openCheckout(place: TaskPlace, commit: string, signal: AbortSignal): Promise<Checkout>;
  /** Points the task's ref in the store at `commit`; harmless to repeat. */
  deliver(place: TaskPlace, commit: string, signal: AbortSignal): Promise<{ readonly ref: string }>;
  /** Removes workspace and checkouts; the store keeps the commits. */
  remove(taskId: string): Promise<void>;
}

export interface CheckOutcome extends CommandResult {
  readonly passed: boolean;
  /** At most 200. */
  readonly problems: readonly Problem[];
  readonly problemsLeftOut: number;
}

export interface CheckRunner {
  run(
    check: Check,
    place: { readonly folder: string; readonly logFile: string },
    signal: AbortSignal,
    watch: Watch,
  ): Promise<CheckOutcome>;
}

export interface ToolOutcome {
  readonly ok: boolean;
  /** What the model is told: already shortened, at most 16 KiB. */
  readonly text: string;
  /** Of a command; null where it was ended for its time. Other tools have none. */
  readonly exitCode?: number | null;
  /** Whether `logFile` holds the whole of a shortened output. */
  readonly isLogged: boolean;
}

/** Where a tool works. */
export interface ToolPlace {
  /** Absolute folder of the task's workspace. */
  readonly workspace: string;
  /** Absolute file for the whole of an output that is shortened. */
  readonly logFile: string;
  readonly watch: Watch;
}

export interface Tools {
  readonly definitions: readonly ToolDefinition[];
  /** A malformed, unknown or failing call is an outcome that tells the model how to mend it, never a rejection. */
  run(call: ToolCall, place: ToolPlace, signal: AbortSignal): Promise<ToolOutcome>;
}

export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  /** The answer is cut off behind so many tokens, thinking included. */
  readonly maxOutputTokens: number;
  /** How often in a row the endpoint has refused this request because of its limits; 0 by default. */
  readonly refusals?: number;
}

export interface ModelAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage: Usage;
  readonly requestBytes: number;
}

export interface ModelRetry {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly reason: string;
  /** Milliseconds until the next attempt. */
  readonly waitMs: number;
  /** The attempt had begun to answer, so the endpoint may charge for it. */
  readonly mayBeBilled: boolean;
}

/** A model behind an endpoint; retries by itself what may pass, and tells of it. */
export interface ModelClient {
  /** Tokens that the model's window holds. */
  contextTokensOf(model: string): number;
  /** Null where the price is not known. */
  priceOf(model: string): Price | null;
  /**
   * Throws RateLimited where a limit of the endpoint asks for more than a short wait.
   * Throws KnownError: modelKeyRefused, modelUnknown, modelUnreachable, modelRefused, modelNotConfigured.
   */
  answer(
    request: ModelRequest,
    options: {
      readonly signal: AbortSignal;
      readonly watch: Watch;
      /** Told before each further attempt; may throw to give up. */
      readonly onRetry: (retry: ModelRetry) => void;
      /** Told where the last attempt of all fails although the endpoint may charge for it. */
      readonly onLost?: () => void;
    },
  ): Promise<ModelAnswer>;
}

/** The append-only log; everything else that is known about tasks is folded from it. */
export interface Journal {
  /** Records facts in one piece, on disk before it returns. Throws KnownError `diskFull`. */
  append(taskId: string, facts: readonly Fact[], at: Date): readonly TaskEvent[];
  /** The events of a task after `seq`, in order. */
  eventsOf(taskId: string, seq: number): readonly TaskEvent[];
  /** The events of all tasks since a moment, in order. */
  eventsSince(at: Date): Iterable<TaskEvent>;
  task(taskId: string): Task | undefined;
  tasks(): readonly Task[];
}

/** The whole outputs of commands, a file each. */
export interface LogFiles {
  /** Absolute path for a log of a task; its folder exists. */
  fileFor(taskId: string, log: string): string;
  /** The last 16 KiB of a log, empty where there is none. */
  tailOf(taskId: string, log: string): Promise<string>;
}

export interface Clock {
  now(): Date;
  /** Resolves after `ms`; rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
