// What happens where the disk is full: the task waits for room and goes on by itself, it does not fail.
import { KnownError } from '../../shared/errors/errors.ts';
import type { Fact } from '../../shared/task/events.ts';
import type { Step } from '../tasks/life.ts';
import type { StepCall } from './stepCall.ts';
import { perform } from './steps.ts';

/** Milliseconds before the first further try; each one after it takes twice as long, up to a minute. */
const pauseMs = 2_000;
const mostDoublings = 5;

/** Steps that are done again as they are. Of the others the log tells that they were begun, and the task decides anew. */
const repeated: ReadonlySet<Step['kind']> = new Set([
  ...(['prepare', 'setUp', 'check', 'recover', 'checkpoint', 'commit', 'deliver', 'stop'] as const),
  ...(['judge', 'crossRun'] as const),
]);

export function isDiskFull(error: unknown): boolean {
  return error instanceof KnownError && error.code === 'diskFull';
}

/** Does the step as `perform` does; no facts for a step that was given up because there was no room. */
export async function performWithRoom(step: Step, call: StepCall): Promise<readonly Fact[]> {
  const mostTries = repeated.has(step.kind) ? Infinity : 1;
  return (await whenThereIsRoom(call, mostTries, () => perform(step, call))) ?? [];
}

/** Does the work, again and again while there is no room for it; undefined where that was so at every try. */
export async function whenThereIsRoom<Result>(
  call: StepCall,
  mostTries: number,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      await waitForRoom(call, tries);
    }
  }
  return undefined;
}

async function waitForRoom({ ports, record, signal }: StepCall, tries: number): Promise<void> {
  signal.throwIfAborted();
  ports.makeRoom();
  try {
    if (tries === 0) record([{ type: 'diskFull', data: {} }]);
  } catch (error) {
    // There is not even room to tell of it.
    if (!isDiskFull(error)) throw error;
  }
  await ports.clock.sleep(pauseMs * 2 ** Math.min(tries, mostDoublings), signal);
}
