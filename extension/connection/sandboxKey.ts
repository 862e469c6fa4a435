// Keeps the context key that tells the welcome texts whether the runner's sandbox works.
import * as vscode from 'vscode';
import type { SandboxProblem } from '../../shared/protocol/requests.ts';
import { isCancellation } from '../../shared/errors/errors.ts';
import type { TaskSource } from '../model/taskStore.ts';
import type { RunnerLink } from './runnerLink.ts';

export class SandboxKey implements vscode.Disposable {
  readonly #link: RunnerLink;
  readonly #closing = new AbortController();
  readonly #listening: vscode.Disposable;

  constructor(link: RunnerLink, tasks: TaskSource, log: vscode.LogOutputChannel) {
    this.#link = link;
    this.#listening = link.onState((state) => {
      // Without tasks a welcome text shows; with them each says for itself what keeps it.
      if (state !== 'ready' || tasks.all().length > 0) return;
      this.examine(this.#closing.signal).catch((error: unknown) => {
        if (!isCancellation(error)) log.warn(error instanceof Error ? error.message : String(error));
      });
    });
  }

  /** Asks the runner anew. */
  async examine(signal: AbortSignal): Promise<SandboxProblem | null> {
    const connection = await this.#link.connected(signal);
    const { problem } = await connection.request('sandbox/examine', {}, signal);
    const state = problem === null ? 'works' : 'broken';
    await vscode.commands.executeCommand('setContext', 'nightjar.sandbox', state);
    return problem;
  }

  dispose(): void {
    this.#closing.abort();
    this.#listening.dispose();
  }
}
