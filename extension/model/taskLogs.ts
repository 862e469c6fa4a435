// The logs that a task's events name, in the order in which a person looks for them.
import type { TaskEvent } from '../../shared/task/events.ts';
import { toolActivity } from '../../shared/task/applyEvent.ts';
import { formatDuration } from './formatting.ts';

export interface TaskLog {
  /** As `logs/read` wants it. */
  readonly name: string;
  readonly title: string;
  readonly detail: string;
  readonly hasFailed: boolean;
}

/** What failed first, then the newest first. */
export function taskLogs(events: readonly TaskEvent[]): readonly TaskLog[] {
  const calls = new Map<string, string>();
  const logs: TaskLog[] = [];
  for (const event of events) {
    if (event.type === 'toolStarted') calls.set(event.data.callId, toolActivity(event.data));
    const log = logOf(event, calls);
    if (log !== null) logs.push(log);
  }
  logs.reverse();
  return [...logs.filter(({ hasFailed }) => hasFailed), ...logs.filter(({ hasFailed }) => !hasFailed)];
}

function logOf(event: TaskEvent, calls: ReadonlyMap<string, string>): TaskLog | null {
  switch (event.type) {
    case 'setUpEnded': {
      const { log, exitCode, durationMs } = event.data;
      return log === null ? null : logRow(log, 'Set-up', `exit code ${exitCode}`, durationMs, exitCode !== 0);
    }
    case 'checkEnded': {
      const { log, name, round, passed, durationMs } = event.data;
      const when = round === 0 ? 'at hand-off' : `round ${round}`;
      // A check that fails at hand-off is what the task is for.
      return log === null ? null : logRow(log, name, when, durationMs, !passed && round > 0);
    }
    case 'toolEnded': {
      const { log, name, callId, turn, ok, durationMs } = event.data;
      return log === null ? null : logRow(log, calls.get(callId) ?? name, `turn ${turn}`, durationMs, !ok);
    }
    default:
      return null;
  }
}

function logRow(name: string, title: string, when: string, durationMs: number, hasFailed: boolean): TaskLog {
  return { name, title, detail: `${when}, ${formatDuration(durationMs)}`, hasFailed };
}
