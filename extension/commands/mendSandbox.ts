// What helps where the runner's sandbox doesn't work: the one line for a terminal, typed but not run.
import * as vscode from 'vscode';
import { KnownError } from '../../shared/errors/errors.ts';
import { readSetting } from '../host/settings.ts';
import { lineForTerminal } from '../model/sandboxRemedy.ts';
import type { CommandDoors } from './doors.ts';

/** Throws KnownError sandboxUnavailable, whose message has the button, where it still doesn't work. */
export async function mendSandbox(doors: CommandDoors, signal: AbortSignal): Promise<void> {
  const problem = await doors.examineSandbox(signal);
  if (problem !== null)
    throw new KnownError('sandboxUnavailable', { detail: problem.message, remedy: problem.remedy });
  vscode.window.showInformationMessage('The sandbox of the runner works: tasks can run.');
}

/** Opens a terminal with the line that mends it. Undefined for a runner elsewhere, and where no such line is known. */
export async function terminalToMend(
  doors: CommandDoors,
  signal: AbortSignal,
): Promise<(() => void) | undefined> {
  const line = lineForTerminal(await doors.examineSandbox(signal), readSetting('runner.address'));
  if (line === null) return undefined;
  return () => {
    const terminal = vscode.window.createTerminal('Nightjar');
    terminal.show();
    // The user reads it, and runs it or not.
    terminal.sendText(line, false);
  };
}
