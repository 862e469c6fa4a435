// A terminal as far as the display uses one: lines that wrap, a cursor that goes up, erasing to the end.
import { displayWidth } from '../../../../runner/cli/display/displayWidth.ts';

const tokens = /\x1b\[(\?)?(\d*)([A-Za-z])|[^\x1b]/gu;

export class TerminalScreen {
  columns: number;
  rows = 24;
  isCursorShown = true;
  #lines: string[] = [''];
  #row = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  /** What a person sees, without the empty line at the cursor. */
  get lines(): readonly string[] {
    return this.#lines.at(-1) === '' ? this.#lines.slice(0, -1) : this.#lines;
  }

  write(text: string): void {
    for (const [token, isPrivate, count, command] of text.matchAll(tokens)) {
      if (command !== undefined) this.#obey(command, count ?? '', isPrivate === '?');
      else if (token === '\n') this.#goTo(this.#row + 1);
      else if (token !== '\r') this.#put(token);
    }
  }

  /** The terminal becomes narrower or wider: what stands there is wrapped anew, as terminals do. */
  resize(columns: number): void {
    this.columns = columns;
    const old = this.lines;
    this.#lines = [''];
    this.#row = 0;
    for (const line of old) this.write(`${line}\n`);
  }

  #put(character: string): void {
    if (displayWidth((this.#lines[this.#row] ?? '') + character) > this.columns) this.#goTo(this.#row + 1);
    this.#lines[this.#row] = (this.#lines[this.#row] ?? '') + character;
  }

  #goTo(row: number): void {
    this.#row = Math.max(0, row);
    while (this.#lines.length <= this.#row) this.#lines.push('');
  }

  #obey(command: string, count: string, isPrivate: boolean): void {
    if (command === 'A') this.#goTo(this.#row - Number(count));
    else if (command === 'J') this.#lines = [...this.#lines.slice(0, this.#row), ''];
    else if (isPrivate && count === '25') this.isCursorShown = command === 'h';
  }
}
