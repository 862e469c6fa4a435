// The real workbench in a browser, with the packaged extension, as a page that journeys act on.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { projectRoot } from '../layers/testFiles.ts';
import { startBrowser, watchForeignRequests } from './browser.ts';
import { CodeServer } from './server.ts';
import { themes, type Environment, type Settings, type Theme } from './serverFolder.ts';

export interface WorkbenchOptions {
  /** The folder to open; the caller owns it. */
  readonly folder: string;
  /** Packaged extensions; the project's own `nightjar.vsix` where nothing is said. */
  readonly vsixFiles?: readonly string[];
  readonly settings?: Settings;
  readonly theme?: Theme;
  /** Environment of the extension beside the PATH; its HOME is temporary. */
  readonly env?: Environment;
  readonly signal: AbortSignal;
}

/** The package that `npm run package` makes. */
export const packagedExtension = join(projectRoot, 'nightjar.vsix');

const artifacts = join(projectRoot, 'test', 'artifacts');

/** One window of the workbench. Dispose it to end browser and server; that fails if the page left this machine. */
export class Workbench implements AsyncDisposable {
  readonly page: Page;
  readonly #server: CodeServer;
  readonly #foreignRequests: readonly string[];
  readonly #resources: AsyncDisposableStack;

  private constructor(page: Page, server: CodeServer, resources: AsyncDisposableStack) {
    this.page = page;
    this.#server = server;
    this.#foreignRequests = watchForeignRequests(page);
    this.#resources = resources;
  }

  /** Starts server and browser and opens the folder; resolves when the workbench is drawn. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    await using resources = new AsyncDisposableStack();
    const server = await CodeServer.start({
      vsixFiles: options.vsixFiles ?? [packagedExtension],
      settings: { ...options.settings, 'workbench.colorTheme': themes[options.theme ?? 'dark'] },
      env: options.env ?? {},
      signal: options.signal,
    });
    resources.use(server);
    const browser = resources.use(await startBrowser(options.signal));
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const workbench = new Workbench(page, server, resources.move());
    try {
      await page.goto(server.addressOf(options.folder));
      await page.locator('.monaco-workbench .activitybar').waitFor();
    } catch (error) {
      await workbench[Symbol.asyncDispose]();
      throw error;
    }
    return workbench;
  }

  /** Opens the command palette with the text typed in. */
  async openPalette(text: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.input.fill(`>${text}`);
  }

  /** Runs a command of the palette by its full title, such as `Nightjar: Hand Off to Background…`. */
  async runCommand(title: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: title });
    for (let attempt = 1; ; attempt++) {
      await this.openPalette(title);
      const isOffered = await row.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
      if (isOffered) break;
      if (attempt === 5) throw new Error(`the palette does not offer "${title}"`);
      // An open palette does not learn of commands that an extension adds while it starts.
      await this.page.keyboard.press('Escape');
    }
    await this.page.keyboard.press('Enter');
  }

  /** The text box of the palette and of every quick pick and input box. */
  get input(): Locator {
    return this.page.locator('.quick-input-widget input.input');
  }

  /** Opens a view container by the title of its icon in the activity bar. */
  async openView(title: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: title });
    // A badge covers the icon, so the tab itself takes the click.
    await tab.click();
    await this.page.locator('.sidebar .composite.title', { hasText: title }).waitFor();
    await this.page.mouse.move(800, 450);
  }

  /** A row of a tree view. Its accessible name is its tooltip where it has one. */
  treeRow(name: string | RegExp): Locator {
    return this.page.locator('.sidebar').getByRole('treeitem', { name });
  }

  /** The welcome content of the open view. */
  get welcome(): Locator {
    return this.page.locator('.sidebar .welcome-view-content');
  }

  /** A notification that shows now. */
  toast(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** The content of the webview opened last. */
  get webview(): FrameLocator {
    return this.page
      .locator('iframe.webview.ready')
      .last()
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  /** Changes the colour theme and waits until it is drawn; the file's change is noticed after a few seconds. */
  async switchTheme(theme: Theme): Promise<void> {
    await this.#server.changeSettings({ 'workbench.colorTheme': themes[theme] });
    const drawn = { light: '.vs', dark: '.vs-dark', highContrast: '.hc-black' }[theme];
    await this.page.locator(`.monaco-workbench${drawn}`).waitFor();
  }

  /** Keeps a picture of the window as test/artifacts/<name>.png and returns its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(artifacts, { recursive: true });
    const path = join(artifacts, `${name.replace(/[^\w.-]+/g, '-')}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
    if (this.#foreignRequests.length === 0) return;
    throw new Error(`the workbench asked other machines:\n${this.#foreignRequests.join('\n')}`);
  }
}
