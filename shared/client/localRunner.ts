// Finds this machine's own runner, and starts one where none answers.
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KnownError } from '../errors/errors.ts';
import { startDetached } from '../host/processes.ts';
import type { RunnerAddress } from './runnerAddress.ts';
import { findRunner } from './runnerProbe.ts';
import { tryStartLock } from './startLock.ts';

export interface LocalRunnerLaunch {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment of the runner. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface LocalRunnerOptions {
  /** Absolute. */
  readonly dataFolder: string;
  readonly launch: LocalRunnerLaunch;
  /** Milliseconds that a runner may take to answer; half a minute by default, since a cold disk and a busy machine are slow. */
  readonly startTimeoutMs?: number;
}

const defaultStartTimeoutMs = 30_000;
const pollMs = 50;
/** Bytes of the log that an error shows. */
const tailBytes = 2_000;
/** Bytes above which the log of earlier runners is thrown away. */
const maxLogBytes = 5 * 1024 * 1024;

/**
 * Reuses the runner of `dataFolder` or starts one, which outlives this process. Of several clients at the same time
 * one starts it. Throws KnownError runnerDidNotStart with the end of its log.
 */
export async function findOrStartLocalRunner(
  options: LocalRunnerOptions,
  signal: AbortSignal,
): Promise<RunnerAddress> {
  try {
    return await findOrStart(options, signal);
  } catch (error) {
    // The data folder can't be made or written: the operating system's words say why.
    if (error instanceof Error && 'syscall' in error)
      throw didNotStart(options.dataFolder, error.message, error);
    throw error;
  }
}

async function findOrStart(options: LocalRunnerOptions, signal: AbortSignal): Promise<RunnerAddress> {
  const { dataFolder, startTimeoutMs = defaultStartTimeoutMs } = options;
  const deadlineMs = Date.now() + 2 * startTimeoutMs;
  for (;;) {
    const found = await findRunner(dataFolder, signal);
    if (found !== null) return found;
    await using lock = await tryStartLock(dataFolder);
    // Another client may have been quicker between the look and the lock.
    if (lock !== null) return (await findRunner(dataFolder, signal)) ?? (await startRunner(options, signal));
    if (Date.now() > deadlineMs) throw didNotStart(dataFolder, 'another program holds its start.lock');
    await delay(pollMs, undefined, { signal });
  }
}

async function startRunner(options: LocalRunnerOptions, signal: AbortSignal): Promise<RunnerAddress> {
  const { dataFolder, launch, startTimeoutMs = defaultStartTimeoutMs } = options;
  const log = await openLog(dataFolder);
  const start = new Start(
    startDetached({ ...launch, cwd: dataFolder, env: launch.env, logDescriptor: log.descriptor }),
  );
  await log.close();
  const deadlineMs = Date.now() + startTimeoutMs;
  for (;;) {
    // Asked first: what ended may have done so because another runner is there.
    const { ending } = start;
    const found = await findRunner(dataFolder, signal);
    if (found !== null) return found;
    if (ending !== null || Date.now() > deadlineMs) {
      start.cancel();
      const reason = ending ?? `it did not answer within ${startTimeoutMs / 1_000} s`;
      throw didNotStart(dataFolder, [reason, await log.readTail()].filter((part) => part !== '').join('\n'));
    }
    await delay(pollMs, undefined, { signal });
  }
}

/** A process that was started, and how it ended if it has. */
class Start {
  readonly #child: ReturnType<typeof startDetached>;
  ending: string | null = null;

  constructor(child: ReturnType<typeof startDetached>) {
    this.#child = child;
    child.once('error', (error) => (this.ending = error.message));
    child.once('exit', (code, name) => (this.ending = `it ended with ${name ?? `exit code ${code}`}`));
  }

  cancel(): void {
    if (this.ending === null) this.#child.kill();
  }
}

interface RunnerLog {
  readonly descriptor: number;
  close(): Promise<void>;
  /** The end of what was written since the opening. */
  readTail(): Promise<string>;
}

async function openLog(dataFolder: string): Promise<RunnerLog> {
  const file = join(dataFolder, 'runner.log');
  const handle = await open(file, 'a', 0o600);
  let { size } = await handle.stat();
  if (size > maxLogBytes) {
    await handle.truncate();
    size = 0;
  }
  return {
    descriptor: handle.fd,
    close: async () => handle.close(),
    readTail: async () => (await readFile(file)).subarray(size).subarray(-tailBytes).toString().trim(),
  };
}

function didNotStart(dataFolder: string, detail: string, cause?: unknown): KnownError {
  return new KnownError('runnerDidNotStart', { detail, log: join(dataFolder, 'runner.log') }, cause);
}
