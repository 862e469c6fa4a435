// Who uses a store's objects right now: any number at a time, or one alone who gives way as soon as another comes.
import { isCancellation } from '../../shared/errors/errors.ts';
import { KeyedLock } from '../host/keyedLock.ts';

export class StoreBorrowers {
  readonly #counts = new Map<string, number>();
  readonly #alone = new Map<string, AbortController>();
  readonly #turns = new KeyedLock();

  /** Does the work beside others'; whoever is alone with the store is asked to leave, and waited for. */
  async share<Result>(store: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    this.#count(store, 1);
    this.#alone.get(store)?.abort();
    try {
      await this.#turns.hold(store, signal, () => Promise.resolve());
      return await work();
    } finally {
      this.#count(store, -1);
    }
  }

  /** Does the work with nobody else there. False where somebody is, or came, which aborts the signal that the work gets. */
  async alone(
    store: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<boolean> {
    if (this.#counts.has(store) || this.#alone.has(store)) return false;
    const givingWay = new AbortController();
    this.#alone.set(store, givingWay);
    const either = AbortSignal.any([signal, givingWay.signal]);
    try {
      await this.#turns.hold(store, either, () => work(either));
      return true;
    } catch (error) {
      if (givingWay.signal.aborted && !signal.aborted && isCancellation(error)) return false;
      throw error;
    } finally {
      this.#alone.delete(store);
    }
  }

  #count(store: string, change: number): void {
    const count = (this.#counts.get(store) ?? 0) + change;
    if (count > 0) this.#counts.set(store, count);
    else this.#counts.delete(store);
  }
}
