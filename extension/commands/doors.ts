// What the commands need of the rest of the extension; each door is opened by one part.
import type * as vscode from 'vscode';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import type { SandboxProblem } from '../../shared/protocol/requests.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import type { TaskSource } from '../model/taskStore.ts';

/** A place in a file of the task's result; lines and columns count from 1. */
export interface ProblemPlace {
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
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
  /** All events of the task after the given `seq`, in order. */
  history(taskId: string, after: number, signal: AbortSignal): Promise<readonly TaskEvent[]>;
  /** Opens a log of the task that an event has named. */
  openLog(taskId: string, log: string): Promise<void>;
}
