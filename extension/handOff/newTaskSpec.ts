// New Task Spec: opens a spec to fill in, not saved before the user says where.
import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { newSpecTemplate } from '../../shared/spec/newSpecTemplate.ts';

export async function newTaskSpec(): Promise<void> {
  const document = await vscode.workspace.openTextDocument(await freeUri());
  const editor = await vscode.window.showTextDocument(document);
  if (document.getText() !== '') return;
  await editor.insertSnippet(
    new vscode.SnippetString().appendText(newSpecTemplate),
    new vscode.Position(0, 0),
  );
}

/** A name in the first folder that no file has yet. */
async function freeUri(): Promise<vscode.Uri> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? 'new.task.md' : `new-${number}.task.md`;
    if (folder === undefined) return vscode.Uri.from({ scheme: 'untitled', path: name });
    const file = vscode.Uri.joinPath(folder.uri, name);
    const isTaken = await stat(file.fsPath).then(
      () => true,
      () => false,
    );
    if (!isTaken) return file.with({ scheme: 'untitled' });
  }
}
