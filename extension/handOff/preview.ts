// The preview of a hand-off: one list that shows all that ships and opens each part for change.
import * as vscode from 'vscode';
import {
  previewRows,
  type HandOffDraft,
  type PreviewChoice,
  type PreviewRow,
} from '../model/handOffDraft.ts';
import { formatOneLine } from '../model/formatting.ts';
import { editDraft } from './draftEditors.ts';

interface PreviewItem extends vscode.QuickPickItem {
  readonly row: PreviewRow;
}

/** Returns the draft as the user wants it sent, `back` to the step before, undefined where the user backs out. */
export async function previewHandOff(draft: HandOffDraft): Promise<HandOffDraft | 'back' | undefined> {
  let current = draft;
  let last: PreviewChoice | undefined;
  for (;;) {
    const choice = await showPreview(current, last);
    if (choice === undefined || choice === 'back') return choice;
    if (choice.kind === 'handOff') return current;
    current = await editDraft(current, choice);
    last = choice;
  }
}

/** Shows that the list is being made, in the place where it will be; closing it aborts the signal that `work` gets. */
export async function whileReading<Result>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const closing = new AbortController();
  const picker = vscode.window.createQuickPick();
  picker.title = 'Hand Off';
  picker.placeholder = 'Reading the working tree…';
  picker.busy = true;
  picker.ignoreFocusOut = true;
  picker.onDidHide(() => {
    closing.abort();
  });
  picker.show();
  try {
    return await work(AbortSignal.any([signal, closing.signal]));
  } finally {
    picker.dispose();
  }
}

/** `last` is the row that the user came from: it has the focus again. */
async function showPreview(
  draft: HandOffDraft,
  last: PreviewChoice | undefined,
): Promise<PreviewChoice | 'back' | undefined> {
  const picker = vscode.window.createQuickPick<PreviewItem>();
  picker.title = `Hand Off “${formatOneLine(draft.spec.title, 60)}”`;
  picker.placeholder = 'Choose a row to change it, or hand off';
  picker.ignoreFocusOut = true;
  picker.buttons = [vscode.QuickInputButtons.Back];
  picker.items = previewRows(draft).map(itemOf);
  // An empty list would leave no row active, and Enter would do nothing.
  const active = picker.items.find(({ row }) => isSame(row.choice, last ?? { kind: 'handOff' }));
  if (active !== undefined) picker.activeItems = [active];
  try {
    return await new Promise((resolve) => {
      picker.onDidTriggerButton(() => {
        resolve('back');
      });
      picker.onDidHide(() => {
        resolve(undefined);
      });
      picker.onDidAccept(() => {
        resolve(picker.selectedItems[0]?.row.choice ?? { kind: 'none' });
      });
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}

function itemOf(row: PreviewRow): PreviewItem {
  return row.choice === null
    ? { label: row.label, kind: vscode.QuickPickItemKind.Separator, row }
    : { label: row.label, description: row.description, row };
}

function isSame(one: PreviewChoice | null, other: PreviewChoice): boolean {
  return one !== null && JSON.stringify(one) === JSON.stringify(other);
}
