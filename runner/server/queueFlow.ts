// Tells one client of the waiting tasks: the newest list only, a few times a second at most.
import type { TaskQueue } from '../../shared/protocol/queue.ts';
import type { QueueSource } from './ports.ts';

/** Milliseconds in which changes are gathered. */
const gatherMs = 300;

export interface QueueSink {
  send(queue: TaskQueue): void;
  /** Whether too much waits for the network already. */
  isFull(): boolean;
}

/** The queue as far as the client sees its tasks. */
type SeenQueue = Pick<QueueSource, 'current' | 'onChange'>;

export class QueueFlow implements Disposable {
  readonly #source: SeenQueue;
  readonly #sink: QueueSink;
  #stopListening: (() => void) | null = null;
  #gathering: NodeJS.Timeout | undefined;
  /** What was sent last: a list that came out the same again is not sent twice. */
  #sent = '';

  constructor(source: SeenQueue, sink: QueueSink) {
    this.#source = source;
    this.#sink = sink;
  }

  /** Sends the list as it is, and from now on after changes. */
  begin(): void {
    this.#stopListening ??= this.#source.onChange(() => this.#sendSoon());
    this.#sent = '';
    this.#send();
  }

  [Symbol.dispose](): void {
    this.#stopListening?.();
    clearTimeout(this.#gathering);
  }

  #sendSoon(): void {
    this.#gathering ??= setTimeout(() => this.#send(), gatherMs);
  }

  /** A client that is slow to take what was sent before gets the list as it is then. */
  #send(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (this.#sink.isFull()) {
      this.#sendSoon();
      return;
    }
    const queue = this.#source.current();
    const text = JSON.stringify(queue);
    if (text === this.#sent) return;
    this.#sent = text;
    this.#sink.send(queue);
  }
}
