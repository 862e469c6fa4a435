// Waiting for a window that may be busy: for what must come about, and again for what got lost on the way.
import { setTimeout as delay } from 'node:timers/promises';
import { errors } from 'playwright-core';

/** Milliseconds until something that a busy machine does slowly counts as not happening. */
export const patienceMs = 60_000;

/** Milliseconds after which a key or a click counts as lost and may be given again. */
export const attemptMs = 10_000;

/**
 * Repeats `attempt` while it runs into a time limit of its own (`attemptMs`): a key that is pressed in the moment in
 * which the workbench moves its focus reaches nobody. Only for attempts that change nothing before they succeed.
 */
export async function untilDone<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof errors.TimeoutError) || performance.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/** Resolves once `holds` says so; `what` is named when that never comes. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it never came to this: ${what}`);
    await delay(100);
  }
}
