// Brings delivered branches into the user's repository as soon as they are there, in the window that holds it.
import * as vscode from 'vscode';
import { isCancellation, sentenceOf } from '../../shared/errors/errors.ts';
import type { Task } from '../../shared/task/task.ts';
import { holdsRepository, repositoryOf } from '../host/taskRepository.ts';
import type { TaskSource } from '../model/taskStore.ts';
import type { RunnerLink } from './runnerLink.ts';

/**
 * Only refs below refs/nightjar/ and the notes of Nightjar change. What fails here is tried again when the result is
 * opened, where the user sees the reason.
 */
export class ResultReceiver implements vscode.Disposable {
  readonly #closing = new AbortController();
  /** By task, the commit and the evidence of its newest delivery. */
  readonly #received = new Map<string, string>();
  readonly #link: RunnerLink;
  readonly #log: vscode.LogOutputChannel;
  readonly #endListening: () => void;
  readonly #arrivals = new vscode.EventEmitter<string>();
  #queue: Promise<void> = Promise.resolve();

  /** Fires with the id of a task whose result is in the user's repository now. */
  readonly onReceived = this.#arrivals.event;

  constructor(tasks: TaskSource, link: RunnerLink, log: vscode.LogOutputChannel) {
    this.#link = link;
    this.#log = log;
    this.#endListening = tasks.onChange((changedIds) => {
      for (const id of changedIds) this.#consider(tasks.get(id));
    });
  }

  dispose(): void {
    this.#endListening();
    this.#closing.abort();
    this.#arrivals.dispose();
  }

  #consider(task: Task | undefined): void {
    if (task === undefined || task.ref === null || task.commit === null || task.status === 'done') return;
    const result = `${task.commit} ${task.evidence ?? ''}`;
    if (this.#received.get(task.id) === result || !holdsRepository(task)) return;
    this.#received.set(task.id, result);
    // One after the other: git locks the refs anyway.
    this.#queue = this.#queue.then(async () => this.#receive(task));
  }

  async #receive(task: Task): Promise<void> {
    const { signal } = this.#closing;
    try {
      const { fetchResult } = await import('../../shared/client/fetchResult.ts');
      const repository = await repositoryOf(task, signal);
      const { ref } = await fetchResult(
        { connection: await this.#link.connected(signal), repository, taskId: task.id },
        signal,
      );
      this.#arrivals.fire(task.id);
      this.#log.info(`Received ${ref} of “${task.title}”.`);
    } catch (error) {
      if (!isCancellation(error)) this.#log.warn(`“${task.title}” was not received: ${sentenceOf(error)}`);
    }
  }
}
