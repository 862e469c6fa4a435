// Keeps the context key that tells the welcome texts whether the open folders lead to a git repository.
import * as vscode from 'vscode';
import { isCancellation } from '../../shared/errors/errors.ts';
import type { RepositoryState } from '../host/folderRepositories.ts';

/** Milliseconds that `git init` has for its other files once its folder has appeared. */
const settleMs = 300;

export class RepositoryKey implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #closing = new AbortController();
  readonly #parts: vscode.Disposable;
  #watchers: vscode.Disposable[] = [];
  #settling: NodeJS.Timeout | undefined;
  #isSeen = false;
  #state: RepositoryState | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
    this.#parts = vscode.Disposable.from(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#endWatching();
        if (this.#isSeen) this.look();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        if (this.#isSeen) this.look();
      }),
      // What was done in a terminal or in a folder above shows when the user comes back.
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused && this.#isSeen && this.#state !== 'found') this.look();
      }),
    );
  }

  /** Called when the user comes to see the view; nothing is started before, nor in a folder that isn't trusted. */
  look(): void {
    this.#isSeen = true;
    if (!vscode.workspace.isTrusted) return;
    if (this.#watchers.length === 0) this.#watch();
    // One after the other, so that the newest answer is the one that stays.
    this.#looking = this.#looking.then(async () => this.#show());
  }

  dispose(): void {
    this.#closing.abort();
    this.#endWatching();
    this.#parts.dispose();
  }

  async #show(): Promise<void> {
    try {
      const { repositoryState } = await import('../host/folderRepositories.ts');
      const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
      const paths = folders.map(({ uri }) => uri.fsPath);
      this.#state = await repositoryState(paths, this.#closing.signal);
      await vscode.commands.executeCommand('setContext', 'nightjar.repository', this.#state);
    } catch (error) {
      if (!isCancellation(error)) this.#log.error(error instanceof Error ? error : String(error));
    }
  }

  #watch(): void {
    this.#watchers = (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
      const pattern = new vscode.RelativePattern(folder, '{.git,*/.git}');
      const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, true, false);
      const lookSoon = (): void => {
        clearTimeout(this.#settling);
        this.#settling = setTimeout(() => this.look(), settleMs);
      };
      return [watcher, watcher.onDidCreate(lookSoon), watcher.onDidDelete(lookSoon)];
    });
  }

  #endWatching(): void {
    clearTimeout(this.#settling);
    vscode.Disposable.from(...this.#watchers).dispose();
    this.#watchers = [];
  }
}
