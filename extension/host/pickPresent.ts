// A list of which one item holds now: it opens there, so that Enter changes nothing that the user did not choose.
import * as vscode from 'vscode';

export interface PresentPick<Item> extends Pick<
  vscode.QuickPickOptions,
  'title' | 'placeHolder' | 'ignoreFocusOut'
> {
  readonly isPresent: (item: Item) => boolean;
}

/** The item that the user chose; undefined where they back out. */
export async function pickPresent<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  { title, placeHolder, ignoreFocusOut = false, isPresent }: PresentPick<Item>,
): Promise<Item | undefined> {
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = title;
  picker.placeholder = placeHolder;
  picker.ignoreFocusOut = ignoreFocusOut;
  picker.items = items.map((item) => (isPresent(item) ? { ...item, description: 'now' } : item));
  picker.activeItems = picker.items.filter(isPresent);
  try {
    return await new Promise((resolve) => {
      picker.onDidHide(() => {
        resolve(undefined);
      });
      picker.onDidAccept(() => {
        resolve(picker.selectedItems[0]);
      });
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}
