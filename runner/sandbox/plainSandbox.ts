// The sandbox that isolates nothing but the environment: a process group that ends with the command.
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { existsSync } from 'node:fs';
import { runProcess, type ProcessResult } from '../../shared/host/processes.ts';
import { namingDiskFull } from '../host/diskFull.ts';
import { privateFolders } from '../host/privateFolders.ts';
import type { CommandResult, Sandbox, SandboxCommand } from '../tasks/ports.ts';
import { environmentFor, shellOn } from './environment.ts';
import { markName } from './leftovers.ts';
import { OutputLog } from './outputLog.ts';
import { beginCommand, type RunningCommand } from './runningCommands.ts';

export interface PlainSandboxOptions {
  /** Bytes of a command's output that its log file keeps. */
  readonly outputLimitBytes: number;
  /** Absolute; records there which commands run, for `endRecordedCommands`. */
  readonly commandsFolder: string;
}

/**
 * Commands run as the runner's user, with a home and a temporary folder of their own beside the workspace.
 * All that a command started ends with it, as far as `endCommands` finds it.
 */
export function createPlainSandbox({ outputLimitBytes, commandsFolder }: PlainSandboxOptions): Sandbox {
  return {
    provider: 'none',
    run: (command) =>
      namingDiskFull(command.logFile, async () => {
        const { home, temporary } = privateFolders(command.workspace);
        for (const folder of [home, temporary, dirname(command.logFile)])
          await mkdir(folder, { recursive: true });
        const log = new OutputLog(command.logFile, outputLimitBytes, command.watch);
        try {
          await using running = await beginCommand(commandsFolder);
          const result = await runInGroup(command, running, log);
          return resultOf(result, log);
        } finally {
          await log.close();
        }
      }),
  };
}

async function runInGroup(
  command: SandboxCommand,
  running: RunningCommand,
  log: OutputLog,
): Promise<Omit<ProcessResult, 'stdout' | 'stderr'>> {
  const env = environmentFor(command.workspace, process.env);
  const [file, ...args] =
    typeof command.command === 'string' ? [shellOn(env['PATH']), '-c', command.command] : command.command;
  if (file === undefined) throw new Error('a command needs a program');
  const { folder: cwd, signal, timeoutMs } = command;
  try {
    return await runProcess({
      file,
      args,
      cwd,
      env: { ...env, [markName]: running.id },
      signal,
      timeoutMs,
      onStart: running.started,
      onStdout: log.stream(),
      onStderr: log.stream(),
    });
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT' && existsSync(cwd);
    if (!isMissing) throw error;
    // What a shell would say.
    log.stream()(Buffer.from(`${file}: command not found\n`));
    return { exitCode: 127, timedOut: false, durationMs: 0 };
  }
}

function resultOf(
  { exitCode, timedOut, durationMs }: Omit<ProcessResult, 'stdout' | 'stderr'>,
  log: OutputLog,
): CommandResult {
  return { exitCode, timedOut, durationMs, tail: log.tail(), outputBytes: log.bytes };
}
