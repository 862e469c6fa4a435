// A rehearsal: a project's set-up and checks on a clean checkout of one commit, without a task and without an agent.
import type { Network } from '../../shared/spec/network.ts';
import type { Check } from '../../shared/spec/spec.ts';
import type { CheckOutcome, CommandResult } from './ports.ts';

export interface RehearsalOptions {
  /** Absolute path of the user's working tree. */
  readonly root: string;
  /** Commit id. */
  readonly commit: string;
  /** Absolute; the configuration of the runner there counts, and no command sees it. */
  readonly dataFolder: string;
  readonly setUp: string | null;
  readonly checks: readonly Check[];
  readonly network: Network;
  readonly onStart: (command: string) => void;
  /** Live text of the running command. */
  readonly watch: (text: string) => void;
}

export interface RehearsedCheck {
  readonly check: Check;
  readonly outcome: CheckOutcome;
}

export interface Rehearsal {
  /** Null where there was nothing to set up. */
  readonly setUp: CommandResult | null;
  /** None of them ran where the set-up failed. */
  readonly checks: readonly RehearsedCheck[];
}

/** Throws KnownError `sandboxUnavailable`, `diskFull`. Cancelled or not, it leaves nothing behind. */
export type Rehearse = (options: RehearsalOptions, signal: AbortSignal) => Promise<Rehearsal>;

/** Why a command of a rehearsal is not fit to be a check, in a sentence for its author; null for one that is. */
export function whyUnfit(
  result: Pick<CommandResult, 'exitCode' | 'timedOut' | 'blocked' | 'tail'>,
): string | null {
  const { exitCode, timedOut, blocked, tail } = result;
  if (exitCode === 0 && !timedOut) return null;
  const hosts = blocked.map(({ host }) => host).join(', ');
  const words = [
    timedOut ? 'it did not come to an end in time' : `exit code ${exitCode}`,
    ...(exitCode === 127 && !timedOut ? ['a command was not found'] : []),
    ...(hosts === '' ? [] : [`the sandbox kept it from ${hosts}`]),
    ...(/not a (?:tty|terminal)|no tty|ioctl for device|raw mode/i.test(tail)
      ? ['it asks for a terminal']
      : []),
  ];
  return words.join('; ');
}
