// `nightjar prioritize ID PRIORITY`: lets a waiting task go before or behind others.
import { Argument, type Command } from 'commander';
import { prioritySchema } from '../../../shared/task/events.ts';
import { onRunner, printJson, printLines, requestTask, type CommandHost } from '../clientCommand.ts';
import { line } from '../display/line.ts';
import { exitCodes } from '../exitCodes.ts';
import { taskObject } from '../taskObject.ts';

export function addPrioritizeCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('prioritize')
    .description('let a waiting task go before or behind others')
    .argument('<id>', 'the id, or how it begins')
    .addArgument(new Argument('<priority>', 'how urgent it is').choices(prioritySchema.options));
  onRunner(host, command, async (session, [id, priority]) => {
    const { id: taskId } = await requestTask(session, id);
    const params = { taskId, priority: prioritySchema.parse(priority) };
    const { task } = await session.connection.request('tasks/prioritize', params, session.signal);
    const aside = task.id;
    if (session.isJson) printJson(session.surroundings, taskObject(task));
    else
      printLines(session.surroundings, [
        line(`Priority ${task.priority}`, { mark: '✔', tone: 'good', aside }),
      ]);
    return exitCodes.ok;
  });
}
