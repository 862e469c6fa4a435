// `nightjar again ID`: the same task once more, from its start or from the state after one of its turns.
import { InvalidArgumentError, type Command } from 'commander';
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

interface AgainOptions extends ClientOptions {
  readonly fromTurn?: number;
}

export function addAgainCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('again')
    .description('run a task again, as a new one')
    .argument('<id>', 'the id, or how it begins')
    .option('--from-turn <n>', 'go on from the files and the words as they were after this turn', turnNumber);
  onRunner<AgainOptions>(host, command, async (session, [id]) => {
    const { id: taskId } = await requestTask(session, id);
    const { fromTurn } = session.options;
    const params = fromTurn === undefined ? { taskId } : { taskId, fromTurn };
    const { task } = await session.connection.request('tasks/runAgain', params, session.signal);
    const done = fromTurn === undefined ? 'Runs again' : `Runs again from turn ${fromTurn}`;
    if (session.isJson) printJson(session.surroundings, taskObject(task));
    else printLines(session.surroundings, [line(done, { mark: '✔', tone: 'good', aside: task.id })]);
    return exitCodes.ok;
  });
}

function turnNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be the number of a turn.');
  return Number(text);
}
