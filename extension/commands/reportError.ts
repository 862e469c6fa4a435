// Shows the user what a command met: known errors with what to do, bugs as a plain sentence.
import * as vscode from 'vscode';
import type { ErrorCode } from '../../shared/errors/catalogue.ts';
import { isCancellation, KnownError } from '../../shared/errors/errors.ts';

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
export function reportError(error: unknown, log: vscode.LogOutputChannel): void {
  if (isCancellation(error)) return;
  const shown = error instanceof KnownError ? showKnown(error, log) : showBug(error, log);
  shown.then(undefined, (failure: unknown) => {
    log.error(failure instanceof Error ? failure : String(failure));
  });
}

async function showKnown(error: KnownError, log: vscode.LogOutputChannel): Promise<void> {
  log.warn(`${error.code}: ${error.message}`);
  const remedy = await availableRemedy(error.code);
  const buttons = remedy === undefined ? [showLog] : [remedy.label];
  const chosen = await vscode.window.showErrorMessage(`${error.message} ${error.remedy}`, ...buttons);
  if (chosen === showLog) log.show();
  else if (chosen !== undefined && remedy !== undefined) await vscode.commands.executeCommand(remedy.command);
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
