// Runs one check on a clean checkout and reads what failed.
import type { Check } from '../../shared/spec/spec.ts';
import type { Problem } from '../../shared/task/events.ts';
import type { CheckRunner, CommandResult, Sandbox } from '../tasks/ports.ts';
import { fileMadeBy, judge } from './expectation.ts';
import { writtenAt } from './madeFile.ts';
import { readProblems } from './readProblems.ts';

/** A check has passed when it came in time to what is expected of it: exit code 0 alone, where nothing is said. */
export function createCheckRunner({ sandbox }: { readonly sandbox: Sandbox }): CheckRunner {
  return {
    async run(check, { place, logFile, imageFile, baselineCoverage }, signal, watch) {
      const { command, timeoutMs, expect } = check;
      const root = place.workspace;
      const made = fileMadeBy(expect);
      const madeBefore = made === null ? null : await writtenAt(root, made);
      const result = await sandbox.run({ command, place, timeoutMs, signal, logFile, watch });
      const ran = { result, logFile, root, madeBefore, imageFile, baselineCoverage };
      const { fault, ...judged } = await judge(expect, ran, signal);
      const passed = fault === null;
      const found = await readProblems(logFile, { root }, signal);
      const missing = missingCommand(check, result) ?? unexpected(check, fault);
      // What a passing check calls an error is its own business.
      const problems = passed
        ? found.problems.filter((problem) => problem.severity === 'warning')
        : found.problems;
      return {
        ...result,
        ...judged,
        passed,
        problems: missing === null || passed ? problems : [missing, ...problems.slice(0, 199)],
        problemsLeftOut: found.leftOut,
      };
    },
  };
}

/** Where exit code 0 is all that counts, the code itself says what is wrong. */
function unexpected({ expect, name }: Check, fault: string | null): Problem | null {
  if (fault === null || expect === undefined) return null;
  const fingerprint = `expectation ${name}`;
  return { file: null, line: null, column: null, severity: 'error', message: fault, fingerprint };
}

/** What a shell says of a command that it can't find: `bash: line 1: name: command not found`, `sh: 1: name: not found`. */
function missingCommand(check: Check, { exitCode, tail }: CommandResult): Problem | null {
  if (exitCode !== 127) return null;
  const [, name] = /([^\s:]+): (?:command )?not found/.exec(tail) ?? [];
  const message = `The command was not found: ${name ?? check.command}`;
  return { file: null, line: null, column: null, severity: 'error', message };
}
