// The sandbox: runs commands through a launcher, keeps their output, watches what they use, and ends what they leave behind.
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KnownError } from '../../shared/errors/errors.ts';
import { runProcess, type ProcessOptions, type ProcessResult } from '../../shared/host/processes.ts';
import type { BlockedHost } from '../../shared/task/events.ts';
import type { Masker } from '../../shared/secrets/masker.ts';
import { namingDiskFull } from '../host/diskFull.ts';
import { privateFolders } from '../host/privateFolders.ts';
import type { Sandbox, SandboxCommand, SandboxPlace, SandboxQuestion } from '../tasks/ports.ts';
import { environmentFor } from './environment.ts';
import { commandVariable, type Launch, type Launcher } from './launcher.ts';
import { markName } from './leftovers.ts';
import { lineOf } from './limits.ts';
import { OutputLog } from './outputLog.ts';
import { beginCommand } from './runningCommands.ts';
import { Examination } from './selfTest.ts';
import type { UseWatch } from './useWatch.ts';

export interface SandboxOptions {
  readonly launcher: Launcher;
  /** Takes the secrets that it knows out of what is kept and shown; learns those that a task is granted. */
  readonly masker: Masker;
  readonly watch: UseWatch;
  /** Bytes of a command's output that its log file keeps. */
  readonly outputLimitBytes: number;
  /** Absolute; records there which commands run, for `endRecordedCommands`. */
  readonly commandsFolder: string;
  /** Absolute; a folder of the sandbox's own for trying itself out. */
  readonly trialFolder: string;
}

export interface OpenSandbox extends Sandbox, AsyncDisposable {}

/** All that a command started ends with it, as far as the launcher contains it or `endCommands` finds it. */
export function createSandbox(options: SandboxOptions): OpenSandbox {
  const { launcher } = options;
  const examination = new Examination(launcher, options.trialFolder, (question) =>
    execute(options, question),
  );
  const examined = async (signal: AbortSignal): Promise<void> => {
    const problem = await examination.result(signal);
    if (problem === null) return;
    throw new KnownError('sandboxUnavailable', { detail: problem.message, remedy: problem.remedy });
  };
  return {
    provider: launcher.provider,
    examine: (signal) => examination.result(signal),
    run: async (command) => {
      await examined(command.signal);
      return namingDiskFull(command.logFile, () => runLogged(options, command));
    },
    ask: async (question) => {
      await examined(question.signal);
      const { exitCode, timedOut, stdout, stderr } = await execute(options, { ...question, isOffline: true });
      // What the shell that writes a file says of a full disk; in a program's own output it stands in `stdout`.
      if (exitCode !== 0 && /No space left on device|Disk quota exceeded/.test(stderr.toString()))
        throw new KnownError('diskFull', { path: question.place.workspace });
      return { exitCode, timedOut, stdout };
    },
    [Symbol.asyncDispose]: () => launcher[Symbol.asyncDispose](),
  };
}

async function runLogged(options: SandboxOptions, command: SandboxCommand) {
  await mkdir(dirname(command.logFile), { recursive: true });
  const log = new OutputLog(command.logFile, options.outputLimitBytes, command.watch, options.masker);
  const streams = { onStdout: log.stream(), onStderr: log.stream() };
  try {
    const printed = (): number => log.bytes;
    const result = await execute(options, { ...command, streams, printed });
    if (result.endedFor !== null) streams.onStderr(Buffer.from(`\n[${result.endedFor}]\n`));
    if (result.blocked.length > 0) streams.onStderr(Buffer.from(`\n[${blockedWords(result.blocked)}]\n`));
    const { exitCode, timedOut, durationMs, blocked } = result;
    return { exitCode, timedOut, durationMs, blocked, tail: log.tail(), outputBytes: log.bytes };
  } finally {
    await log.close();
  }
}

function blockedWords(blocked: readonly BlockedHost[]): string {
  const hosts = blocked.map(({ host, count }) => (count === 1 ? host : `${host} (${count} times)`));
  return `The sandbox kept this command from the network: ${hosts.join(', ')}. Only the user can allow more.`;
}

type Execution = (SandboxCommand | SandboxQuestion) & {
  readonly streams?: Pick<ProcessOptions, 'onStdout' | 'onStderr'>;
  readonly printed?: () => number;
  /** It asks nothing of the network. */
  readonly isOffline?: boolean;
};

interface Executed extends ProcessResult {
  readonly blocked: readonly BlockedHost[];
  /** A sentence where a limit ended the command, else null. */
  readonly endedFor: string | null;
}

async function execute(options: SandboxOptions, execution: Execution): Promise<Executed> {
  const { place, signal } = execution;
  const { home, temporary } = privateFolders(place.workspace);
  for (const folder of [home, temporary]) await mkdir(folder, { recursive: true });
  learnSecrets(options.masker, place);
  const launched = await options.launcher.launchIn(place, signal);
  options.masker.add([{ name: 'sandbox proxy', value: launched.secretWord ?? '' }]);
  const launch = asAsked(launched, execution);
  await using running = await beginCommand(options.commandsFolder, options.launcher.isContained);
  const watched = options.watch.begin({ place, printed: execution.printed ?? (() => 0) });
  const ending = AbortSignal.any([signal, watched.exceeded]);
  try {
    const result = await runProcess({
      ...processOf(execution, launch),
      env: { ...environmentOf(place), [markName]: running.id, [commandVariable]: lineOf(execution.command) },
      signal: ending,
      timeoutMs: execution.timeoutMs,
      onStart: (pid) => {
        running.started(pid);
        watched.started(pid);
      },
    });
    if (result.timedOut) running.mayHaveLeft();
    return { ...result, blocked: await launch.takeBlocked(), endedFor: null };
  } catch (error) {
    running.mayHaveLeft();
    signal.throwIfAborted();
    if (!watched.exceeded.aborted) throw error;
    const blocked = await launch.takeBlocked();
    return { ...endedByLimit, durationMs: watched.elapsedMs(), blocked, endedFor: watched.reason() };
  } finally {
    watched.end();
  }
}

function asAsked(launch: Launch, { isOffline = false }: Execution): Launch {
  if (!isOffline || launch.offlineArgs === undefined) return launch;
  return { file: launch.file, args: launch.offlineArgs, takeBlocked: () => Promise.resolve([]) };
}

/** As a shell tells of a program that was killed. */
const endedByLimit = {
  exitCode: 137,
  timedOut: false,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
} as const;

function processOf(
  execution: Execution,
  { file, args }: Launch,
): Pick<ProcessOptions, 'file' | 'args'> & Partial<ProcessOptions> {
  return {
    file,
    args,
    cwd: execution.place.workspace,
    ...execution.streams,
    ...('outputBytes' in execution ? { collectBytes: execution.outputBytes } : {}),
    ...('input' in execution ? { input: execution.input } : {}),
  };
}

/** Before a command can print them. What is known already is known once more. */
function learnSecrets(masker: Masker, { secrets }: SandboxPlace): void {
  masker.add(secrets.map((name) => ({ name, value: process.env[name] ?? '' })));
}

/** The user granted these by name; one that the runner does not have any more is missing, as it would be anywhere. */
function environmentOf(place: SandboxPlace): Record<string, string | undefined> {
  const granted = place.secrets.map((name) => [name, process.env[name]] as const);
  return { ...environmentFor(place.workspace, process.env), ...Object.fromEntries(granted) };
}
