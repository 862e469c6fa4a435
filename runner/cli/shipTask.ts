// Hands a prepared task off and shows how the shipping goes.
import { handOff } from '../../shared/client/handOff.ts';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import type { Repository } from '../../shared/repository/openRepository.ts';
import type { Task } from '../../shared/task/task.ts';
import { networkLines, sandboxLines } from './display/network.ts';
import type { TaskDisplay } from './display/taskDisplay.ts';
import type { PreparedHandOff } from './draftHandOff.ts';
import { checksLine, manifestLines, progressWords, receiptLine } from './shipping.ts';

/** The task as the runner took it in. Rejects as `handOff` does. */
export async function shipTask(
  shipment: {
    readonly connection: RunnerConnection;
    readonly repository: Repository;
    readonly prepared: PreparedHandOff;
    readonly display: TaskDisplay;
  },
  signal: AbortSignal,
): Promise<Task> {
  const { connection, repository, prepared, display } = shipment;
  display.print([...manifestLines(prepared.manifest), checksLine(prepared), ...networkLines(prepared)]);
  const { state } = connection;
  if (state.kind === 'connected') display.print(sandboxLines(state.runner.sandbox));
  const onProgress = (progress: Parameters<typeof progressWords>[0]): void =>
    display.showStep(progressWords(progress));
  const { task, receipt } = await handOff(
    { connection, repository, draft: prepared.draft, onProgress },
    signal,
  );
  display.print([receiptLine(receipt)]);
  return task;
}
