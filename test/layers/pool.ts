// Does jobs beside each other, each worker taking the next one as soon as it is free.

/**
 * The results in the order of `jobs`. After a job that rejects no further one is begun; the rejection is passed on once
 * those under way have settled, so that nothing runs on behind the caller's back.
 */
export async function runInPool<Job, Result>(
  jobs: readonly Job[],
  workers: number,
  run: (job: Job) => Promise<Result>,
): Promise<Result[]> {
  const waiting = [...jobs.entries()];
  const results: Result[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, job] = next;
      try {
        results[place] = await run(job);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: workers }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
