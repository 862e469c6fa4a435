// Runs two pieces of work side by side so that neither is left running when the other fails.

/**
 * Resolves with both results. The first failure aborts the signal of the other work and is thrown once both
 * have ended; so is the reason of `signal`.
 */
export async function together<One, Other>(
  signal: AbortSignal,
  one: (signal: AbortSignal) => Promise<One>,
  other: (signal: AbortSignal) => Promise<Other>,
): Promise<[One, Other]> {
  const failing = new AbortController();
  const either = AbortSignal.any([signal, failing.signal]);
  const guarded = async <Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
    try {
      return await work(either);
    } catch (error) {
      failing.abort(error);
      throw error;
    }
  };
  const [first, second] = await Promise.allSettled([guarded(one), guarded(other)]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  throw failing.signal.reason;
}
