// Looks at real processes for tests: which are alive, and waiting until they are or are not.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A killed process may be a zombie for a moment, until its new parent has noticed: it does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  const state = existsSync(stat) ? readFileSync(stat, 'utf8').split(') ')[1]?.[0] : 'R';
  return state !== 'Z';
}

export async function assertGone(pidText: string): Promise<void> {
  const pid = Number(pidText.trim());
  assert.ok(pid > 1, pidText);
  for (let attempt = 0; attempt < 100 && isAlive(pid); attempt++) await sleep(20);
  assert.ok(!isAlive(pid), `process ${pid} still runs`);
}
