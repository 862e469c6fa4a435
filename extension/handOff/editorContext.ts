// Gathers what the editor knows about the work: active file, selections, open files, problems, instruction files.
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Repository } from '../../shared/repository/openRepository.ts';
import { findInstructionFiles } from '../../shared/repository/instructionFiles.ts';
import type { EditorContext, EditorProblem, EditorSelection } from '../../shared/task/context.ts';
import { boundContext } from '../model/contextBounds.ts';
import type { RelativePath } from './repositoryPaths.ts';

const severityNames = ['error', 'warning', 'information', 'hint'] as const;

/** Bounded. Only files inside the repository count; the spec's own editor is no context. */
export async function gatherContext(
  repository: Repository,
  folder: string,
  relativePath: RelativePath,
  spec: vscode.Uri | undefined,
  signal: AbortSignal,
): Promise<EditorContext> {
  const pathOf = (uri: vscode.Uri): string | undefined =>
    uri.scheme === 'file' && uri.toString() !== spec?.toString() ? relativePath(uri.fsPath) : undefined;
  const active = vscode.window.activeTextEditor?.document.uri;
  const activeFile = active === undefined ? undefined : pathOf(active);
  const start = activeFile === undefined ? folder : dirname(join(repository.root, activeFile));
  return boundContext({
    activeFile: activeFile ?? null,
    selections: vscode.window.visibleTextEditors.flatMap((editor) =>
      selectionsOf(editor, pathOf(editor.document.uri)),
    ),
    openFiles: openFiles(pathOf),
    problems: problems(pathOf),
    instructionFiles: await findInstructionFiles(repository, start, signal),
  });
}

function selectionsOf(editor: vscode.TextEditor, path: string | undefined): EditorSelection[] {
  if (path === undefined) return [];
  return editor.selections.map((selection) => ({
    path,
    startLine: selection.start.line + 1,
    endLine: selection.end.line + 1,
    text: editor.document.getText(selection),
  }));
}

function openFiles(pathOf: (uri: vscode.Uri) => string | undefined): string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .map(({ input }) => (input instanceof vscode.TabInputText ? pathOf(input.uri) : undefined))
    .filter((path) => path !== undefined);
}

function problems(pathOf: (uri: vscode.Uri) => string | undefined): EditorProblem[] {
  return vscode.languages.getDiagnostics().flatMap(([uri, diagnostics]) => {
    const path = pathOf(uri);
    return path === undefined ? [] : diagnostics.map((diagnostic) => problemOf(path, diagnostic));
  });
}

function problemOf(path: string, diagnostic: vscode.Diagnostic): EditorProblem {
  const { start } = diagnostic.range;
  return {
    path,
    line: start.line + 1,
    column: start.character + 1,
    severity: severityNames[diagnostic.severity],
    message: diagnostic.message,
    source: diagnostic.source ?? null,
  };
}
