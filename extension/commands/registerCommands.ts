// The one door through which commands are registered: whatever they throw is caught and shown here.
import * as vscode from 'vscode';
import { commands } from './commands.ts';
import type { CommandDoors } from './doors.ts';
import { reportError } from './reportError.ts';

/** Disposing ends the commands that are running. */
export function registerCommands(doors: CommandDoors): vscode.Disposable {
  const closing = new AbortController();
  const registered = commands.map((command) =>
    vscode.commands.registerCommand(command.id, async (...args: unknown[]) => {
      try {
        await command.run(doors, args, closing.signal);
      } catch (error) {
        reportError(error, doors, closing.signal);
      }
    }),
  );
  return vscode.Disposable.from(...registered, new vscode.Disposable(() => closing.abort()));
}
