// Where the editor enters: starts the extension.
import type * as vscode from 'vscode';
import { startExtension } from './extension.ts';

/** Called once by the editor; all that is started ends with the context's subscriptions. */
export function activate(context: vscode.ExtensionContext): void {
  startExtension(context);
}
