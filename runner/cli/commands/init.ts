// `nightjar init`: looks how the project is checked, tries that in the sandbox, and writes down what works.
import { randomUUID } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { KnownError } from '../../../shared/errors/errors.ts';
import { readManifest } from '../../../shared/repository/manifest.ts';
import { openRepository, type Repository } from '../../../shared/repository/openRepository.ts';
import { defaultManifestLimits } from '../../../shared/repository/skipReasons.ts';
import { takeSnapshot } from '../../../shared/repository/snapshot.ts';
import { nightjarRef, readGit } from '../../../shared/repository/userGit.ts';
import { detectChecks } from '../../../shared/spec/detectChecks.ts';
import { configPath } from '../../../shared/spec/parseConfig.ts';
import { defaultNetwork, type Network } from '../../../shared/spec/network.ts';
import type { DetectedChecks } from '../../../shared/spec/project.ts';
import { writeConfig, type FoundConfig, type Tried } from '../../../shared/spec/writeConfig.ts';
import type { CommandResult } from '../../tasks/ports.ts';
import { whyUnfit } from '../../tasks/rehearsal.ts';
import { printJson, type CommandHost } from '../clientCommand.ts';
import { cleanText } from '../display/displayWidth.ts';
import { line, type Line } from '../display/line.ts';
import { duration } from '../display/quantities.ts';
import { projectIn } from '../draftHandOff.ts';
import { exitCodes } from '../exitCodes.ts';
import { dataFolderOf } from '../openConnection.ts';
import { openDisplay } from '../showTask.ts';
import type { Surroundings } from '../surroundings.ts';
import { readNetwork } from './handOff.ts';

interface InitOptions {
  readonly repo?: string;
  readonly data?: string;
  readonly network?: Network;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function addInitCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('init')
    .description(`find out how the project is checked, try it in the sandbox, and write ${configPath}`)
    .option('--repo <folder>', 'the repository; else the current folder’s')
    .option('--data <folder>', 'the data folder of the local runner, whose configuration counts')
    .option('--network <hosts>', 'what commands may reach meanwhile; else package registries', readNetwork)
    .option('--dry-run', 'print what would be written, and write nothing')
    .option('--force', 'overwrite a file that is there')
    .option('--json', 'print JSON for other programs');
  command.action(async () => {
    host.exitCode = await init(command.opts<InitOptions>(), host.surroundings);
  });
}

async function init(options: InitOptions, surroundings: Surroundings): Promise<number> {
  const { cwd, signal, stdout } = surroundings;
  const repository = await openRepository(resolve(cwd, options.repo ?? '.'), signal);
  const file = join(repository.root, configPath);
  const isThere = (await stat(file).catch(() => undefined)) !== undefined;
  if (isThere && options.force !== true && options.dryRun !== true)
    throw new KnownError('configExists', { path: configPath });
  const detected = await detectChecks(projectIn(repository.root));
  if (detected.checks.length === 0) throw new KnownError('nothingToCheck', { path: repository.root });
  const found = await tryOut(repository, detected, options, surroundings);
  const text = writeConfig(found);
  signal.throwIfAborted();
  if (options.dryRun !== true) await save(file, text, options.force === true);
  const passed = found.checks.filter(({ failure }) => failure === null);
  if (options.json === true) printJson(surroundings, { path: configPath, text, ...initObject(found) });
  else if (options.dryRun === true) stdout.write(text);
  else
    surroundings.stderr.write(
      `Wrote ${configPath} with ${passed.length} of ${detected.checks.length} checks.\n`,
    );
  return passed.length > 0 ? exitCodes.ok : exitCodes.failed;
}

/** As a whole or not at all; without `force` never over a file that came meanwhile. */
async function save(file: string, text: string, isForced: boolean): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: isForced ? 'w' : 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new KnownError('configExists', { path: configPath }, error);
    throw error;
  }
}

/** On the working tree as a hand-off would ship it, so that what is not committed yet counts. */
async function tryOut(
  repository: Repository,
  detected: DetectedChecks,
  options: InitOptions,
  surroundings: Surroundings,
): Promise<FoundConfig> {
  const { signal } = surroundings;
  const { root } = repository;
  const id = `init-${randomUUID()}`;
  using display = openDisplay(surroundings, surroundings.stderr);
  const say = (lines: readonly Line[]): void => display.print(lines);
  say([line(`Found in ${cleanText(detected.source)}; trying it in the sandbox`, { tone: 'quiet' })]);
  try {
    const commit = await snapshotFor(repository, id, signal);
    const onStart = (command: string): void => {
      display.showStep(`Running ${cleanText(command)}`);
      if (surroundings.stderr.isTTY !== true) say([line(`Running ${cleanText(command)}`, { mark: '·' })]);
    };
    const { setUp, checks } = await surroundings.rehearse(
      {
        ...{ root, commit, dataFolder: dataFolderOf(options, surroundings) },
        ...{ setUp: detected.setUp, checks: detected.checks, network: options.network ?? defaultNetwork },
        ...{ onStart, watch: () => undefined },
      },
      signal,
    );
    const tried = setUp === null ? null : triedOf(detected.setUp ?? '', setUp);
    const found = detected.checks.map((check) => {
      const outcome = checks.find((other) => other.check.name === check.name)?.outcome;
      const result = outcome === undefined ? notRun(check.command) : triedOf(check.command, outcome);
      return { check, ...result };
    });
    say([
      ...(tried === null ? [] : [triedLine('set-up', tried)]),
      ...found.map((one) => triedLine(one.check.name, one)),
    ]);
    return {
      source: detected.source,
      commit,
      setUp: tried,
      checks: found,
      network: wordsOf(options.network),
    };
  } finally {
    const ref = nightjarRef('snapshots', id);
    await readGit(root, ['update-ref', '-d', ref], { signal: new AbortController().signal });
  }
}

async function snapshotFor(repository: Repository, id: string, signal: AbortSignal): Promise<string> {
  const { skipped, included } = await readManifest(repository, defaultManifestLimits, signal);
  const skip = skipped
    .filter(({ reason }) => reason === 'tooLarge' || reason === 'looksSecret')
    .map(({ path }) => path);
  const { commit } = await takeSnapshot(repository, { id, skip, include: included, now: new Date() }, signal);
  return commit;
}

function triedOf(command: string, result: CommandResult): Tried {
  return { command, durationMs: result.durationMs, failure: whyUnfit(result) };
}

function notRun(command: string): Tried {
  return { command, durationMs: 0, failure: 'not run, since the set-up failed' };
}

function triedLine(name: string, { command, durationMs, failure }: Tried): Line {
  const aside = [name === command ? '' : command, failure ?? '', duration(durationMs)].filter(Boolean);
  return line(cleanText(name), {
    ...(failure === null ? { mark: '✔', tone: 'good' as const } : { mark: '✖', tone: 'bad' as const }),
    aside: cleanText(aside.join(' · ')),
  });
}

function wordsOf(network: Network | undefined): readonly string[] | null {
  if (network === undefined) return null;
  return network.mode === 'hosts' ? network.hosts : [network.mode, ...network.hosts];
}

/** A promise to scripts: fields are only ever added. */
function initObject({ source, commit, setUp, checks }: FoundConfig) {
  return {
    ...{ source, commit, setUp },
    checks: checks.map(({ check, durationMs, failure }) => ({
      name: check.name,
      command: check.command,
      ...{ passed: failure === null, failure, durationMs },
    })),
  };
}
