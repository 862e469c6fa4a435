// The box at the top of the window: the command palette, the search for files, every list and input of an extension.
import type { Locator, Page } from 'playwright-core';
import { attemptMs, untilDone } from './patience.ts';

/** Milliseconds that a list may take to find a row. */
const listMs = 3_000;

export class QuickInput {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get widget(): Locator {
    return this.#page.locator('.quick-input-widget');
  }

  /** Where text is typed. */
  get box(): Locator {
    return this.widget.locator('input.input');
  }

  /** The rows of the list that hold the text; they need not have the focus. */
  rows(text: string | RegExp): Locator {
    return this.widget.locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
  }

  /** The row that Enter takes. */
  get activeRow(): Locator {
    return this.widget.locator('.quick-input-list .monaco-list-row.focused');
  }

  /** Runs a command of the palette by its full title, such as `Nightjar: Hand Off to Background…`. */
  async runCommand(title: string): Promise<void> {
    const label = this.#page.locator('.label-name', { hasText: new RegExp(`^${escaped(title)}$`) });
    const row = this.rows('').filter({ has: label });
    await untilDone(async () => {
      await this.#choose('F1', `>${title}`, row);
    });
  }

  /** Opens a file of the workspace by its name or the end of its path. */
  async openFile(name: string): Promise<void> {
    const row = this.rows(name.split('/').at(-1) ?? name).first();
    await untilDone(async () => {
      await this.#choose('Control+p', name, row);
    });
  }

  /** Takes the row with the text from a list that is open, or about to open. */
  async pick(text: string | RegExp, timeoutMs?: number): Promise<void> {
    await this.rows(text).click(timeoutMs === undefined ? {} : { timeout: timeoutMs });
    await this.#restMouse();
  }

  /** Fills in the input box that asks with `prompt`. */
  async answer(prompt: string | RegExp, text: string): Promise<void> {
    await this.widget.getByText(prompt).waitFor();
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  /** Accepts the active row, as Enter does. */
  async accept(): Promise<void> {
    await this.box.press('Enter');
  }

  async #choose(key: string, text: string, row: Locator): Promise<void> {
    try {
      await this.#page.keyboard.press(key);
      await this.box.fill(text, { timeout: attemptMs });
      // An open palette does not learn of commands that an extension adds while it starts: soon it is opened anew.
      await row.waitFor({ timeout: listMs });
      await row.click({ timeout: attemptMs });
      await this.#restMouse();
      await this.#page.waitForFunction(isLeft(text), undefined, { timeout: attemptMs });
    } catch (error) {
      await this.#page.keyboard.press('Escape');
      throw error;
    }
  }

  /** A mouse that rests on a row or an icon would bring up its hover. */
  async #restMouse(): Promise<void> {
    await this.#page.mouse.move(4, 4);
  }
}

/** For the page: true once the box is gone, or asks something else. */
function isLeft(text: string): string {
  return `(() => {
    const box = document.querySelector('.quick-input-widget input.input');
    return box === null || !box.checkVisibility() || box.value !== ${JSON.stringify(text)};
  })()`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
