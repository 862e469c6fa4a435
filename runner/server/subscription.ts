// One connection's place in the event log: pulls what comes next whenever the client has taken what went before.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import type { EventLog } from './ports.ts';
import type { TaskView } from './taskView.ts';

/** Events read at once; the log is the buffer for all that a slow client has not taken yet. */
const batchSize = 64;

export interface EventSink {
  /** Resolves when the event has left for the network. */
  send(event: TaskEvent): Promise<void>;
  /** All tasks that the client sees, in place of those that it knew. Resolves as `send` does. */
  sendAllAnew(all: { readonly seq: number; readonly tasks: readonly Task[] }): Promise<void>;
  /** Whether too much waits for the network already. */
  isFull(): boolean;
  /** Told when the flow can't go on; nothing is sent after that. */
  fail(error: unknown): void;
}

export class Subscription implements Disposable {
  readonly #log: EventLog;
  readonly #view: TaskView;
  readonly #sink: EventSink;
  readonly #stopListening: () => void;
  /** `seq` of the last event sent; null while nothing flows. */
  #cursor: number | null = null;
  #isSending = false;

  constructor(log: EventLog, view: TaskView, sink: EventSink) {
    this.#log = log;
    this.#view = view;
    this.#sink = sink;
    this.#stopListening = log.onAppend(() => this.#wake());
  }

  /** Sends every event after `seq`, in order, from now on. */
  flowFrom(seq: number): void {
    this.#cursor = seq;
    this.#wake();
  }

  stop(): void {
    this.#cursor = null;
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#stopListening();
  }

  #wake(): void {
    if (this.#isSending || this.#cursor === null) return;
    this.#isSending = true;
    this.#sendAll().catch((error: unknown) => {
      this[Symbol.dispose]();
      this.#sink.fail(error);
    });
  }

  async #sendAll(): Promise<void> {
    try {
      while (this.#cursor !== null) {
        const cursor = this.#cursor;
        const events = this.#log.eventsAfter(cursor, batchSize);
        if (events.length === 0) return;
        await this.#sendBatch(events, cursor);
      }
    } finally {
      this.#isSending = false;
    }
  }

  /** Ends early where the flow was stopped or moved meanwhile. */
  async #sendBatch(events: readonly TaskEvent[], from: number): Promise<void> {
    let last = from;
    let hasSent = false;
    for (const event of events) {
      if (this.#cursor !== last) return;
      last = this.#cursor = event.seq;
      const sent = this.#pass(event);
      if (sent === null) continue;
      hasSent = true;
      if (this.#sink.isFull()) await sent;
      else sent.catch(() => undefined);
    }
    // A long log of others' tasks must not keep everybody waiting.
    if (!hasSent) await nextTurn();
  }

  /** Null where the event is not for this client. */
  #pass(event: TaskEvent): Promise<void> | null {
    switch (this.#view.passageOf(event)) {
      case 'send':
        return this.#sink.send(event);
      case 'skip':
        return null;
      case 'allAnew':
        // The tasks may be ahead of the event: what follows is in some of them already, which harms nobody.
        return this.#sink.sendAllAnew({ seq: event.seq, tasks: this.#view.snapshot().tasks });
    }
  }
}
