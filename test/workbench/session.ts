// A code-server with the packaged extension and a browser in front of it; its windows share both, as a person's do.
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { projectRoot } from '../layers/testFiles.ts';
import { startBrowser, watchForeignRequests } from './browser.ts';
import { patienceMs } from './patience.ts';
import { CodeServer } from './server.ts';
import { themes, type Environment, type Settings, type Theme } from './serverFolder.ts';
import { Workbench } from './workbench.ts';

export interface SessionOptions {
  readonly settings?: Settings;
  readonly theme?: Theme;
  /** Environment of the extension beside the PATH; its HOME is temporary. */
  readonly env?: Environment;
  readonly signal: AbortSignal;
}

/** The package that `npm run package` makes. */
export const packagedExtension = join(projectRoot, 'nightjar.vsix');

/** Dispose it to end browser and server; that fails if a page left this machine. */
export class WorkbenchSession implements AsyncDisposable {
  readonly #server: CodeServer;
  readonly #context: BrowserContext;
  readonly #foreignRequests: readonly string[];
  readonly #resources: AsyncDisposableStack;

  private constructor(server: CodeServer, context: BrowserContext, resources: AsyncDisposableStack) {
    this.#server = server;
    this.#context = context;
    this.#foreignRequests = watchForeignRequests(context);
    this.#resources = resources;
  }

  /** Starts server and browser; no window is open yet. */
  static async start(options: SessionOptions): Promise<WorkbenchSession> {
    await using resources = new AsyncDisposableStack();
    const server = resources.use(
      await CodeServer.start({
        vsixFiles: [packagedExtension],
        settings: { ...options.settings, 'workbench.colorTheme': themes[options.theme ?? 'dark'] },
        env: options.env ?? {},
        signal: options.signal,
      }),
    );
    const browser = resources.use(await startBrowser(options.signal));
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    context.setDefaultTimeout(patienceMs);
    return new WorkbenchSession(server, context, resources.move());
  }

  /** Opens a window on a folder or on a `.code-workspace` file; the caller owns what is on the disk. */
  async open(path: string): Promise<Workbench> {
    const workbench = new Workbench(await this.#context.newPage());
    try {
      await workbench.load(this.#server.addressOf(path));
    } catch (error) {
      await workbench.screenshot('failed to open');
      throw error;
    }
    return workbench;
  }

  /** The folder of the next window that the workbench opens by itself; the window is closed again. */
  async nextFolder(): Promise<string | null> {
    const page = await this.#context.waitForEvent('page');
    await page.waitForURL(({ searchParams }) => searchParams.has('folder'));
    const folder = new URL(page.url()).searchParams.get('folder');
    await page.close();
    return folder;
  }

  /** Keeps a picture of every window as test/artifacts/<name>.png. */
  async screenshots(name: string): Promise<void> {
    for (const [index, page] of this.#context.pages().entries()) {
      await new Workbench(page).screenshot(index === 0 ? name : `${name} ${index + 1}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
    if (this.#foreignRequests.length === 0) return;
    throw new Error(`the workbench asked other machines:\n${this.#foreignRequests.join('\n')}`);
  }
}
