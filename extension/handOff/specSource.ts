// Finds out what shall be done: an open or chosen task spec, the selected text, or a goal that the user types.
import * as vscode from 'vscode';
import { parseSpec, specFromGoal, type ParsedSpec } from '../../shared/spec/parseSpec.ts';

/** What a hand-off is about. */
export interface SpecSource {
  readonly parsed: ParsedSpec;
  /** The document of the spec, where there is one. */
  readonly document: vscode.Uri | undefined;
}

const title = 'Hand Off to Background';
const specName = /\.task\.md$/;

/**
 * Undefined where the user backs out. `typed` is the goal of an earlier pass through this step.
 * Throws KnownError specUnreadable, specWithoutGoal.
 */
export async function chooseSpec(
  document: vscode.Uri | undefined,
  typed: string,
): Promise<SpecSource | undefined> {
  const editor = vscode.window.activeTextEditor;
  const open = activeFile();
  const spec = document ?? (open !== undefined && specName.test(open.path) ? open : undefined);
  if (spec !== undefined) return readSpec(spec);
  const selected = editor === undefined ? '' : editor.document.getText(editor.selection).trim();
  if (selected === '' || typed !== '') return askForGoal(typed);
  const [useSelection, describe] = [
    '$(selection) Use the Selection as the Goal',
    '$(edit) Describe the Goal…',
  ];
  const chosen = await vscode.window.showQuickPick(
    [
      { label: useSelection, detail: selected.slice(0, 200) },
      { label: describe, detail: 'The selection goes along as context' },
    ],
    { title, ignoreFocusOut: true },
  );
  if (chosen === undefined) return undefined;
  return chosen.label === useSelection ? sourceOf(selected) : askForGoal('');
}

/** The file in front, also where a preview or another editor than the text editor shows it. */
function activeFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isFile = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom;
  return isFile ? input.uri : vscode.window.activeTextEditor?.document.uri;
}

async function readSpec(uri: vscode.Uri): Promise<SpecSource> {
  const document = await vscode.workspace.openTextDocument(uri);
  const path = vscode.workspace.asRelativePath(uri);
  return { parsed: parseSpec(document.getText(), path), document: uri };
}

async function askForGoal(value: string): Promise<SpecSource | undefined> {
  const goal = await vscode.window.showInputBox({
    title,
    value,
    prompt: 'What shall the agent achieve?',
    placeHolder: 'Make the date parser accept ISO week dates, with tests',
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' ? 'Write what must be true when the task is done.' : undefined,
  });
  return goal === undefined ? undefined : sourceOf(goal);
}

function sourceOf(goal: string): SpecSource {
  const spec = specFromGoal(goal);
  const parsed = { spec, checks: [], setUp: null, model: null, budget: {}, network: null };
  return { parsed, document: undefined };
}
