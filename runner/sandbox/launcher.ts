// The ways to start a command: each provider of the sandbox is one.
import type { BlockedHost, SandboxProvider } from '../../shared/task/events.ts';
import type { SandboxProblem } from '../../shared/protocol/requests.ts';
import type { SandboxPlace } from '../tasks/ports.ts';

/** A program that runs the shell line in the variable `commandVariable`, in the place that it was made for. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  /** Arguments with which it has no way to the network at all; absent where that is no faster. */
  readonly offlineArgs?: readonly string[];
  /** What stands in the command's environment and is for nobody to see. */
  readonly secretWord?: string | null;
  /** What commands in this place were kept from since the last time somebody asked. */
  readonly takeBlocked: () => Promise<readonly BlockedHost[]>;
}

export interface Launcher extends AsyncDisposable {
  readonly provider: SandboxProvider;
  /** Whether all that a command starts ends with it, whatever it does. */
  readonly isContained: boolean;
  /** Throws KnownError `sandboxUnavailable`. */
  launchIn(place: SandboxPlace, signal: AbortSignal): Promise<Launch>;
  /** What is missing before a command can be tried at all; null where nothing is. */
  missing(signal: AbortSignal): Promise<SandboxProblem | null>;
}

/** The variable in which a command line reaches its shell: whatever wraps the shell need not quote it. */
export const commandVariable = 'NIGHTJAR_COMMAND';
