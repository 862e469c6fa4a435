// What people do with background tasks, in the words of the product.
import type { Locator } from 'playwright-core';
import { attemptMs, untilDone } from '../patience.ts';
import type { Workbench } from '../workbench.ts';

export const handOffCommand = 'Nightjar: Hand Off to Background…';

/** Types a goal and hands off what the preview then shows. */
export async function handOffGoal(workbench: Workbench, goal: string): Promise<void> {
  await describeGoal(workbench, goal);
  await acceptPreview(workbench);
}

/** Opens the hand-off and types its goal. */
export async function describeGoal(workbench: Workbench, goal: string): Promise<void> {
  await workbench.runCommand(handOffCommand);
  await workbench.quickInput.answer('What shall the agent achieve?', goal);
}

/** Hands off what the preview shows; resolves once the task is in the view. */
export async function acceptPreview(workbench: Workbench): Promise<void> {
  const { quickInput } = workbench;
  await quickInput.rows(/Hand Off\s*to /).waitFor();
  await quickInput.accept();
  await quickInput.widget.waitFor({ state: 'hidden' });
}

/** The row of a task; `status` is in the words of the view, such as `Ready to review`. */
export function taskRow(workbench: Workbench, title: string, status = ''): Locator {
  return workbench.treeRow(new RegExp(`^${RegExp.escape(title)}, ${status}`));
}

/** Opens the panel of a task from its row and waits until the page shows it. */
export async function openPanel(workbench: Workbench, title: string): Promise<void> {
  // The hover of the row on which the mouse rests covers its neighbours.
  await workbench.page.mouse.move(4, 4);
  await taskRow(workbench, title).click();
  await workbench.page.mouse.move(4, 4);
  await panelHeading(workbench, title).waitFor();
}

export function panelHeading(workbench: Workbench, title: string): Locator {
  return workbench.webview.getByRole('heading', { level: 1, name: title, exact: true });
}

/** A state that the panel shows below its heading, such as `Verified`. */
export function panelChip(workbench: Workbench, text: string): Locator {
  return workbench.webview.locator('.chip').getByText(text, { exact: true });
}

/** Runs a command of the palette for the one task with this title. */
export async function runOnTask(workbench: Workbench, command: string, title: string): Promise<void> {
  // The editor closes a list when something else takes the keyboard, such as a panel that opens.
  await untilDone(async () => {
    await workbench.runCommand(command);
    await workbench.quickInput.pick(title, attemptMs);
  });
}

/** Runs an entry of the context menu of a row. */
export async function runOnRow(workbench: Workbench, row: Locator, entry: string): Promise<void> {
  const menu = workbench.page.locator('.monaco-menu');
  await untilDone(async () => {
    await row.click({ button: 'right' });
    // A menu takes no click in its first moments: the keyboard is sure.
    const item = menu.getByRole('menuitem', { name: entry });
    await item.hover({ timeout: attemptMs });
    await item.press('Enter');
    await menu.waitFor({ state: 'detached', timeout: attemptMs });
  });
}
