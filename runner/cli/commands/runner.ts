// `nightjar runner`: serves in the foreground until it is asked to end.
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { KnownError } from '../../../shared/errors/errors.ts';
import type { CommandHost } from '../clientCommand.ts';
import { dataFolderOf } from '../openConnection.ts';
import type { ServedAt, ServeOptions, Surroundings } from '../surroundings.ts';

interface RunnerCommandOptions {
  readonly data?: string;
  readonly host: string;
  readonly port: number;
  readonly sandbox?: 'off' | 'external';
  readonly tls?: boolean;
  readonly cert?: string;
  readonly key?: string;
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
    memoryGiB: 8         of one command; also processes, cpuMinutes, openFiles, and diskGiB of one task
  tls: true              as --tls; or { cert: FILE, key: FILE }, as --cert and --key
  hostNames: [a.example] names by which clients reach it, beside its address and the machine’s name

Others get tokens of their own with "nightjar token create NAME"; the runner’s own is for its owner only.`;

export function addRunnerCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('runner')
    .description(
      'serve tasks in the foreground; address and token are kept in runner.json in the data folder',
    )
    .option('--data <folder>', 'where the runner keeps everything')
    .option('--host <name>', 'where to listen; beyond this machine with TLS only', '127.0.0.1')
    .option('--port <number>', 'where to listen; 0 takes a free one', parsePort, 0)
    .addOption(
      new Option(
        '--sandbox <mode>',
        'off: commands may do what you may; external: the runner lives in a container',
      ).choices(['off', 'external']),
    )
    .option('--tls', 'use TLS with a certificate that the runner makes itself; clients trust its fingerprint')
    .option('--cert <file>', 'use TLS with this certificate (PEM, with its chain)')
    .option('--key <file>', 'the private key of --cert (PEM)')
    .addHelpText('after', settingsHelp);
  command.action(async () => {
    const options = command.opts<RunnerCommandOptions>();
    const { surroundings } = host;
    await surroundings.serve(
      {
        dataFolder: dataFolderOf(options, surroundings),
        host: options.host,
        port: options.port,
        ...tlsOf(options, surroundings),
        ...(options.sandbox === undefined ? {} : { sandboxMode: options.sandbox }),
        onListening: (at) => void surroundings.stderr.write(howToConnect(options.host, at)),
      },
      surroundings.signal,
    );
  });
}

function tlsOf({ tls, cert, key }: RunnerCommandOptions, { cwd }: Surroundings): Pick<ServeOptions, 'tls'> {
  if (cert === undefined && key === undefined) return tls === true ? { tls: 'selfMade' } : {};
  if (cert === undefined || key === undefined || tls === true)
    throw new KnownError('usage', { detail: 'Give --cert and --key together, or --tls alone.' });
  return { tls: { cert: resolve(cwd, cert), key: resolve(cwd, key) } };
}

/** What a person needs who wants to come to this runner from elsewhere. */
function howToConnect(host: string, { url, fingerprint }: ServedAt): string {
  if (fingerprint === null) return '';
  const address = host === '0.0.0.0' || host === '::' ? url.replace(/\/\/.*(?=:)/, `//${hostname()}`) : url;
  return `
  address      ${address}
  fingerprint  ${fingerprint}
  connect      nightjar list --runner ${address}#fingerprint=${fingerprint}
               in the editor: “Nightjar: Connect to Runner…” with the same address
  token        nightjar token create NAME --scope work   (clients take it from NIGHTJAR_TOKEN, or ask for it)

`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}
