// Shows the user what a command met: known errors with what to do, bugs as a plain sentence.
import * as vscode from 'vscode';
import type { ErrorCode } from '../../shared/errors/catalogue.ts';
import { isCancellation, KnownError } from '../../shared/errors/errors.ts';
import type { CommandDoors } from './doors.ts';
import { terminalToMend } from './mendSandbox.ts';

interface Remedy {
  readonly label: string;
  readonly command: string;
}

const connect: Remedy = { label: 'Connect…', command: 'nightjar.connectRunner' };
const sourceControl: Remedy = { label: 'Open Source Control', command: 'workbench.view.scm' };

/** A button for errors whose remedy is one command away. */
const remedies: Partial<Record<ErrorCode, Remedy>> = {
  notARepository: { label: 'Initialize Repository', command: 'git.init' },
  checkoutBlocked: sourceControl,
  changedWhileShipping: { label: 'Hand Off Again', command: 'nightjar.handOff' },
  runnerUnreachable: connect,
  tokenMissing: connect,
  tokenWrong: connect,
  tokenRevoked: connect,
  certificateUnknown: connect,
  certificateChanged: connect,
  modelNotConfigured: connect,
  modelKeyRefused: connect,
};

const showLog = 'Show Log';

/** Returns at once; the message stays until the user closes it. A cancellation is silent. */
export function reportError(error: unknown, doors: CommandDoors, signal: AbortSignal): void {
  const { log } = doors;
  if (isCancellation(error)) return;
  const shown = error instanceof KnownError ? showKnown(error, doors, signal) : showBug(error, log);
  shown.then(undefined, (failure: unknown) => {
    if (!isCancellation(failure)) log.error(failure instanceof Error ? failure : String(failure));
  });
}

async function showKnown(error: KnownError, doors: CommandDoors, signal: AbortSignal): Promise<void> {
  const { log } = doors;
  log.warn(`${error.code}: ${error.message}`);
  const button = await buttonFor(error.code, doors, signal);
  const chosen = await vscode.window.showErrorMessage(
    `${error.message} ${error.remedy}`,
    button?.label ?? showLog,
  );
  if (chosen === showLog) log.show();
  else if (chosen !== undefined) await button?.press();
}

interface Button {
  readonly label: string;
  press(): Thenable<unknown> | undefined;
}

async function buttonFor(
  code: ErrorCode,
  doors: CommandDoors,
  signal: AbortSignal,
): Promise<Button | undefined> {
  if (code === 'sandboxUnavailable') {
    // A runner that is gone meanwhile must not keep the message from being shown.
    const open = await terminalToMend(doors, signal).catch(() => undefined);
    if (open === undefined) return undefined;
    const press = (): undefined => {
      open();
    };
    return { label: 'Open Terminal', press };
  }
  const remedy = await availableRemedy(code);
  if (remedy === undefined) return undefined;
  const { label, command } = remedy;
  return { label, press: () => vscode.commands.executeCommand(command) };
}

/** Commands of another extension are not there where it is disabled. */
async function availableRemedy(code: ErrorCode): Promise<Remedy | undefined> {
  const remedy = remedies[code];
  if (remedy === undefined) return undefined;
  return (await vscode.commands.getCommands()).includes(remedy.command) ? remedy : undefined;
}

async function showBug(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  log.error(error instanceof Error ? error : String(error));
  const words = error instanceof Error ? error.message : String(error);
  const chosen = await vscode.window.showErrorMessage(
    `Nightjar met an unexpected problem: ${words}`,
    showLog,
  );
  if (chosen === showLog) log.show();
}
