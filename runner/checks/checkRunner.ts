// Runs one check on a clean checkout and reads what failed.
import { open } from 'node:fs/promises';
import type { Check } from '../../shared/spec/spec.ts';
import type { Problem } from '../../shared/task/events.ts';
import type { CheckRunner, CommandResult, Sandbox } from '../tasks/ports.ts';
import { parseProblems } from './parseProblems.ts';

/** Failures stand at the end of a log. */
const parsedBytes = 8 * 1024 * 1024;

/** A check has passed when it ended with exit code 0 in time: nothing that it printed can change that. */
export function createCheckRunner({ sandbox }: { readonly sandbox: Sandbox }): CheckRunner {
  return {
    async run(check, { place, logFile }, signal, watch) {
      const { command, timeoutMs } = check;
      const result = await sandbox.run({ command, place, timeoutMs, signal, logFile, watch });
      const passed = result.exitCode === 0 && !result.timedOut;
      const found = parseProblems(await endOf(logFile), { root: place.workspace });
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

async function endOf(file: string): Promise<string> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const length = Math.min(size, parsedBytes);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8', 0, bytesRead);
}
