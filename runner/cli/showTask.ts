// Joins a task's events, its live output and the state of the connection to a display.
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import type { Task } from '../../shared/task/task.ts';
import { line } from './display/line.ts';
import { TaskDisplay } from './display/taskDisplay.ts';
import { canRepaint, paintFor, type Surroundings, type TextOutput } from './surroundings.ts';
import { watchTask } from './watchTask.ts';

/** A display on `output`: live where it is a terminal, plain lines where not. The caller disposes it. */
export function openDisplay(surroundings: Pick<Surroundings, 'env'>, output: TextOutput): TaskDisplay {
  return new TaskDisplay({
    screen: output,
    isLive: canRepaint(surroundings, output),
    paint: paintFor(surroundings, output),
  });
}

/** Shows the task from its first event until `isEnough`; gives the task as it is then. */
export async function showTask(
  show: {
    readonly connection: RunnerConnection;
    readonly display: TaskDisplay;
    readonly taskId: string;
    readonly isEnough: (task: Task) => boolean;
  },
  signal: AbortSignal,
): Promise<Task> {
  const { connection, display, taskId, isEnough } = show;
  const stopOutput = connection.followOutput(taskId, (output) => display.showOutput(output));
  const stopQueue = connection.onQueue((queue) => display.showQueue(queue));
  const stopBreaks = showBreaks(connection, display);
  try {
    return await watchTask(
      connection,
      { taskId, onEvent: (event) => display.showEvent(event), isEnough },
      signal,
    );
  } finally {
    stopOutput();
    stopQueue();
    stopBreaks();
  }
}

/** Tells once of each break of the connection, and when it is over. */
function showBreaks(connection: RunnerConnection, display: TaskDisplay): () => void {
  let isBroken = false;
  return connection.onState((state) => {
    if (state.kind === 'waiting' && !isBroken) {
      isBroken = true;
      display.print([
        line('Lost the connection to the runner; making it again', { mark: '!', tone: 'attention' }),
      ]);
    } else if (state.kind === 'connected' && isBroken) {
      isBroken = false;
      display.print([line('Connected again', { mark: '✔', tone: 'good' })]);
    }
  });
}
