// Decides which line may be typed into a terminal of this machine to mend the runner's sandbox.
import type { SandboxProblem } from '../../shared/protocol/requests.ts';

/** `address` is the one that the settings name. Null where the runner is elsewhere, or no such line is known. */
export function lineForTerminal(problem: SandboxProblem | null, address: string): string | null {
  if (address.trim() !== '') return null;
  const command = problem?.command ?? null;
  // A line end would run what stands before it, and other control characters act on the shell.
  return command === null || /\p{Cc}/u.test(command) ? null : command;
}
