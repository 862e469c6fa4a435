// The view "Background Tasks": rows, badge, and the message that tells when the runner is not there.
import * as vscode from 'vscode';
import { badgeOf, type RunnerState } from '../model/statusBarText.ts';
import { isRunning } from '../model/taskActions.ts';
import { childNodes, type TaskNode } from '../model/taskNodes.ts';
import type { TaskSource } from '../model/taskStore.ts';
import { ChangedFileDecorations, resolveTooltip, treeItemOf } from './treeItems.ts';

const taskViewId = 'nightjar.tasks';

/** Milliseconds in which changes are gathered before rows are drawn anew. */
const gatherMs = 100;
/** Milliseconds after which the elapsed times of running tasks are drawn anew. */
const tickMs = 30_000;

export interface RunnerStates {
  readonly state: RunnerState;
  readonly onState: vscode.Event<RunnerState>;
}

export class TaskTree implements vscode.TreeDataProvider<TaskNode>, vscode.Disposable {
  readonly #tasks: TaskSource;
  readonly #runner: RunnerStates;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<TaskNode>;
  readonly #parts: vscode.Disposable;
  #gathering: NodeJS.Timeout | undefined;

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

  getTreeItem(node: TaskNode): vscode.TreeItem {
    return treeItemOf(node, this.#tasks);
  }

  resolveTreeItem(item: vscode.TreeItem, node: TaskNode): vscode.TreeItem {
    return resolveTooltip(item, node, this.#tasks);
  }

  dispose(): void {
    this.#parts.dispose();
  }

  #refreshSoon(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#showState();
      this.#changed.fire(undefined);
    }, gatherMs);
  }

  #showState(): void {
    const tasks = this.#tasks.all();
    this.#view.badge = badgeOf(tasks);
    this.#view.message = messageOf(this.#runner.state, tasks.length > 0);
  }
}

/** Empty where nothing is to be said. Any other message hides the welcome content, which speaks of a missing runner. */
function messageOf(state: RunnerState, hasTasks: boolean): string {
  if (state === 'connecting') return 'Connecting to the runner…';
  if (state === 'offline' && hasTasks) {
    return 'The runner is not reachable. Reconnecting; tasks on it may go on meanwhile.';
  }
  return '';
}
