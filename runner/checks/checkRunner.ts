// Runs one check on a clean checkout and reads what failed.
import type { Check } from '../../shared/spec/spec.ts';
import type { Problem } from '../../shared/task/events.ts';
import type { CheckRunner, CommandResult, Sandbox } from '../tasks/ports.ts';
import { readProblems } from './readProblems.ts';

/** A check has passed when it ended with exit code 0 in time: nothing that it printed can change that. */
export function createCheckRunner({ sandbox }: { readonly sandbox: Sandbox }): CheckRunner {
  return {
    async run(check, { place, logFile }, signal, watch) {
      const { command, timeoutMs } = check;
      const result = await sandbox.run({ command, place, timeoutMs, signal, logFile, watch });
      const passed = result.exitCode === 0 && !result.timedOut;
      const found = await readProblems(logFile, { root: place.workspace }, signal);
      const missing = missingCommand(check, result);
      // What a passing check calls an error is its own business.
      const problems = passed
        ? found.problems.filter((problem) => problem.severity === 'warning')
        : found.problems;
      return {
        ...result,
        passed,
        problems: missing === null ? problems : [missing, ...problems.slice(0, 199)],
        problemsLeftOut: found.leftOut,
      };
    },
  };
}

/** What a shell says of a command that it can't find: `bash: line 1: name: command not found`, `sh: 1: name: not found`. */
function missingCommand(check: Check, { exitCode, tail }: CommandResult): Problem | null {
  if (exitCode !== 127) return null;
  const [, name] = /([^\s:]+): (?:command )?not found/.exec(tail) ?? [];
  const message = `The command was not found: ${name ?? check.command}`;
  return { file: null, line: null, column: null, severity: 'error', message };
}
