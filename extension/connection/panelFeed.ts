// What a task panel follows of the runner: the history of a task, new events, live output.
import { randomUUID } from 'node:crypto';
import type * as vscode from 'vscode';
import type { Output } from '../../shared/protocol/requests.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { RunnerLink } from './runnerLink.ts';

/** Events of one request. */
const pageSize = 1_000;

export class PanelFeed implements vscode.Disposable {
  readonly #link: RunnerLink;
  readonly #closing = new AbortController();

  constructor(link: RunnerLink) {
    this.#link = link;
  }

  /** All events of the task after the given `seq`, in order. */
  async history(taskId: string, after: number, signal: AbortSignal): Promise<readonly TaskEvent[]> {
    const connection = await this.#link.connected(signal);
    const events: TaskEvent[] = [];
    for (;;) {
      const from = events.at(-1)?.seq ?? after;
      const page = await connection.request('events/list', { taskId, after: from, limit: pageSize }, signal);
      events.push(...page.events);
      if (page.isComplete || page.events.length === 0) return events;
    }
  }

  /** Returns the function that ends the listening. */
  onEvent(listener: (event: TaskEvent) => void): () => void {
    const listening = this.#link.onEvent(listener);
    return () => {
      listening.dispose();
    };
  }

  /** Live text of model and commands, as long as the connection lasts. Returns the function that ends it. */
  followOutput(taskId: string, listener: (output: Output) => void): () => void {
    const ending = new AbortController();
    this.#link
      .connected(AbortSignal.any([ending.signal, this.#closing.signal]))
      .then((connection) => {
        if (ending.signal.aborted) return;
        const stop = connection.followOutput(taskId, listener);
        ending.signal.addEventListener('abort', stop, { once: true });
      })
      // Without a connection there is nothing to follow; the panel says that the runner is not reachable.
      .catch(() => undefined);
    return () => {
      ending.abort();
    };
  }

  /** Answers the open question, or tells the agent something. */
  async reply(taskId: string, text: string): Promise<void> {
    const { signal } = this.#closing;
    const connection = await this.#link.connected(signal);
    await connection.request('tasks/reply', { taskId, messageId: randomUUID(), text }, signal);
  }

  dispose(): void {
    this.#closing.abort();
  }
}
