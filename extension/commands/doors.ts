// What the commands need of the rest of the extension; each door is opened by one part.
import type * as vscode from 'vscode';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import type { SandboxProblem } from '../../shared/protocol/requests.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import type { TaskSource } from '../model/taskStore.ts';

/** Lists of problems in the editor, one for each task that the user wants to see those of. */
export interface ShownProblems {
  /** Ids of the tasks. */
  readonly shown: readonly string[];
  /** Those of the newest round, in place of any that are shown already. */
  show(task: Task, events: readonly TaskEvent[], signal: AbortSignal): Promise<void>;
  hide(taskId: string): void;
}

/** A place in a file of the task's result; lines and columns count from 1. */
export interface ProblemPlace {
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** The place of something that was found in a task's tests. */
export interface FindingPlace extends Omit<ProblemPlace, 'column'> {
  readonly side: 'before' | 'after';
}

export interface CommandDoors {
  readonly tasks: TaskSource;
  readonly log: vscode.LogOutputChannel;
  /** The connection once it is made. Throws KnownError where it can't be made. */
  connected(signal: AbortSignal): Promise<RunnerConnection>;
  /** Why no command may run on the runner; null where its sandbox works. */
  examineSandbox(signal: AbortSignal): Promise<SandboxProblem | null>;
  connectRunner(signal: AbortSignal): Promise<void>;
  /** `spec` is the document of a task spec, where the user has chosen one. */
  handOff(spec: vscode.Uri | undefined, signal: AbortSignal): Promise<void>;
  newTaskSpec(signal: AbortSignal): Promise<void>;
  openPanel(taskId: string): Promise<void>;
  openReview(task: Task, signal: AbortSignal): Promise<void>;
  openFileDiff(task: Task, path: string, signal: AbortSignal): Promise<void>;
  openProblem(task: Task, place: ProblemPlace, signal: AbortSignal): Promise<void>;
  openFinding(task: Task, place: FindingPlace, signal: AbortSignal): Promise<void>;
  openEvidence(task: Task, signal: AbortSignal): Promise<void>;
  copyVerifyCommand(task: Task, signal: AbortSignal): Promise<void>;
  /** The tasks whose problems are among those of the editor. */
  readonly problems: ShownProblems;
  /** All events of the task after the given `seq`, in order. */
  history(taskId: string, after: number, signal: AbortSignal): Promise<readonly TaskEvent[]>;
  /** Opens a log of the task that an event has named. */
  openLog(taskId: string, log: string): Promise<void>;
}
