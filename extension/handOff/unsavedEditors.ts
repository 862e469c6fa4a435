// Offers to save edited files before a hand-off: what is only in an editor is not in the working tree.
import * as vscode from 'vscode';
import { formatCount } from '../model/formatting.ts';

/** False where the user backs out. Editors of files outside `root` don't matter. */
export async function settleUnsavedEditors(isInside: (path: string) => boolean): Promise<boolean> {
  const unsaved = vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && isInside(uri.fsPath),
  );
  if (unsaved.length === 0) return true;
  const [save, without] = ['Save All', 'Hand Off Without Saving'];
  const chosen = await vscode.window.showWarningMessage(
    `${formatCount(unsaved.length, 'file')} ${unsaved.length === 1 ? 'has' : 'have'} unsaved changes.`,
    {
      modal: true,
      detail: `Only what is saved goes along. Not saved:\n${unsaved.map(({ uri }) => vscode.workspace.asRelativePath(uri)).join('\n')}`,
    },
    save,
    without,
  );
  if (chosen !== save) return chosen === without;
  const saved = await Promise.all(unsaved.map(async (document) => document.save()));
  return saved.every(Boolean);
}
