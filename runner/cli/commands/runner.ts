// `nightjar runner`: serves in the foreground until it is asked to end.
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CommandHost } from '../clientCommand.ts';
import { dataFolderOf } from '../openConnection.ts';

interface RunnerCommandOptions {
  readonly data?: string;
  readonly host: string;
  readonly port: number;
  readonly sandbox?: 'off' | 'external';
}

const settingsHelp = `
Settings in config.yaml in the data folder, among others:
  maxConcurrent: 4       tasks that act at the same time; else one for each processor, and at least two
  maxPerRepository: 2    of them, tasks of one repository; else no limit but that of all
  dayCeilingUsd: 20      what all tasks may spend on one day (UTC); else no ceiling
  diskGiB: 20            what the data folder may hold before old workspaces give way
  sandbox:
    mode: required       else “external” (the runner lives in a container) or “off”
    read: [/data/models] what commands may read beside their workspace and the tool chains
    registries: [host]   what “package registries” stands for; else the package managers are asked
    memoryGiB: 8         of one command; also processes, cpuMinutes, openFiles, and diskGiB of one task`;

export function addRunnerCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('runner')
    .description(
      'serve tasks in the foreground; address and token are kept in runner.json in the data folder',
    )
    .option('--data <folder>', 'where the runner keeps everything')
    .option('--host <name>', 'where to listen', '127.0.0.1')
    .option('--port <number>', 'where to listen; 0 takes a free one', parsePort, 0)
    .addOption(
      new Option(
        '--sandbox <mode>',
        'off: commands may do what you may; external: the runner lives in a container',
      ).choices(['off', 'external']),
    )
    .addHelpText('after', settingsHelp);
  command.action(async () => {
    const options = command.opts<RunnerCommandOptions>();
    const dataFolder = dataFolderOf(options, host.surroundings);
    await host.surroundings.serve(
      {
        dataFolder,
        host: options.host,
        port: options.port,
        ...(options.sandbox === undefined ? {} : { sandboxMode: options.sandbox }),
      },
      host.surroundings.signal,
    );
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}
