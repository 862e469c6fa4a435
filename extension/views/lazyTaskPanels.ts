// Loads the task panels with the first of them: their messages are checked by schemas that activation shall not pay for.
import * as vscode from 'vscode';
import type { PageState, TaskPanels, TaskPanelsOptions } from './taskPanel.ts';

export class LazyTaskPanels implements vscode.Disposable {
  readonly #options: TaskPanelsOptions;
  readonly #registration: vscode.Disposable;
  #loading: Promise<TaskPanels> | undefined;
  #panels: TaskPanels | undefined;

  constructor(options: TaskPanelsOptions) {
    this.#options = options;
    this.#registration = vscode.window.registerWebviewPanelSerializer('nightjar.task', {
      deserializeWebviewPanel: async (panel, state: PageState | undefined) => {
        (await this.#load()).restore(panel, state);
      },
    });
  }

  /** Shows the panel of a task, the one that is open already where there is one. */
  async open(taskId: string): Promise<void> {
    (await this.#load()).open(taskId);
  }

  isVisible(taskId: string): boolean {
    return this.#panels?.isVisible(taskId) ?? false;
  }

  dispose(): void {
    this.#registration.dispose();
    this.#panels?.dispose();
  }

  async #load(): Promise<TaskPanels> {
    this.#loading ??= import('./taskPanel.ts').then(({ TaskPanels }) => new TaskPanels(this.#options));
    return (this.#panels = await this.#loading);
  }
}
