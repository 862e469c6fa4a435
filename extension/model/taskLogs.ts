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

interface FoundLog extends TaskLog {
  /** It failed, and that is news: a check that fails at hand-off is what the task is for. */
  readonly isFailure: boolean;
}

/** What failed since the hand-off first, then the newest first. */
export function taskLogs(events: readonly TaskEvent[]): readonly TaskLog[] {
  const calls = new Map<string, string>();
  const logs: FoundLog[] = [];
  for (const event of events) {
    if (event.type === 'toolStarted') calls.set(event.data.callId, toolActivity(event.data));
    const log = logOf(event, calls);
    if (log !== null) logs.push(log);
  }
  logs.reverse();
  return [...logs.filter(({ isFailure }) => isFailure), ...logs.filter(({ isFailure }) => !isFailure)].map(
    ({ name, title, detail, hasFailed }) => ({ name, title, detail, hasFailed }),
  );
}

function logOf(event: TaskEvent, calls: ReadonlyMap<string, string>): FoundLog | null {
  switch (event.type) {
    case 'setUpEnded': {
      const { log, exitCode, durationMs } = event.data;
      return log === null ? null : logRow(log, 'Set-up', `exit code ${exitCode}`, durationMs, exitCode !== 0);
    }
    case 'checkEnded': {
      const { log, name, round, passed, durationMs } = event.data;
      const when = round === 0 ? 'at hand-off' : `round ${round}`;
      const row = logRow(log ?? '', name, when, durationMs, !passed);
      return log === null ? null : { ...row, isFailure: !passed && round > 0 };
    }
    case 'toolEnded': {
      const { log, name, callId, turn, ok, durationMs } = event.data;
      return log === null ? null : logRow(log, calls.get(callId) ?? name, `turn ${turn}`, durationMs, !ok);
    }
    default:
      return null;
  }
}

function logRow(name: string, title: string, when: string, durationMs: number, hasFailed: boolean): FoundLog {
  return { name, title, detail: `${when}, ${formatDuration(durationMs)}`, hasFailed, isFailure: hasFailed };
}
