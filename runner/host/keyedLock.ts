// One holder at a time for each key; the others wait in the order in which they came.

export class KeyedLock {
  readonly #last = new Map<string, Promise<void>>();

  /** Does the work once all earlier work of the key has ended. Rejects without doing it when `signal` is aborted by then. */
  async hold<Result>(key: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key);
    const mine = Promise.withResolvers<undefined>();
    const last = mine.promise.then(() => before);
    this.#last.set(key, last);
    try {
      await untilAborted(before, signal);
      return await work();
    } finally {
      mine.resolve(undefined);
      if (this.#last.get(key) === last) this.#last.delete(key);
    }
  }
}

async function untilAborted(turn: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<undefined>();
  const onAbort = (): void => aborted.resolve(undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([turn, aborted.promise]);
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
}
