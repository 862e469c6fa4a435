// The item in the status bar: the ambient sign that background work runs, or waits for the user.
import * as vscode from 'vscode';
import { statusBarText } from '../model/statusBarText.ts';
import type { TaskSource } from '../model/taskStore.ts';
import type { RunnerStates } from './taskTree.ts';

export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #tasks: TaskSource;
  readonly #runner: RunnerStates;
  readonly #parts: vscode.Disposable;

  constructor(tasks: TaskSource, runner: RunnerStates) {
    this.#tasks = tasks;
    this.#runner = runner;
    this.#item = vscode.window.createStatusBarItem('nightjar.status', vscode.StatusBarAlignment.Left);
    this.#item.name = 'Nightjar';
    this.#parts = vscode.Disposable.from(
      this.#item,
      runner.onState(() => {
        this.#show();
      }),
      new vscode.Disposable(tasks.onChange(() => this.#show())),
    );
  }

  dispose(): void {
    this.#parts.dispose();
  }

  #show(): void {
    const shown = statusBarText(this.#tasks.all(), this.#runner.state);
    if (shown === null) {
      this.#item.hide();
      return;
    }
    this.#item.text = shown.text;
    this.#item.tooltip = new vscode.MarkdownString(shown.tooltip, true);
    this.#item.accessibilityInformation = { label: shown.spoken, role: 'button' };
    this.#item.command = this.#runner.state === 'offline' ? 'nightjar.connectRunner' : 'nightjar.openTask';
    this.#item.backgroundColor = shown.isWarning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.#item.show();
  }
}
