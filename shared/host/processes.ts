// The only place that starts processes: groups of their own, bounded output, TERM then KILL for the whole tree.
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Milliseconds between asking a process group to end and killing it. */
const graceMs = 2_000;

export interface ProcessOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment; the parent's is never inherited silently. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborting ends the whole process group and rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds until the group is ended; the result then says `timedOut`. */
  readonly timeoutMs?: number;
  /** Written to standard input, which is then closed; without it standard input is empty. */
  readonly input?: string | Uint8Array | Readable;
  /** Told the process's number, which is its group's too (but on Windows), as soon as it runs. */
  readonly onStart?: (pid: number) => void;
  /** Called with each piece of standard output; without it the output is collected. */
  readonly onStdout?: (chunk: Buffer) => void;
  /** The same for standard error. */
  readonly onStderr?: (chunk: Buffer) => void;
  /** Bytes kept of each collected stream; the rest is read and dropped. Default 64 MiB. */
  readonly collectBytes?: number;
}

export interface ProcessResult {
  /** Exit code; a process ended by a signal counts as 128 + its number, as in a shell. */
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly durationMs: number;
}

/**
 * Runs a program to its end. A non-zero exit is a result, not an error.
 * Rejects when the program can't be started (`ENOENT`, …) or when `signal` is aborted; both
 * only after the whole group is gone.
 */
export async function runProcess(options: ProcessOptions): Promise<ProcessResult> {
  options.signal.throwIfAborted();
  const startedAt = performance.now();
  const child = spawn(options.file, options.args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const stdout = new Collector(options.collectBytes);
  const stderr = new Collector(options.collectBytes);
  child.stdout?.on(
    'data',
    options.onStdout ??
      ((chunk: Buffer) => {
        stdout.add(chunk);
      }),
  );
  child.stderr?.on(
    'data',
    options.onStderr ??
      ((chunk: Buffer) => {
        stderr.add(chunk);
      }),
  );
  let timedOut = false;
  const group = new ProcessGroup(child);
  const onAbort = (): void => {
    group.end();
  };
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          group.end();
        }, options.timeoutMs);
  options.signal.addEventListener('abort', onAbort, { once: true });
  try {
    feed(child, options.input);
    const exitCode = await exitOf(child);
    options.signal.throwIfAborted();
    return {
      exitCode,
      timedOut,
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      durationMs: performance.now() - startedAt,
    };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', onAbort);
    group.sweep();
  }
}

/** Starts a program that outlives this process (the local runner); its output goes to an open file. */
export function startDetached(options: {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Descriptor of an open file for both output streams; the caller closes its own copy. */
  readonly logDescriptor: number;
}): ChildProcess {
  const child = spawn(options.file, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', options.logDescriptor, options.logDescriptor],
  });
  child.unref();
  return child;
}

/**
 * Starts a program that serves this one until its standard input is closed, which happens by itself when this process
 * ends. In a group of its own, so that Ctrl+C in a terminal leaves its end to us; what it left in that is killed once it has ended.
 */
export function startCompanion(options: {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): ChildProcessWithoutNullStreams {
  const child = spawn(options.file, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: 'pipe',
  });
  child.once('exit', () => new ProcessGroup(child).sweep());
  return child;
}

/** Keeps the first bytes of a stream, up to a limit. */
class Collector {
  readonly #chunks: Buffer[] = [];
  #left: number;

  constructor(limitBytes = 64 * 1024 * 1024) {
    this.#left = limitBytes;
  }

  add(chunk: Buffer): void {
    if (this.#left <= 0) return;
    this.#chunks.push(chunk.subarray(0, this.#left));
    this.#left -= chunk.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/** A child and all that it started, as far as the platform lets us name them: its process group. */
class ProcessGroup {
  readonly #child: ChildProcess;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Asks the group to end, and kills what is left of it after the grace. */
  end(): void {
    this.#signal('SIGTERM');
    this.#killTimer ??= setTimeout(() => {
      this.#signal('SIGKILL');
    }, graceMs);
  }

  /** Kills what the child left behind in its group. */
  sweep(): void {
    clearTimeout(this.#killTimer);
    this.#signal('SIGKILL');
  }

  #signal(name: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill(name);
      else process.kill(-pid, name);
    } catch {
      // The group is gone already: that is what was wanted.
    }
  }
}

function feed(child: ChildProcess, input: ProcessOptions['input']): void {
  if (input === undefined || child.stdin === null) return;
  // A program may exit without reading all of its input; its exit code tells, the broken pipe doesn't matter.
  child.stdin.on('error', () => undefined);
  if (typeof input === 'string' || input instanceof Uint8Array) child.stdin.end(input);
  else pipeline(input, child.stdin).catch(() => undefined);
}

async function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // 'close' follows 'exit' once both streams are read, unless a stray grandchild holds them open.
    child.once('exit', (code, signalName) => {
      const exitCode = code ?? 128 + (signalName === null ? 0 : constants.signals[signalName]);
      const settle = (): void => {
        resolve(exitCode);
      };
      child.once('close', settle);
      setTimeout(settle, 1_000).unref();
    });
  });
}
