// One connection's place in the event log: pulls what comes next whenever the client has taken what went before.
import type { TaskEvent } from '../../shared/task/events.ts';
import type { EventLog } from './ports.ts';

/** Events read at once; the log is the buffer for all that a slow client has not taken yet. */
const batchSize = 64;

export interface EventSink {
  /** Resolves when the event has left for the network. */
  send(event: TaskEvent): Promise<void>;
  /** Whether too much waits for the network already. */
  isFull(): boolean;
  /** Told when the flow can't go on; nothing is sent after that. */
  fail(error: unknown): void;
}

export class Subscription implements Disposable {
  readonly #log: EventLog;
  readonly #sink: EventSink;
  readonly #stopListening: () => void;
  /** `seq` of the last event sent; null while nothing flows. */
  #cursor: number | null = null;
  #isSending = false;

  constructor(log: EventLog, sink: EventSink) {
    this.#log = log;
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
    for (const event of events) {
      if (this.#cursor !== last) return;
      last = this.#cursor = event.seq;
      const sent = this.#sink.send(event);
      if (this.#sink.isFull()) await sent;
      else sent.catch(() => undefined);
    }
  }
}
