// Ends the local runner of a data folder, which outlives on purpose the window or the command that started it.
import { setTimeout as delay } from 'node:timers/promises';
import { readRunnerRecord } from '../../shared/client/runnerRecord.ts';

const endTimeoutMs = 10_000;

/** Asks the runner that is recorded in `dataFolder` to end, and kills it when it does not; none is fine. */
export async function endRunner(dataFolder: string): Promise<void> {
  const record = await readRunnerRecord(dataFolder);
  if (record === null) return;
  const deadline = Date.now() + endTimeoutMs;
  let isAlive = signalProcess(record.pid, 'SIGTERM');
  while (isAlive && Date.now() < deadline) {
    await delay(50);
    isAlive = signalProcess(record.pid, 0);
  }
  if (isAlive) signalProcess(record.pid, 'SIGKILL');
}

/** False where the process is gone. */
function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It has ended by itself.
    return false;
  }
}
