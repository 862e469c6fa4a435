// `nightjar hand-off`: ships the working tree with a spec to a runner, and with --wait stays until it is done.
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { fetchResult } from '../../../shared/client/fetchResult.ts';
import { handOff } from '../../../shared/client/handOff.ts';
import type { RunnerConnection } from '../../../shared/client/runnerConnection.ts';
import { isCancellation } from '../../../shared/errors/errors.ts';
import { openRepository, type Repository } from '../../../shared/repository/openRepository.ts';
import { networkFrom, networkHint, type Network } from '../../../shared/spec/network.ts';
import { branchNameFor } from '../../../shared/task/branchName.ts';
import { variableNameSchema } from '../../../shared/task/events.ts';
import { hasEnded } from '../../../shared/task/hasEnded.ts';
import type { Task } from '../../../shared/task/task.ts';
import { addClientOptions, printJson, type ClientOptions, type CommandHost } from '../clientCommand.ts';
import { line } from '../display/line.ts';
import { draftHandOff, type PreparedHandOff } from '../draftHandOff.ts';
import { exitCodeOfTask, exitCodes } from '../exitCodes.ts';
import { connectToRunner } from '../openConnection.ts';
import { networkTexts } from '../display/network.ts';
import { withheldTexts } from '../shipping.ts';
import { shipTask } from '../shipTask.ts';
import { openDisplay, showTask } from '../showTask.ts';
import type { Surroundings, TextOutput } from '../surroundings.ts';
import { taskObject } from '../taskObject.ts';
import { watchTask } from '../watchTask.ts';

interface HandOffOptions extends ClientOptions {
  readonly spec?: string;
  readonly repo?: string;
  readonly check: readonly string[];
  readonly model?: string;
  readonly shipSecret: readonly string[];
  readonly network?: Network;
  readonly secret: readonly string[];
  readonly wait?: boolean;
}

export function addHandOffCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('hand-off')
    .description('hand a task off: ships the working tree as it is, uncommitted work included')
    .argument('[goal]', 'what must be achieved')
    .option('--spec <file>', 'take goal, criteria and checks from this file')
    .option('--repo <folder>', 'the repository; else the current folder’s')
    .option('--check <command>', 'a check, instead of those found; may be given several times', collect, [])
    .option('--model <name>', 'the model; else the runner’s own choice')
    .option(
      '--ship-secret <path>',
      'ship this file although it holds a secret; may be given several times',
      collect,
      [],
    )
    .option('--network <hosts>', `what commands may reach: ${networkHint}`, readNetwork)
    .option(
      '--secret <name>',
      'give commands this environment variable of the runner; may be given several times',
      collectSecret,
      [],
    )
    .option('--wait', 'stay until the task comes to rest; exit code 0 only for a verified result');
  addClientOptions(command).action(async () => {
    const options = command.opts<HandOffOptions>();
    host.exitCode = await runHandOff(command.args[0], options, host.surroundings);
  });
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

export function readNetwork(value: string): Network {
  const network = networkFrom(value.split(','));
  if (network === null) throw new InvalidArgumentError(`It has to be ${networkHint}.`);
  return network;
}

function collectSecret(value: string, earlier: readonly string[]): readonly string[] {
  if (!variableNameSchema.safeParse(value).success)
    throw new InvalidArgumentError('It has to be the name of a variable.');
  return [...new Set([...earlier, value])];
}

async function runHandOff(
  goal: string | undefined,
  options: HandOffOptions,
  surroundings: Surroundings,
): Promise<number> {
  const { signal, cwd } = surroundings;
  const { spec: specFile, check: checks, shipSecret: shipSecrets, secret: secrets, model } = options;
  const wish = { goal, specFile, checks, model, shipSecrets, network: options.network ?? null, secrets, cwd };
  const repository = await openRepository(resolve(cwd, options.repo ?? '.'), signal);
  const prepared = await draftHandOff(repository, wish, signal);
  await using connection = await connectToRunner(options, surroundings, options.wait === true);
  const hands = { connection, repository, surroundings, prepared };
  return options.json === true
    ? await runForPrograms(hands, options.wait === true)
    : await runForPeople(hands, options.wait === true);
}

interface Hands {
  readonly connection: RunnerConnection;
  readonly repository: Repository;
  readonly surroundings: Surroundings;
  readonly prepared: PreparedHandOff;
}

async function runForPeople(hands: Hands, isWaiting: boolean): Promise<number> {
  const { surroundings } = hands;
  // Without --wait the id alone goes to standard output, so that a script can keep it.
  const output = isWaiting ? surroundings.stdout : surroundings.stderr;
  const task = await shipVisibly(hands, output);
  if (isWaiting) return waitForTask(hands, task, () => showUntilRest(hands, output, task.id));
  surroundings.stdout.write(`${task.id}\n`);
  surroundings.stderr.write(`Watch it with: nightjar follow ${task.id}\n`);
  return exitCodes.ok;
}

async function shipVisibly(hands: Hands, output: TextOutput): Promise<Task> {
  using display = openDisplay(hands.surroundings, output);
  return await shipTask({ ...hands, display }, hands.surroundings.signal);
}

async function runForPrograms(hands: Hands, isWaiting: boolean): Promise<number> {
  const { connection, repository, surroundings, prepared } = hands;
  const { signal } = surroundings;
  const { draft } = prepared;
  // Standard output is the program's; what stays behind is for whoever reads its log.
  for (const text of [...withheldTexts(prepared.manifest), ...networkTexts(prepared)])
    surroundings.stderr.write(`${text}\n`);
  const { task } = await handOff({ connection, repository, draft, onProgress: () => undefined }, signal);
  const print = (printed: Task): void => printJson(surroundings, taskObject(printed));
  if (!isWaiting) {
    print(task);
    return exitCodes.ok;
  }
  return waitForTask(hands, task, async () => {
    const watch = { taskId: task.id, onEvent: () => undefined, isEnough: isAtRest };
    const ended = await watchTask(connection, watch, signal);
    await fetchWhereDelivered(hands, ended);
    print(ended);
    return ended;
  });
}

async function showUntilRest(hands: Hands, output: TextOutput, taskId: string): Promise<Task> {
  const { connection, surroundings } = hands;
  using display = openDisplay(surroundings, output);
  const task = await showTask({ connection, display, taskId, isEnough: isAtRest }, surroundings.signal);
  await fetchWhereDelivered(hands, task);
  const hint = (text: string): void => display.print([line(text, { tone: 'quiet' })]);
  if (task.ref !== null) {
    hint('The work is in your repository now; nothing is checked out.');
    hint(`Look at it with: nightjar diff ${taskId}`);
    hint(`Check it out as ${branchNameFor(task)} with: nightjar checkout ${taskId}`);
  }
  if (task.status === 'needsInput') hint(`Answer with: nightjar reply ${taskId} "…"`);
  return task;
}

/** Ctrl+C while waiting leaves the task alone, and says so. */
async function waitForTask(hands: Hands, task: Task, wait: () => Promise<Task>): Promise<number> {
  try {
    return exitCodeOfTask(await wait());
  } catch (error) {
    if (!isCancellation(error)) throw error;
    hands.surroundings.stderr.write(
      `Task ${task.id} goes on by itself. Watch it with: nightjar follow ${task.id}\n`,
    );
    return exitCodes.cancelled;
  }
}

async function fetchWhereDelivered(hands: Hands, task: Task): Promise<void> {
  const { connection, repository, surroundings } = hands;
  if (task.ref === null) return;
  await fetchResult({ connection, repository, taskId: task.id }, surroundings.signal);
}

function isAtRest(task: Task): boolean {
  return hasEnded(task) || task.status === 'needsInput';
}
