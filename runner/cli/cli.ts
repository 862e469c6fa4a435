// The program `nightjar`: all commands, one border for errors, an exit code at the end.
import { Command, CommanderError } from 'commander';
import { KnownError } from '../../shared/errors/errors.ts';
import type { CommandHost } from './clientCommand.ts';
import { addAgainCommand } from './commands/again.ts';
import { addAllowCommand } from './commands/allow.ts';
import { addCheckoutCommand } from './commands/checkout.ts';
import { addDiffCommand } from './commands/diff.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExtendCommand } from './commands/extend.ts';
import { addFollowCommand } from './commands/follow.ts';
import { addHandOffCommand } from './commands/handOff.ts';
import { addInitCommand } from './commands/init.ts';
import { addListCommand } from './commands/list.ts';
import { addLogCommand } from './commands/log.ts';
import { addPrioritizeCommand } from './commands/prioritize.ts';
import { addReplyCommand } from './commands/reply.ts';
import { addRunnerCommand } from './commands/runner.ts';
import { addShareCommand } from './commands/share.ts';
import { addShowCommand } from './commands/show.ts';
import { addStopCommand } from './commands/stop.ts';
import { addTokenCommand } from './commands/token.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { exitCodeOfError, exitCodes } from './exitCodes.ts';
import { reportError } from './reportError.ts';
import { columnsOf, type Surroundings } from './surroundings.ts';

const exitCodeHelp = `
Exit codes: 0 success (with --wait: verified), 1 failed, 2 usage, 3 runner unreachable, 4 needs input,
5 verify: signed by an unknown key, 6 verify: no evidence for this very commit.`;

/** Runs the command line `args` (without program and script) and gives its exit code; never rejects. */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const host: CommandHost = { surroundings, exitCode: exitCodes.ok };
  try {
    await createProgram(host).parseAsync(args, { from: 'user' });
    return host.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    const known = error instanceof CommanderError ? usageError(error) : error;
    reportError(known, surroundings, args.includes('--json'));
    return exitCodeOfError(known);
  }
}

function createProgram(host: CommandHost): Command {
  const { stdout, stderr, version } = host.surroundings;
  const program = new Command('nightjar')
    .description(
      'Hand coding tasks to background agents and get back branches whose checks were proved, not claimed.',
    )
    .version(version)
    .addHelpText('after', exitCodeHelp)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // Every error is told at one place, after parsing.
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(columnsOf(stdout), 110),
      getErrHelpWidth: () => Math.min(columnsOf(stderr), 110),
    });
  addHandOffCommand(program, host);
  addListCommand(program, host);
  addShowCommand(program, host);
  addFollowCommand(program, host);
  addReplyCommand(program, host);
  addStopCommand(program, host);
  addAgainCommand(program, host);
  addExtendCommand(program, host);
  addPrioritizeCommand(program, host);
  addAllowCommand(program, host);
  addShareCommand(program, host);
  addDiffCommand(program, host);
  addCheckoutCommand(program, host);
  addVerifyCommand(program, host);
  addInitCommand(program, host);
  addLogCommand(program, host);
  addDoctorCommand(program, host);
  addRunnerCommand(program, host);
  addTokenCommand(program, host);
  return program;
}

function usageError(error: CommanderError): KnownError {
  const detail =
    error.code === 'commander.help'
      ? 'A command is missing.'
      : error.message.replace(/^error: /, '').replace(/[^.]$/, '$&.');
  return new KnownError('usage', { detail: detail.charAt(0).toUpperCase() + detail.slice(1) });
}
