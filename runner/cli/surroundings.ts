// What the command line needs of the process that it runs in, so that tests can stand in for one.
import type { Rehearse } from '../tasks/rehearsal.ts';
import type { Screen } from './display/liveRegion.ts';
import { createPaint, wantsColour, type Paint } from './display/paint.ts';

/** A place for text: `process.stdout` fits. */
export interface TextOutput extends Screen {
  readonly isTTY?: boolean;
}

/** What somebody has to know to come to a runner. */
export interface ServedAt {
  readonly url: string;
  /** SHA-256 of its certificate; null without TLS. */
  readonly fingerprint: string | null;
}

export interface ServeOptions {
  /** Absolute. */
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  /** Files are absolute. Where it is missing the configuration decides. */
  readonly tls?: 'selfMade' | { readonly cert: string; readonly key: string };
  /** Where it is missing the configuration decides. */
  readonly sandboxMode?: 'off' | 'external';
  /** Called once clients may come. */
  readonly onListening: (at: ServedAt) => void;
}

/** How to serve in the foreground; resolves when the runner has ended. */
export type Serve = (options: ServeOptions, signal: AbortSignal) => Promise<void>;

export interface Surroundings {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute folder in which the command was given. */
  readonly cwd: string;
  /** Aborted by Ctrl+C and by a request to end. */
  readonly signal: AbortSignal;
  /** Absolute path of the program's own file, with which a local runner is started. */
  readonly entry: string;
  readonly version: string;
  readonly serve: Serve;
  readonly rehearse: Rehearse;
}

/** Colours for one of the outputs. */
export function paintFor(surroundings: Pick<Surroundings, 'env'>, output: TextOutput): Paint {
  return createPaint(wantsColour(surroundings.env, isTerminal(output)));
}

export function isTerminal(output: TextOutput): boolean {
  return output.isTTY === true;
}

/** Whether lines can be painted over in it: a dumb terminal only scrolls. */
export function canRepaint(surroundings: Pick<Surroundings, 'env'>, output: TextOutput): boolean {
  return isTerminal(output) && surroundings.env['TERM'] !== 'dumb';
}

/** Columns that a line may take: unlimited in a pipe, where nothing is cut. */
export function columnsOf(output: TextOutput): number {
  return isTerminal(output) ? (output.columns ?? 80) : Infinity;
}

/**
 * The real process. Ctrl+C aborts the signal; a second one ends the process at once.
 * A reader that closes our output early (`nightjar list | head`) ends the command quietly.
 */
export function processSurroundings(
  program: Pick<Surroundings, 'entry' | 'version' | 'serve' | 'rehearse'>,
): Surroundings {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  process.once('SIGINT', abort);
  process.once('SIGTERM', abort);
  process.once('SIGHUP', abort);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      controller.abort();
    });
  }
  return {
    ...program,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: controller.signal,
  };
}
