// What the life of a task needs of the world: each interface is kept by one adapter.
import type { Statement } from '../../shared/evidence/statement.ts';
import type { SandboxProblem } from '../../shared/protocol/requests.ts';
import type {
  BlockedHost,
  ChangedFile,
  Fact,
  Message,
  Price,
  Problem,
  SandboxProvider,
  TaskEvent,
  ToolCall,
  Usage,
} from '../../shared/task/events.ts';
import type { IntegrityFinding } from '../../shared/task/integrity.ts';
import type { Task } from '../../shared/task/task.ts';
import type { Check, Spec } from '../../shared/spec/spec.ts';
import type { Network } from '../../shared/spec/network.ts';
import type { AskedFacts } from './evidence.ts';
import type { ToolDefinition } from './toolDefinition.ts';

/** Live text for whoever is watching; never blocks and is never needed. */
export type Watch = (text: string) => void;

/** Names the parts of the data folder that belong to one task. */
export interface TaskPlace {
  readonly taskId: string;
  /** As the stores know the repository: by `storeIdOf`. */
  readonly repositoryId: string;
  /** Commit id of the snapshot. */
  readonly snapshot: string;
}

/** What the commands of a task may see, write and reach; tool chains of the machine may be read beside it. */
export interface SandboxPlace {
  readonly taskId: string;
  /** Absolute root of what they may see and write of the task. */
  readonly workspace: string;
  /** Absolute folders that they may read: the objects which the workspace borrows. */
  readonly readable: readonly string[];
  readonly network: Network;
  /** Names of the runner's variables that the user granted them. */
  readonly secrets: readonly string[];
}

interface PlacedCommand {
  /** A line for the shell, or a program with its arguments. */
  readonly command: string | readonly string[];
  /** It starts in the place's workspace. */
  readonly place: SandboxPlace;
  readonly timeoutMs: number;
  /** Aborting ends all that the command started, then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

export interface SandboxCommand extends PlacedCommand {
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
  /** What it was kept from. */
  readonly blocked: readonly BlockedHost[];
}

/** A program that one of the runner's own tools needs: what it prints is taken as it is, and nobody watches. */
export interface SandboxQuestion extends PlacedCommand {
  readonly input?: string | Uint8Array;
  /** Bytes of standard output that are kept; standard error is for nobody. */
  readonly outputBytes: number;
}

export interface SandboxAnswer {
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly stdout: Buffer;
}

/** What one command of a task may use of the machine. */
export interface SandboxLimits {
  /** Processes and threads at the same time. */
  readonly processes: number;
  /** Resident memory of all processes of a command together. */
  readonly memoryBytes: number;
  /** Milliseconds of processor time of all processes of a command together. */
  readonly cpuMs: number;
  /** What workspace, home and temporary folder may hold. */
  readonly diskBytes: number;
  readonly openFiles: number;
  /** Bytes that one command may print. */
  readonly printedBytes: number;
}

/** Where every command of an agent, set-up and check runs, and every access of a tool to the workspace. */
export interface Sandbox {
  readonly provider: SandboxProvider;
  /** Tries whether it keeps what it promises, once for all who ask at the same time; null where it does. */
  examine(signal: AbortSignal): Promise<SandboxProblem | null>;
  /** Throws KnownError `sandboxUnavailable`, `diskFull`, `secretNotGranted`. */
  run(command: SandboxCommand): Promise<CommandResult>;
  /** The same for one of the runner's own tools. */
  ask(question: SandboxQuestion): Promise<SandboxAnswer>;
}

/** A clean checkout of one commit; disposing removes it. */
export interface Checkout extends AsyncDisposable {
  readonly folder: string;
}

export interface Workspaces {
  /** Absolute folder of the task's workspace, there or not. */
  folderOf(taskId: string): string;
  /** Absolute folders whose objects the task's workspace and checkouts borrow. */
  borrowedBy(place: TaskPlace): readonly string[];
  /**
   * Why the task has no workspace with the files as they were left; null where it has one. After a start of the machine
   * files may have lost their end.
   */
  whyLost(taskId: string): Promise<'gone' | 'machineRestarted' | null>;
  /** Makes the workspace with the files of `commit`; one that is not lost is kept as it is. */
  prepare(place: TaskPlace, commit: string, signal: AbortSignal): Promise<void>;
  /**
   * Keeps the workspace's files as they are after a turn: a commit on `parent` behind the turn's hidden ref in the
   * store, or `parent` itself where nothing changed. Harmless to repeat.
   */
  checkpoint(
    place: TaskPlace,
    turn: { readonly turn: number; readonly parent: string; readonly at: Date },
    signal: AbortSignal,
  ): Promise<{ readonly commit: string; readonly tree?: string }>;
  /**
   * Records the workspace's files as a commit on `parent` in the store, and says what changed since the snapshot.
   * Returns `parent` where nothing changed. Made again after a crash it finds its earlier commit by the message's trailers.
   * Paths that the globs protect stay as they are in `parent`; the result names those that would have changed.
   */
  commit(
    place: TaskPlace,
    commit: {
      readonly parent: string;
      readonly message: string;
      readonly at: Date;
      readonly protectedPaths?: readonly string[];
    },
    signal: AbortSignal,
  ): Promise<{
    readonly commit: string;
    readonly tree?: string;
    readonly files: readonly ChangedFile[];
    readonly keptOut: readonly string[];
  }>;
  /** Keeps a commit that the task's ref is about to leave behind the turn's hidden ref; harmless to repeat. */
  keep(place: TaskPlace, turn: number, commit: string, signal: AbortSignal): Promise<void>;
  openCheckout(place: TaskPlace, commit: string, signal: AbortSignal): Promise<Checkout>;
  /** What changed from the snapshot to `commit`: at most 5,000 files of 1 MB, and 64 MB in all; others have no text. */
  changedTexts(place: TaskPlace, commit: string, signal: AbortSignal): Promise<readonly ChangedText[]>;
  /** At most 20 files of `commit` that may hold tests, by their paths, and whose text holds all of the words. */
  findTexts(
    place: TaskPlace,
    commit: string,
    words: readonly string[],
    signal: AbortSignal,
  ): ReturnType<TextSearch>;
  /** Points the task's ref in the store at `commit`; harmless to repeat. */
  deliver(place: TaskPlace, commit: string, signal: AbortSignal): Promise<{ readonly ref: string }>;
  /** Removes workspace and checkouts; the store keeps the commits. */
  remove(taskId: string): Promise<void>;
}

/** The commits of a task's repository, as the store has them. */
export interface Commits {
  /** Paths of all files. */
  pathsOf(place: TaskPlace, commit: string, signal: AbortSignal): Promise<readonly string[]>;
  /** The beginning of a file's text, up to 1 MiB; null where the commit has no such file. */
  textOf(place: TaskPlace, commit: string, path: string, signal: AbortSignal): Promise<string | null>;
  /** A commit on no ref: `onto` with the files at `paths` as `from` has them, or without those that it has not. */
  mix(
    place: TaskPlace,
    mix: { readonly onto: string; readonly from: string; readonly paths: readonly string[] },
    signal: AbortSignal,
  ): Promise<string>;
}

/** A set-up that is about to be run. */
export interface WantedSetUp {
  readonly command: string;
  readonly place: SandboxPlace;
  /** As the stores know the repository: by `storeIdOf`. */
  readonly repositoryId: string;
  /** Commit id of what the place's workspace holds. */
  readonly commit: string;
  /** Whether nothing of an agent is in the place, and nothing of one has run there: else others get nothing of it. */
  readonly isUntouched: boolean;
  readonly signal: AbortSignal;
  readonly watch: Watch;
}

export interface SetUpResult extends CommandResult {
  /** Whether it was done before, in another place, and the place got what it had made. */
  readonly isCached: boolean;
}

/** What set-ups have made, for all tasks of an owner that have the same to set up. */
export interface SetUps {
  /** Gives the place what the same set-up has made before, or else does it by `run`. Rejects as `run` does. */
  share(wanted: WantedSetUp, run: () => Promise<CommandResult>): Promise<SetUpResult>;
}

export interface CheckOutcome extends CommandResult {
  readonly passed: boolean;
  /** At most 200. */
  readonly problems: readonly Problem[];
  readonly problemsLeftOut: number;
  /** Per cent, where the check is about it. */
  readonly coverage?: number;
  /** Whether an image was kept. */
  readonly hasImage?: true;
}

/** Where a check runs, and what it leaves there. */
export interface CheckPlace {
  /** Its workspace is the clean checkout. */
  readonly place: SandboxPlace;
  readonly logFile: string;
  /** Absolute file for an image that the check makes. */
  readonly imageFile?: string;
  /** Per cent at the baseline; null where that said nothing, missing for the baseline itself. */
  readonly baselineCoverage?: number | null;
}

export interface CheckRunner {
  run(check: Check, where: CheckPlace, signal: AbortSignal, watch: Watch): Promise<CheckOutcome>;
}

export interface ToolOutcome {
  readonly ok: boolean;
  /** What the model is told: already shortened, at most 16 KiB. */
  readonly text: string;
  /** Of a command; null where it was ended for its time. Other tools have none. */
  readonly exitCode?: number | null;
  /** Whether `logFile` holds the whole of a shortened output. */
  readonly isLogged: boolean;
  /** What a command was kept from. */
  readonly blocked?: readonly BlockedHost[];
}

/** The whole output of one run of a check; round 0 is the baseline. */
export interface CheckLog {
  readonly name: string;
  readonly round: number;
  /** Absolute. */
  readonly file: string;
}

/** Where a tool works. */
export interface ToolPlace {
  readonly place: SandboxPlace;
  /** Absolute file for the whole of an output that is shortened. */
  readonly logFile: string;
  /** Of the task's own checks, in the order of their runs: all logs that a tool may read. */
  readonly checkLogs: () => readonly CheckLog[];
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

/** A file that a change touched, with its text on both sides. */
export interface ChangedText {
  /** After the change; of a deleted file before it. */
  readonly path: string;
  /** Where it was renamed. */
  readonly oldPath: string | null;
  /** Null where it was not there, is binary, or too large to be read. */
  readonly before: string | null;
  readonly after: string | null;
  /** Of which sides the text is not here although the file is there. */
  readonly unread?: 'before' | 'after' | 'both';
}

/** The files of the commit that may hold tests and whose text holds all of the words. */
export type TextSearch = (
  words: readonly string[],
  signal: AbortSignal,
) => Promise<readonly { readonly path: string; readonly text: string }[]>;

export interface Inspection {
  /** At most 200. */
  readonly findings: readonly IntegrityFinding[];
  readonly findingsLeftOut: number;
}

/** Finds by reading what a change did to the tests and to what checks it. Runs nothing. */
export interface IntegrityInspector {
  inspect(changes: readonly ChangedText[], search: TextSearch, signal: AbortSignal): Promise<Inspection>;
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

/** What backs a delivered result, signed by the runner. */
export interface Evidence {
  /** What the evidence of a commit needs and no event tells. */
  facts(
    place: TaskPlace,
    of: { readonly spec: Spec; readonly commit: string; readonly logs: readonly string[] },
    signal: AbortSignal,
  ): Promise<AskedFacts>;
  /** Signs it and keeps it beside the task's work; the id of its blob. Harmless to repeat. Throws KnownError `diskFull`. */
  keep(place: TaskPlace, statement: Statement, signal: AbortSignal): Promise<string>;
}

export interface Clock {
  now(): Date;
  /** Resolves after `ms`; rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
