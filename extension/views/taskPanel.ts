// The task panel: one editor tab per task with everything about it, which survives a reload of the window.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { sentenceOf } from '../../shared/errors/errors.ts';
import { taskIdSchema } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { formatOneLine } from '../model/formatting.ts';
import { statusLooks } from '../model/taskRows.ts';
import { pageMessageSchema, type PageMessage, type PanelMessage } from '../model/timelineMessages.ts';
import { ImageFiles } from './imageFiles.ts';
import { taskPanelHtml } from './taskPanelHtml.ts';
import { TaskPanelSession, type TaskPanelSources } from './taskPanelSession.ts';

const viewType = 'nightjar.task';

/** Characters of a tab: a longer one would take the whole bar. */
const titleLength = 40;

export interface TaskPanelsOptions extends Omit<TaskPanelSources, 'images'> {
  /** Root of the extension; the page's files are in its `dist`. */
  readonly extensionUri: vscode.Uri;
  /** Runs a command of the extension, `nightjar.…`, for the task. */
  runCommand(command: string, taskId: string, argument?: unknown): void;
  /** Rejects where the runner doesn't have the reply; the page keeps the text then. */
  reply(taskId: string, text: string): Promise<void>;
  /** Opens a log of the task in an editor. */
  readLog(taskId: string, log: string): Promise<void>;
  readonly images: Pick<ImageFiles, 'examine' | 'open'>;
}

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly session: TaskPanelSession;
}

/** What the page keeps for its own return, as far as this side reads it. */
export interface PageState {
  readonly taskId?: unknown;
}

export class TaskPanels implements vscode.Disposable {
  readonly #options: TaskPanelsOptions;
  readonly #open = new Map<string, OpenPanel>();
  readonly #stops: readonly (() => void)[];

  constructor(options: TaskPanelsOptions) {
    this.#options = options;
    this.#stops = [
      options.tasks.onChange((changedIds) => {
        for (const taskId of changedIds) this.#decorate(taskId);
      }),
      // Nothing is left to show, in whatever window it was deleted.
      options.onEvent(({ type, taskId }) => {
        if (type === 'deleted') this.#open.get(taskId)?.panel.dispose();
      }),
    ];
  }

  /** Shows the panel of a task, the one that is open already where there is one. */
  open(taskId: string, options: { readonly preserveFocus?: boolean } = {}): void {
    const preserveFocus = options.preserveFocus ?? false;
    const known = this.#open.get(taskId);
    if (known !== undefined) {
      known.panel.reveal(undefined, preserveFocus);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Active, preserveFocus };
    this.#attach(vscode.window.createWebviewPanel(viewType, 'Background Task', column), taskId);
  }

  isVisible(taskId: string): boolean {
    return this.#open.get(taskId)?.panel.visible ?? false;
  }

  /** Brings a panel back after a reload of the window; `state` is what its page has kept. */
  restore(panel: vscode.WebviewPanel, state: PageState | undefined): void {
    const taskId = taskIdSchema.safeParse(state?.taskId);
    if (taskId.success && !this.#open.has(taskId.data)) this.#attach(panel, taskId.data);
    else panel.dispose();
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    for (const { panel } of [...this.#open.values()]) panel.dispose();
  }

  #attach(panel: vscode.WebviewPanel, taskId: string): void {
    const { webview } = panel;
    const { images } = this.#options;
    const sources = {
      ...this.#options,
      images: {
        examine: async (id: string, image: string, signal: AbortSignal) => images.examine(id, image, signal),
        addressOf: (id: string, image: string) =>
          webview.asWebviewUri(ImageFiles.uriOf(id, image)).toString(),
      },
    };
    const session = new TaskPanelSession(taskId, sources, (message) => post(webview, message));
    this.#open.set(taskId, { panel, session });
    const listeners = [
      webview.onDidReceiveMessage((message: unknown) =>
        this.#receive(taskId, pageMessageSchema.parse(message)),
      ),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) session.pageHidden();
      }),
      panel.onDidDispose(() => {
        this.#open.delete(taskId);
        session.dispose();
        for (const listener of listeners) listener.dispose();
      }),
    ];
    this.#decorate(taskId);
    const dist = vscode.Uri.joinPath(this.#options.extensionUri, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [dist, ImageFiles.folderOf(taskId)] };
    webview.html = pageOf(webview, dist);
  }

  #decorate(taskId: string): void {
    const panel = this.#open.get(taskId)?.panel;
    const task = this.#options.tasks.get(taskId);
    if (panel === undefined || task === undefined) return;
    panel.title = formatOneLine(task.title, titleLength);
    panel.iconPath = iconOf(task);
  }

  #receive(taskId: string, message: PageMessage): void {
    const open = this.#open.get(taskId);
    if (open === undefined) return;
    const { session, panel } = open;
    switch (message.type) {
      case 'ready':
        post(panel.webview, { type: 'task', taskId });
        return void session.pageLoaded();
      case 'retry':
        return void session.load();
      case 'showEarlier':
        return session.showEarlier();
      case 'openDetail':
        return session.openDetail(message.itemId);
      case 'reply':
        return void this.#reply(taskId, message.text, panel.webview);
      case 'readLog':
        return void orTellError(this.#options.readLog(taskId, message.log));
      case 'openImage':
        return void orTellError(this.#options.images.open(taskId, message.image));
      case 'command':
        return this.#options.runCommand(`nightjar.${message.command}`, taskId);
      case 'runAgainFrom':
        return this.#options.runCommand('_nightjar.runAgainFrom', taskId, message.turn);
      case 'allowHost':
        return this.#options.runCommand('nightjar.allowHosts', taskId, message.host);
      case 'openDiff':
        return this.#options.runCommand('_nightjar.openFileDiff', taskId, message.path);
      case 'openEvidence':
      case 'copyVerifyCommand':
        return this.#options.runCommand(`_nightjar.${message.type}`, taskId);
      case 'openFinding': {
        const { path, line, side } = message;
        return this.#options.runCommand('_nightjar.openFinding', taskId, { path, line, side });
      }
      case 'openProblem': {
        const { path, line, column } = message;
        return this.#options.runCommand('_nightjar.openProblem', taskId, { path, line, column });
      }
    }
  }

  async #reply(taskId: string, text: string, webview: vscode.Webview): Promise<void> {
    try {
      await this.#options.reply(taskId, text);
      post(webview, { type: 'replied', error: null });
    } catch (error) {
      post(webview, { type: 'replied', error: sentenceOf(error) });
    }
  }
}

async function orTellError(opening: Promise<void>): Promise<void> {
  try {
    await opening;
  } catch (error) {
    await vscode.window.showErrorMessage(sentenceOf(error));
  }
}

/** A page that is gone in this moment needs no message: it asks for everything when it comes back. */
function post(webview: vscode.Webview, message: PanelMessage): void {
  webview.postMessage(message).then(undefined, () => undefined);
}

function pageOf(webview: vscode.Webview, dist: vscode.Uri): string {
  const addressOf = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  return taskPanelHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    scriptUri: addressOf('taskPanel.js'),
    styleUri: addressOf('taskPanel.css'),
    iconsUri: addressOf('codicon.css'),
  });
}

function iconOf(task: Task): vscode.ThemeIcon {
  const { icon, color } = statusLooks[task.status];
  return new vscode.ThemeIcon(icon, color === null ? undefined : new vscode.ThemeColor(color));
}
