// The view of the background tasks: rows, badge, and the message that tells when the runner is not there.
import * as vscode from 'vscode';
import { sentenceOf, type KnownError } from '../../shared/errors/errors.ts';
import { badgeOf, type RunnerState } from '../model/statusBarText.ts';
import { isRunning } from '../model/taskActions.ts';
import { childNodes, parentNode, type TaskNode } from '../model/taskNodes.ts';
import type { TaskSource } from '../model/taskStore.ts';
import { ChangedFileDecorations, resolveTooltip, treeItemOf } from './treeItems.ts';

const taskViewId = 'nightjar.tasks';

/** Milliseconds in which changes are gathered before rows are drawn anew. */
const gatherMs = 100;
/** Milliseconds after which the elapsed times of running tasks are drawn anew. */
const tickMs = 30_000;

export interface RunnerStates {
  readonly state: RunnerState;
  /** Why the runner is not reachable; null while it is. */
  readonly error: KnownError | null;
  readonly onState: vscode.Event<RunnerState>;
}

export class TaskTree implements vscode.TreeDataProvider<TaskNode>, vscode.Disposable {
  readonly #tasks: TaskSource;
  readonly #runner: RunnerStates;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<TaskNode>;
  readonly #parts: vscode.Disposable;
  #gathering: NodeJS.Timeout | undefined;
  /** The task to bring into sight as soon as its row is there. */
  #wanted: string | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  /** `onVisible` is called whenever the user comes to see the view. */
  constructor(tasks: TaskSource, runner: RunnerStates, onVisible: () => void) {
    this.#tasks = tasks;
    this.#runner = runner;
    this.#view = vscode.window.createTreeView(taskViewId, { treeDataProvider: this, showCollapseAll: true });
    const tick = setInterval(() => {
      if (this.#view.visible && tasks.all().some(isRunning)) this.#changed.fire(undefined);
    }, tickMs);
    this.#parts = vscode.Disposable.from(
      this.#view,
      this.#changed,
      vscode.window.registerFileDecorationProvider(new ChangedFileDecorations()),
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible) onVisible();
      }),
      runner.onState(() => {
        this.#refreshSoon();
      }),
      new vscode.Disposable(tasks.onChange(() => this.#refreshSoon())),
      new vscode.Disposable(() => clearInterval(tick)),
      new vscode.Disposable(() => clearTimeout(this.#gathering)),
    );
    this.#showState();
    if (this.#view.visible) onVisible();
  }

  getChildren(node?: TaskNode): TaskNode[] {
    return [...childNodes(this.#tasks.all(), node)];
  }

  getParent(node: TaskNode): TaskNode | undefined {
    return parentNode(this.#tasks.all(), node);
  }

  getTreeItem(node: TaskNode): vscode.TreeItem {
    return treeItemOf(node, this.#tasks);
  }

  resolveTreeItem(item: vscode.TreeItem, node: TaskNode): vscode.TreeItem {
    return resolveTooltip(item, node, this.#tasks);
  }

  /** Brings the row of a task into sight, now or when it comes. The focus stays where it is, and a hidden view hidden. */
  reveal(taskId: string): void {
    this.#wanted = taskId;
    this.#refreshSoon();
  }

  dispose(): void {
    this.#parts.dispose();
  }

  #refreshSoon(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#showState();
      this.#changed.fire(undefined);
      this.#revealWanted();
    }, gatherMs);
  }

  #revealWanted(): void {
    const taskId = this.#wanted;
    if (taskId === undefined || this.#tasks.get(taskId) === undefined) return;
    this.#wanted = undefined;
    if (!this.#view.visible) return;
    // Not selected: a selected row shows its buttons in the place of what the task does.
    this.#view.reveal({ kind: 'task', taskId }, { select: false, focus: false }).then(undefined, () => {
      // The task has gone, or the view was closed: there is no row to show any more.
    });
  }

  #showState(): void {
    const tasks = this.#tasks.all();
    this.#view.badge = badgeOf(tasks);
    this.#view.message = messageOf(this.#runner, tasks.length > 0);
  }
}

/** Empty where nothing is to be said. Any other message hides the welcome content, which speaks of a missing runner. */
function messageOf({ state, error }: RunnerStates, hasTasks: boolean): string {
  if (state === 'connecting') return 'Connecting to the runner…';
  if (state !== 'offline' || !hasTasks) return '';
  if (error !== null && !error.mayRetry) return sentenceOf(error);
  return 'The runner is not reachable. Reconnecting; tasks on it may go on meanwhile.';
}
