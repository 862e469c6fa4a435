// `nightjar follow ID`: shows a task as it happens until it comes to rest.
import type { Command } from 'commander';
import { isCancellation } from '../../../shared/errors/errors.ts';
import { hasEnded } from '../../../shared/task/hasEnded.ts';
import { onRunner, requestTask, type CommandHost, type Session } from '../clientCommand.ts';
import { exitCodes } from '../exitCodes.ts';
import { openDisplay, showTask } from '../showTask.ts';
import { watchTask } from '../watchTask.ts';

export function addFollowCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('follow')
    .description(
      'show a task as it happens, from its beginning until it comes to rest; with --json one event a line',
    )
    .argument('<id>', 'the id, or how it begins');
  onRunner(
    host,
    command,
    async (session, [id]) => {
      const { id: taskId } = await requestTask(session, id);
      try {
        await (session.isJson ? printEvents(session, taskId) : displayTask(session, taskId));
        return exitCodes.ok;
      } catch (error) {
        if (!isCancellation(error)) throw error;
        session.surroundings.stderr.write(`Task ${taskId} goes on by itself.\n`);
        return exitCodes.cancelled;
      }
    },
    { isPersistent: true },
  );
}

async function displayTask(session: Session, taskId: string): Promise<void> {
  using display = openDisplay(session.surroundings, session.surroundings.stdout);
  await showTask({ connection: session.connection, display, taskId, isEnough: hasEnded }, session.signal);
}

async function printEvents({ connection, surroundings, signal }: Session, taskId: string): Promise<void> {
  const onEvent = (event: object): void => void surroundings.stdout.write(`${JSON.stringify(event)}\n`);
  await watchTask(connection, { taskId, onEvent, isEnough: hasEnded }, signal);
}
