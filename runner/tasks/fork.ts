// Where another task may go on from: the files and the words as they were after one of a task's turns.
import type { EventData, TaskEvent } from '../../shared/task/events.ts';
import { runOf } from './run.ts';

/** The state of the events' task after `turn`; undefined for a turn that was not made or has not ended. */
export function forkAt(
  events: readonly TaskEvent[],
  turn: number,
): EventData<'taskCreated'>['fork'] | undefined {
  const answered = events.findIndex((event) => event.type === 'turnAnswered' && event.data.turn === turn);
  if (answered < 0) return undefined;
  const isNext = (event: TaskEvent): boolean =>
    (event.type === 'turnStarted' && event.data.turn > turn) || leavesTurn(event);
  const next = events.findIndex((event, index) => index > answered && isNext(event));
  const run = runOf(next < 0 ? events : events.slice(0, next));
  if (run === null || run.openCalls.length > 0 || run.isDirty) return undefined;
  return { taskId: run.task.id, turn, commit: run.saved, transcript: [...run.transcript] };
}

/** From here on files and words are others: those of an earlier round. */
function leavesTurn({ type }: TaskEvent): boolean {
  return type === 'stuckSeen' || type === 'bestRoundTaken';
}
