// Opens the real page of the task panel in a browser, joined to a real session over a task made of events.
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { KnownError } from '../../../shared/errors/errors.ts';
import type { Output } from '../../../shared/protocol/requests.ts';
import type { TaskEvent } from '../../../shared/task/events.ts';
import {
  pageMessageSchema,
  type PageMessage,
  type PanelMessage,
} from '../../../extension/model/timelineMessages.ts';
import { readingOf } from '../../../extension/model/criterionImages.ts';
import type { EvidenceReading } from '../../../extension/model/proofSections.ts';
import { TaskStore } from '../../../extension/model/taskStore.ts';
import { taskPanelHtml } from '../../../extension/views/taskPanelHtml.ts';
import { TaskPanelSession } from '../../../extension/views/taskPanelSession.ts';
import { themes, type ThemeName } from './themes.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const codicons = join(root, 'node_modules/@vscode/codicons/dist');

/** Serves the page and its files as the webview does. */
export class PanelServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #files: ReadonlyMap<string, Buffer | string>;
  /** Images that checks made, by name. */
  readonly images = new Map<string, Buffer>();

  private constructor(files: ReadonlyMap<string, Buffer | string>) {
    this.#files = files;
    this.#server = createServer((request, response) => {
      const name = (request.url ?? '/').split('?')[0] ?? '/';
      const body = name === '/' ? this.#html() : this.#fileOf(name);
      const type = typeof body === 'string' && name === '/' ? 'text/html' : typeOf(name);
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body);
    });
  }

  static async start(): Promise<PanelServer> {
    const [bundle, iconsCss, iconsFont] = await Promise.all([
      bundlePage(),
      readFile(join(codicons, 'codicon.css')),
      readFile(join(codicons, 'codicon.ttf')),
    ]);
    const server = new PanelServer(
      new Map([...bundle, ['codicon.css', iconsCss], ['codicon.ttf', iconsFont]]),
    );
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #fileOf(name: string): Buffer | string | undefined {
    // A browser asks for it by itself, a webview doesn't.
    if (name === '/favicon.ico') return '';
    return this.#files.get(name.slice(1)) ?? this.images.get(name.slice('/images/'.length));
  }

  #html(): string {
    return taskPanelHtml({
      cspSource: this.origin,
      nonce: 'nonceOfTheTest',
      scriptUri: `${this.origin}/taskPanel.js`,
      styleUri: `${this.origin}/taskPanel.css`,
      iconsUri: `${this.origin}/codicon.css`,
    });
  }
}

export interface PanelOptions {
  readonly theme: ThemeName;
  readonly width?: number;
  readonly events: readonly TaskEvent[];
  /** The history can't be had: the page shows why. */
  readonly isOffline?: boolean;
  /** What the user's repository has of the task's evidence. */
  readonly evidence?: EvidenceReading;
}

/** One open page; what it asks of the extension is in `requests`, what went wrong in it in `complaints`. */
export class PanelPage implements AsyncDisposable {
  readonly page: Page;
  readonly requests: PageMessage[] = [];
  readonly complaints: string[] = [];
  readonly #store = new TaskStore();
  readonly #eventListeners = new Set<(event: TaskEvent) => void>();
  readonly #outputListeners = new Set<(output: Output) => void>();
  readonly #session: TaskPanelSession;
  #posted: Promise<unknown> = Promise.resolve();

  private constructor(page: Page, server: PanelServer, { events, isOffline, evidence }: PanelOptions) {
    this.page = page;
    for (const event of events) this.#store.apply(event);
    const sources = {
      tasks: this.#store,
      history: async (_taskId: string, after: number) => {
        if (isOffline === true)
          throw new KnownError('runnerUnreachable', {
            address: '127.0.0.1:7001',
            detail: 'connection refused',
          });
        return events.filter(({ seq }) => seq > after);
      },
      ...(evidence === undefined
        ? {}
        : { evidence: { read: async () => evidence, onArrival: () => () => undefined } }),
      images: {
        examine: async (_taskId: string, image: string) => {
          const bytes = server.images.get(image) ?? Buffer.alloc(0);
          return readingOf(bytes.subarray(0, 64 * 1024), bytes.length);
        },
        addressOf: (_taskId: string, image: string) => `${server.origin}/images/${image}`,
      },
      onEvent: (listener: (event: TaskEvent) => void) => {
        this.#eventListeners.add(listener);
        return () => this.#eventListeners.delete(listener);
      },
      followOutput: (_taskId: string, listener: (output: Output) => void) => {
        this.#outputListeners.add(listener);
        return () => this.#outputListeners.delete(listener);
      },
    };
    this.#session = new TaskPanelSession(events[0]!.taskId, sources, (message) => this.post(message));
  }

  static async open(browser: Browser, server: PanelServer, options: PanelOptions): Promise<PanelPage> {
    const { theme, width = 900 } = options;
    const page = await browser.newPage({ viewport: { width, height: 1_000 }, reducedMotion: 'reduce' });
    const panel = new PanelPage(page, server, options);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') panel.complaints.push(message.text());
    });
    page.on('pageerror', (error) => panel.complaints.push(error.message));
    await page.exposeFunction('postToExtension', (message: unknown) => panel.#receive(message));
    await page.addInitScript(hostScript(theme));
    await page.goto(server.origin);
    await page.locator('h1', { hasText: /./ }).waitFor();
    await panel.settled();
    return panel;
  }

  post(message: PanelMessage): void {
    this.#posted = this.#posted.then(async () =>
      this.page.evaluate(`window.postMessage(${JSON.stringify(message)})`),
    );
  }

  /** A new event, as it comes from the runner. */
  async emit(event: TaskEvent): Promise<void> {
    this.#store.apply(event);
    for (const listener of this.#eventListeners) listener(event);
    await this.settled();
  }

  async output(output: Output): Promise<void> {
    for (const listener of this.#outputListeners) listener(output);
    // Output is collected for a tenth of a second.
    await this.page.waitForTimeout(150);
    await this.settled();
  }

  /** Once the page has drawn all that was posted. */
  async settled(): Promise<void> {
    await this.page.waitForTimeout(30);
    await this.#posted;
    await this.page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
  }

  async screenshot(name: string): Promise<void> {
    const height = Number(await this.page.evaluate('document.getElementById("page").scrollHeight'));
    await this.page.setViewportSize({
      width: this.page.viewportSize()!.width,
      height: Math.max(600, height),
    });
    const path = join(root, 'test/artifacts', `panel-${name}.png`);
    await this.page.screenshot({ path, fullPage: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.dispose();
    await this.page.close();
  }

  #receive(value: unknown): void {
    const message = pageMessageSchema.parse(value);
    this.requests.push(message);
    if (message.type === 'ready') void this.#session.pageLoaded();
    if (message.type === 'showEarlier') this.#session.showEarlier();
    if (message.type === 'openDetail') this.#session.openDetail(message.itemId);
    if (message.type === 'reply') this.post({ type: 'replied', error: null });
  }
}

async function bundlePage(): Promise<[string, Buffer][]> {
  const { outputFiles } = await build({
    entryPoints: ['taskPanel.ts', 'taskPanel.css'].map((name) => join(root, 'extension/webview', name)),
    outdir: '/',
    bundle: true,
    format: 'iife',
    target: 'es2024',
    write: false,
    logLevel: 'error',
  });
  return outputFiles.map(({ path, contents }) => [
    path.slice(path.lastIndexOf('/') + 1),
    Buffer.from(contents),
  ]);
}

/** What a webview finds in its window: the bridge to the extension and the theme. */
function hostScript(theme: ThemeName): string {
  const { bodyClass, variables } = themes[theme];
  return `
    const variables = ${JSON.stringify(variables)};
    let state;
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.postToExtension(message),
      getState: () => state,
      setState: (next) => { state = next; },
    });
    document.addEventListener('DOMContentLoaded', () => {
      document.body.className = ${JSON.stringify(bodyClass)};
      for (const [name, value] of Object.entries(variables)) {
        document.documentElement.style.setProperty('--vscode-' + name, value);
      }
    });`;
}

function typeOf(name: string): string {
  if (name.endsWith('.css')) return 'text/css';
  if (name.endsWith('.png')) return 'image/png';
  return name.endsWith('.js') ? 'text/javascript' : 'font/ttf';
}
