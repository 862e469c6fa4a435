// Delivers every event exactly once and in order to each watcher, over any number of broken connections.
import type { RequestParams, RequestResult } from '../protocol/requests.ts';
import type { TaskEvent } from '../task/events.ts';
import type { Task } from '../task/task.ts';

export interface TaskListener {
  /**
   * All tasks as of `seq` or later: at the start, and again where another runner (another data folder) answers, or
   * where others have shared a task or share it no longer.
   */
  snapshot(tasks: readonly Task[], seq: number): void;
  event(event: TaskEvent): void;
}

/** A live connection, as far as the feed needs it. */
export interface FeedSource {
  readonly runnerId: string;
  subscribe(params: RequestParams<'events/subscribe'>): Promise<RequestResult<'events/subscribe'>>;
  /** Told when the subscription fails. */
  fail(error: unknown): void;
}

interface Watcher {
  readonly listener: TaskListener;
  /** The `seq` up to which the listener knows all; null where it needs a snapshot. */
  cursor: number | null;
  /** Whether the runner's flow stands at or before the cursor, so that what comes next may be delivered. */
  isFlowing: boolean;
}

export class TaskFeed {
  readonly #watchers = new Set<Watcher>();
  #source: FeedSource | null = null;
  #runnerId: string | null = null;
  /** Set while a subscription is under way; true when another is needed after it. */
  #isStale: boolean | null = null;

  /** Adds a watcher; `after` null starts it with a snapshot. Returns what removes it. */
  watch(listener: TaskListener, after: number | null): () => void {
    const watcher: Watcher = { listener, cursor: after, isFlowing: false };
    this.#watchers.add(watcher);
    this.#refresh();
    return () => void this.#watchers.delete(watcher);
  }

  attach(source: FeedSource): void {
    if (this.#runnerId !== null && this.#runnerId !== source.runnerId) {
      for (const watcher of this.#watchers) watcher.cursor = null;
    }
    this.#runnerId = source.runnerId;
    this.#source = source;
    this.#isStale = null;
    this.#refresh();
  }

  detach(): void {
    this.#source = null;
    for (const watcher of this.#watchers) watcher.isFlowing = false;
  }

  deliver(event: TaskEvent): void {
    for (const watcher of [...this.#watchers]) {
      if (!watcher.isFlowing || event.seq <= (watcher.cursor ?? Infinity)) continue;
      watcher.cursor = event.seq;
      watcher.listener.event(event);
    }
  }

  /** All tasks that the client sees by now; what was told of others no longer counts. */
  deliverAll(tasks: readonly Task[], seq: number): void {
    for (const watcher of [...this.#watchers]) {
      if (!watcher.isFlowing || watcher.cursor === null) continue;
      watcher.cursor = Math.max(watcher.cursor, seq);
      watcher.listener.snapshot(tasks, seq);
    }
  }

  #refresh(): void {
    const source = this.#source;
    if (source === null || this.#watchers.size === 0) return;
    if (this.#isStale !== null) {
      this.#isStale = true;
      return;
    }
    this.#isStale = false;
    this.#subscribe(source).then(
      () => this.#settle(source),
      (error: unknown) => source.fail(error),
    );
  }

  #settle(source: FeedSource): void {
    if (source !== this.#source) return;
    const isStale = this.#isStale;
    this.#isStale = null;
    if (isStale === true) this.#refresh();
  }

  /** Puts the runner's one flow at the place that the watcher furthest behind needs. */
  async #subscribe(source: FeedSource): Promise<void> {
    const watchers = [...this.#watchers];
    for (const watcher of watchers) watcher.isFlowing = false;
    let flowsFrom = Infinity;
    if (watchers.some(({ cursor }) => cursor === null))
      flowsFrom = await this.#takeSnapshot(source, watchers);
    const furthestBehind = Math.min(...watchers.map(({ cursor }) => cursor ?? Infinity));
    if (furthestBehind < flowsFrom && source === this.#source)
      await source.subscribe({ after: furthestBehind });
    // Nothing can have come in between: an answer and the events behind it are handled in the order of their arrival.
    if (source === this.#source) for (const watcher of watchers) watcher.isFlowing = true;
  }

  async #takeSnapshot(source: FeedSource, watchers: readonly Watcher[]): Promise<number> {
    const { seq, tasks } = await source.subscribe({ after: null });
    if (source !== this.#source) return seq;
    for (const watcher of watchers) {
      if (watcher.cursor !== null) continue;
      watcher.cursor = seq;
      if (this.#watchers.has(watcher)) watcher.listener.snapshot(tasks ?? [], seq);
    }
    return seq;
  }
}
