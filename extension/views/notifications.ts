// Shows the few notifications that the policy allows, in one window only.
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import { isCancellation } from '../../shared/errors/errors.ts';
import type { Task } from '../../shared/task/task.ts';
import { readSetting, writeSetting } from '../host/settings.ts';
import * as policy from '../model/notificationPolicy.ts';
import type { TaskSource } from '../model/taskStore.ts';

export interface NotificationsOptions {
  readonly tasks: TaskSource;
  readonly log: vscode.LogOutputChannel;
  isPanelVisible(taskId: string): boolean;
  holdsRepository(task: Task): boolean;
  /** True for the first window that asks with this name. */
  claim(name: string): Promise<boolean>;
}

const never = 'Don’t Show Again';

export class Notifications implements vscode.Disposable {
  readonly #options: NotificationsOptions;
  readonly #closing = new AbortController();
  readonly #seen = new Map<string, Task>();
  readonly #endListening: () => void;
  #collected: policy.Notice[] = [];

  constructor(options: NotificationsOptions) {
    this.#options = options;
    this.#endListening = options.tasks.onChange((changedIds) => {
      for (const id of changedIds) this.#look(id);
    });
  }

  dispose(): void {
    this.#endListening();
    this.#closing.abort();
  }

  #look(id: string): void {
    const task = this.#options.tasks.get(id);
    const notice = task === undefined ? null : policy.noticeOf(this.#seen.get(id), task);
    if (task === undefined) this.#seen.delete(id);
    else this.#seen.set(id, task);
    if (notice === null || !policy.isWanted(notice, readSetting('notifications'))) return;
    this.#collected.push(notice);
    // The first of a handful waits for those that come right after it.
    if (this.#collected.length === 1) this.#showCollected().catch((error: unknown) => this.#giveUp(error));
  }

  async #showCollected(): Promise<void> {
    const { signal } = this.#closing;
    await wait(policy.collectMs, undefined, { signal });
    const notices = this.#collected;
    this.#collected = [];
    const claimed = await Promise.all(notices.map(async (notice) => this.#claimed(notice, signal)));
    const tasks = claimed.filter((task) => task !== undefined);
    if (tasks.length > 0) await this.#show(tasks);
  }

  /** The task of a notice that is news still, and that no other window shows. */
  async #claimed(notice: policy.Notice, signal: AbortSignal): Promise<Task | undefined> {
    const options = this.#options;
    const task = options.tasks.get(notice.taskId);
    if (task === undefined || !policy.isStillNews(notice, task, options.isPanelVisible(task.id)))
      return undefined;
    const isFocused = vscode.window.state.focused;
    await wait(
      policy.claimDelayMs({ holdsRepository: options.holdsRepository(task), isFocused }),
      undefined,
      {
        signal,
      },
    );
    return (await options.claim(`${notice.taskId}-${notice.seq}`)) ? task : undefined;
  }

  async #show(tasks: readonly Task[]): Promise<void> {
    const { message, severity, buttons } = policy.noticeText(tasks);
    const show = {
      information: vscode.window.showInformationMessage,
      warning: vscode.window.showWarningMessage,
      error: vscode.window.showErrorMessage,
    }[severity];
    const chosen = await show(message, ...buttons.map(({ label }) => label), never);
    if (chosen === never) await writeSetting('notifications', 'off');
    const button = buttons.find(({ label }) => label === chosen);
    if (button !== undefined) await vscode.commands.executeCommand(commandOf[button.action], tasks[0]?.id);
  }

  #giveUp(error: unknown): void {
    if (!isCancellation(error)) this.#options.log.error(error instanceof Error ? error : String(error));
  }
}

const commandOf: Readonly<Record<policy.NoticeButton['action'], string>> = {
  open: 'nightjar.openTask',
  reply: 'nightjar.reply',
  review: 'nightjar.reviewChanges',
  showLog: 'nightjar.showLog',
  showTasks: 'nightjar.tasks.focus',
};
