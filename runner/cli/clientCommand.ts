// What all commands that talk to a runner share: options, a connection, a way to print.
import type { Command } from 'commander';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import type { TaskQueue } from '../../shared/protocol/queue.ts';
import type { Task } from '../../shared/task/task.ts';
import { renderLine, type Line } from './display/line.ts';
import { findTask } from './findTask.ts';
import { connectToRunner, type RunnerOptions } from './openConnection.ts';
import { columnsOf, paintFor, type Surroundings } from './surroundings.ts';

export interface ClientOptions extends RunnerOptions {
  readonly json?: boolean;
}

/** Where a command leaves its exit code. */
export interface CommandHost {
  readonly surroundings: Surroundings;
  exitCode: number;
}

/** What a connected command works with. */
export interface Session<Options extends ClientOptions = ClientOptions> {
  readonly connection: RunnerConnection;
  readonly surroundings: Surroundings;
  readonly signal: AbortSignal;
  readonly options: Options;
  readonly isJson: boolean;
}

/** Adds the options of every command that talks to a runner. */
export function addClientOptions(command: Command): Command {
  return command
    .option(
      '--runner <address>',
      'use the runner at this address, as in wss://host:4711#fingerprint=AB:CD…; its token comes from NIGHTJAR_TOKEN',
    )
    .option('--data <folder>', 'use the local runner of this data folder; it is started where none runs')
    .option('--json', 'print JSON for other programs');
}

/** Lets `command` run connected; `run` gives the exit code. A persistent connection survives a restart of the runner. */
export function onRunner<Options extends ClientOptions>(
  host: CommandHost,
  command: Command,
  run: (session: Session<Options>, args: readonly string[]) => Promise<number>,
  { isPersistent = false } = {},
): void {
  addClientOptions(command).action(async () => {
    const options = command.opts<Options>();
    const { surroundings } = host;
    await using connection = await connectToRunner(options, surroundings, isPersistent);
    const session = {
      connection,
      surroundings,
      signal: surroundings.signal,
      options,
      isJson: options.json === true,
    };
    host.exitCode = await run(session, command.args);
  });
}

/** All tasks, and which of them wait for a place. */
export async function requestTasks({
  connection,
  signal,
}: Session): Promise<{ readonly tasks: readonly Task[]; readonly queue: TaskQueue }> {
  // The queue is told before the answer to a subscription; what flows behind it is of no use here.
  const { tasks } = await connection.request('events/subscribe', { after: null }, signal);
  return { tasks: tasks ?? [], queue: connection.queue };
}

/** The task that the first letters of an id stand for. Throws KnownError: taskUnknown, taskAmbiguous. */
export async function requestTask(session: Session, text: string | undefined): Promise<Task> {
  const { tasks } = await session.connection.request('tasks/list', {}, session.signal);
  return findTask(tasks, text ?? '');
}

/** One JSON document on standard output. */
export function printJson(surroundings: Surroundings, value: unknown): void {
  surroundings.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Lines on standard output, in colour and cut to the width where it is a terminal. */
export function printLines(surroundings: Surroundings, lines: readonly Line[]): void {
  const { stdout } = surroundings;
  const paint = paintFor(surroundings, stdout);
  for (const shown of lines) stdout.write(`${renderLine(shown, paint, columnsOf(stdout))}\n`);
}
