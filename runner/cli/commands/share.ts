// `nightjar share ID`: lets everybody with a token of the runner see a task and work on it.
import type { Command } from 'commander';
import {
  onRunner,
  printJson,
  printLines,
  requestTask,
  type ClientOptions,
  type CommandHost,
} from '../clientCommand.ts';
import { line } from '../display/line.ts';
import { exitCodes } from '../exitCodes.ts';
import { taskObject } from '../taskObject.ts';

interface ShareOptions extends ClientOptions {
  readonly stop?: boolean;
}

export function addShareCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('share')
    .description('let everybody with a token of the runner see a task and work on it')
    .argument('<id>', 'the id, or how it begins')
    .option('--stop', 'keep it to its owner again');
  onRunner<ShareOptions>(host, command, async (session, [id]) => {
    const { id: taskId } = await requestTask(session, id);
    const isShared = session.options.stop !== true;
    const { task } = await session.connection.request('tasks/share', { taskId, isShared }, session.signal);
    const words = isShared ? 'Shared with everybody on this runner' : 'Shared no longer';
    if (session.isJson) printJson(session.surroundings, taskObject(task));
    else printLines(session.surroundings, [line(words, { mark: '✔', tone: 'good' })]);
    return exitCodes.ok;
  });
}
