// `nightjar allow ID HOST…`: opens the network of one task for hosts that its sandbox has blocked.
import { InvalidArgumentError, type Command } from 'commander';
import { isHost, networkWords } from '../../../shared/spec/network.ts';
import { onRunner, printJson, printLines, requestTask, type CommandHost } from '../clientCommand.ts';
import { line } from '../display/line.ts';
import { exitCodes } from '../exitCodes.ts';
import { taskObject } from '../taskObject.ts';

export function addAllowCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('allow')
    .description('let the commands of one task reach more hosts, from the next command on')
    .argument('<id>', 'the id, or how it begins')
    .argument('<hosts...>', 'names such as api.example.com or *.example.com', collectHost);
  onRunner(host, command, async (session, [id, ...hosts]) => {
    const { id: taskId } = await requestTask(session, id);
    const { task } = await session.connection.request('tasks/allow', { taskId, hosts }, session.signal);
    if (session.isJson) printJson(session.surroundings, taskObject(task));
    else {
      const text = `Network: ${networkWords(task.network)}`;
      printLines(session.surroundings, [line(text, { mark: '✔', tone: 'good', aside: task.id })]);
    }
    return exitCodes.ok;
  });
}

function collectHost(value: string, earlier: readonly string[] = []): readonly string[] {
  if (!isHost(value)) throw new InvalidArgumentError('It has to be a name such as api.example.com.');
  return [...earlier, value];
}
