// Runs the command line in the test's own process and keeps what it prints.
import { runCommandLine } from '../../../runner/cli/cli.ts';
import type { Serve, Surroundings } from '../../../runner/cli/surroundings.ts';

export interface CommandRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly serve?: Serve;
  readonly rehearse?: Surroundings['rehearse'];
  /** Called with all of standard output so far, after each piece. */
  readonly onStdout?: (text: string) => void;
}

/** Runs `nightjar` with these arguments as in a pipe: no terminal, no colour. */
export async function runNightjar(args: readonly string[], options: RunOptions = {}): Promise<CommandRun> {
  let stdout = '';
  let stderr = '';
  const surroundings: Surroundings = {
    stdout: {
      write: (text: string) => {
        stdout += text;
        options.onStdout?.(stdout);
      },
    },
    stderr: { write: (text: string) => (stderr += text) },
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    signal: options.signal ?? new AbortController().signal,
    entry: '/nowhere/main.ts',
    version: '1.2.3',
    rehearse: options.rehearse ?? (() => Promise.reject(new Error('nothing is to be run here'))),
    serve: options.serve ?? (() => Promise.reject(new Error('nothing is to be served here'))),
  };
  const exitCode = await runCommandLine(args, surroundings);
  return { exitCode, stdout, stderr };
}
