// `nightjar stop ID`: ends the work on a task; what was committed stays.
import type { Command } from 'commander';
import { hasEnded } from '../../../shared/task/hasEnded.ts';
import { onRunner, printJson, printLines, requestTask, type CommandHost } from '../clientCommand.ts';
import { line } from '../display/line.ts';
import { exitCodes } from '../exitCodes.ts';
import { taskObject } from '../taskObject.ts';

export function addStopCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('stop')
    .description('stop a task')
    .argument('<id>', 'the id, or how it begins');
  onRunner(host, command, async (session, [id]) => {
    const { id: taskId } = await requestTask(session, id);
    const { task } = await session.connection.request('tasks/stop', { taskId }, session.signal);
    const done = hasEnded(task) ? 'Stopped' : 'Stopping';
    if (session.isJson) printJson(session.surroundings, taskObject(task));
    else printLines(session.surroundings, [line(done, { mark: '■', tone: 'attention', aside: taskId })]);
    return exitCodes.ok;
  });
}
