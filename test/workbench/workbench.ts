// One window of the real workbench, with the packaged extension, as a page that journeys act on.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errors, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { projectRoot } from '../layers/testFiles.ts';
import { attemptMs, until, untilDone } from './patience.ts';
import { QuickInput } from './quickInput.ts';
import type { Theme } from './serverFolder.ts';

const artifacts = join(projectRoot, 'test', 'artifacts');

/** How the list of themes names them, and the class that the workbench has then. */
const drawnThemes: Readonly<Record<Theme, { readonly label: string; readonly class: string }>> = {
  light: { label: 'Light Modern', class: 'vs' },
  dark: { label: 'Dark Modern', class: 'vs-dark' },
  highContrast: { label: 'Dark High Contrast', class: 'hc-black' },
};

export class Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;

  constructor(page: Page) {
    this.page = page;
    this.quickInput = new QuickInput(page);
  }

  /** Opens the window; resolves when the workbench is drawn. */
  async load(address: string): Promise<void> {
    await this.page.goto(address);
    await this.#drawn();
  }

  /**
   * Loads the same window anew once its state has been kept, with `text` in it: the workbench writes it down every few
   * seconds, and a browser's window that goes down before loses what came since.
   */
  async reload(text: string): Promise<void> {
    const isStateKept = async (): Promise<boolean> => (await this.page.evaluate(isKept(text))) === true;
    await until(`the kept state holds “${text}”`, isStateKept);
    await this.page.reload();
    await this.#drawn();
  }

  async runCommand(title: string): Promise<void> {
    await this.quickInput.runCommand(title);
  }

  /** Shows a view container by the title of its icon in the activity bar. */
  async openView(title: string): Promise<void> {
    const heading = this.page.locator('.sidebar .composite.title', { hasText: title });
    await untilDone(async () => {
      // A second click would close the side bar. A badge covers the icon, so the tab itself takes the click.
      if (!(await heading.isVisible()))
        await this.page.locator('.activitybar').getByRole('tab', { name: title }).click();
      await heading.waitFor({ timeout: attemptMs });
    });
    await this.page.mouse.move(4, 4);
  }

  /** A row of a tree view. Its accessible name is its tooltip where it has one. */
  treeRow(name: string | RegExp): Locator {
    return this.page.locator('.sidebar').getByRole('treeitem', { name });
  }

  /** The welcome content of the open view. */
  get welcome(): Locator {
    return this.page.locator('.sidebar .welcome-view-content');
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** Opens a file of the workspace in an editor that is ready for the keyboard. */
  async openFile(name: string): Promise<void> {
    await this.quickInput.openFile(name);
    await this.tab(name.split('/').at(-1) ?? name).waitFor();
    const text = this.page.locator('.editor-group-container.active .editor-instance .view-lines');
    await text.first().click();
    // The place of the cursor shows once the editor has the keyboard, and extensions are told of it with the same change.
    await this.statusBarItem(/^Ln \d+/).waitFor();
  }

  /** The tab in front. */
  tab(title: string): Locator {
    return this.page.locator('.editor-group-container.active .tab.active', { hasText: title });
  }

  /** A tab, in front or not. */
  anyTab(title: string): Locator {
    return this.page.locator('.editor-group-container .tab', { hasText: title });
  }

  /** The question that blocks the window. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** A notification wherever it shows now: as a toast, or in the list of all that are kept. */
  notifications(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item').filter({ hasText: text, visible: true });
  }

  /** A notification that is there or comes; where its toast has faded already it is looked up in the list. */
  async notification(text: string | RegExp): Promise<Locator> {
    const item = this.notifications(text).first();
    await untilDone(async () => {
      try {
        await item.waitFor({ timeout: attemptMs });
      } catch (error) {
        if (error instanceof errors.TimeoutError) await this.runCommand('Notifications: Show Notifications');
        throw error;
      }
    });
    return item;
  }

  /** Presses a button of a notification that is there or comes. */
  async answerNotification(text: string | RegExp, button: string): Promise<void> {
    await untilDone(async () => {
      const item = await this.notification(text);
      await item.getByRole('button', { name: button }).click({ timeout: attemptMs });
    });
  }

  async clearNotifications(): Promise<void> {
    // Another one may come in between.
    await untilDone(async () => {
      await this.runCommand('Notifications: Clear All Notifications');
      await this.notifications(/./).first().waitFor({ state: 'detached', timeout: attemptMs });
    });
  }

  /** The content of the webview that shows now. */
  get webview(): FrameLocator {
    return this.page
      .locator('iframe.webview.ready')
      .filter({ visible: true })
      .last()
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  /** Changes the colour theme as a person does: a change of the settings file from outside is not always noticed. */
  async switchTheme(theme: Theme): Promise<void> {
    const drawn = drawnThemes[theme];
    await untilDone(async () => {
      await this.runCommand('Preferences: Color Theme');
      await this.quickInput.box.fill(drawn.label);
      await this.quickInput.pick(drawn.label, attemptMs);
    });
    await this.page.locator(`.monaco-workbench.${drawn.class}`).waitFor();
  }

  /** Keeps a picture of the window as test/artifacts/<name>.png and returns its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(artifacts, { recursive: true });
    const path = join(artifacts, `${name.replace(/[^\w.-]+/g, '-')}.png`);
    await this.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    return path;
  }

  async #drawn(): Promise<void> {
    await this.page.locator('.monaco-workbench .activitybar').waitFor();
  }
}

/** For the page: true once the state of the editors, as it is kept for the next load, holds the text. */
function isKept(text: string): string {
  return `(async () => {
    const result = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const { name } of await indexedDB.databases()) {
      if (!name.startsWith('vscode-web-state-db-')) continue;
      const database = await result(indexedDB.open(name));
      const items = database.transaction('ItemTable').objectStore('ItemTable');
      const editors = await result(items.get('memento/workbench.parts.editor'));
      database.close();
      if (String(editors).includes(${JSON.stringify(text)})) return true;
    }
    return false;
  })()`;
}
