// `nightjar extend ID`: raises the budget of a task; one that came to rest at its limit goes on.
import { InvalidArgumentError, type Command } from 'commander';
import { doubled } from '../../../shared/spec/budget.ts';
import type { Budget } from '../../../shared/spec/spec.ts';
import {
  onRunner,
  printJson,
  printLines,
  requestTask,
  type ClientOptions,
  type CommandHost,
} from '../clientCommand.ts';
import { line } from '../display/line.ts';
import { budgetText } from '../display/quantities.ts';
import { exitCodes } from '../exitCodes.ts';
import { taskObject } from '../taskObject.ts';

interface ExtendOptions extends ClientOptions {
  readonly cost?: number;
  readonly tokens?: number;
  readonly turns?: number;
  readonly rounds?: number;
  readonly minutes?: number;
}

export function addExtendCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('extend')
    .description('raise the budget of a task, to double of everything where nothing else is said')
    .argument('<id>', 'the id, or how it begins')
    .option('--cost <usd>', 'US dollars in all', positive)
    .option('--tokens <n>', 'tokens in all', positive)
    .option('--turns <n>', 'turns in all', positive)
    .option('--rounds <n>', 'rounds in all', positive)
    .option('--minutes <n>', 'minutes of work in all', positive);
  onRunner<ExtendOptions>(host, command, async (session, [id]) => {
    const { id: taskId, budget } = await requestTask(session, id);
    const wanted = budgetOf(session.options);
    const { task } = await session.connection.request(
      'tasks/extendBudget',
      { taskId, budget: Object.keys(wanted).length === 0 ? doubled(budget) : wanted },
      session.signal,
    );
    const aside = budgetText(task.budget);
    if (session.isJson) printJson(session.surroundings, taskObject(task));
    else printLines(session.surroundings, [line('Budget raised', { mark: '✔', tone: 'good', aside })]);
    return exitCodes.ok;
  });
}

function budgetOf({ cost, tokens, turns, rounds, minutes }: ExtendOptions): Partial<Budget> {
  return {
    ...(cost === undefined ? {} : { costUsd: cost }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(turns === undefined ? {} : { turns }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(minutes === undefined ? {} : { wallTimeMs: Math.round(minutes * 60_000) }),
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number greater than 0.');
  return value;
}
