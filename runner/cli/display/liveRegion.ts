// A few lines at the bottom of a terminal that are painted over and over, beneath a record that scrolls away.
import { displayWidth } from './displayWidth.ts';

/** What the region needs of a terminal: `process.stdout` fits. */
export interface Screen {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
/** Between these two a terminal that knows them shows nothing half-painted; the others ignore them. */
const beginFrame = '\x1b[?2026h';
const endFrame = '\x1b[?2026l';

/**
 * Owns the bottom lines of a terminal until it is closed.
 * Nobody else may write to the terminal meanwhile.
 */
export class LiveRegion {
  readonly #screen: Screen;
  /** Widths in columns of the lines that stand there now. */
  #widths: readonly number[] = [];
  #isCursorHidden = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Columns that a line may take; one stays free, so that no terminal wraps. */
  get columns(): number {
    return Math.max(10, (this.#screen.columns ?? 80) - 1);
  }

  /** Writes `record` for good, and paints `lines` beneath it in the place of the earlier ones. */
  paint(record: readonly string[], lines: readonly string[]): void {
    const shown = lines.slice(0, Math.max(1, (this.#screen.rows ?? 24) - 1));
    const cursor = this.#isCursorHidden ? '' : hideCursor;
    this.#isCursorHidden = true;
    const text = [...record, ...shown].map((line) => `${line}\n`).join('');
    this.#screen.write(`${beginFrame}${cursor}${this.#erase()}${text}${endFrame}`);
    this.#widths = shown.map(displayWidth);
  }

  /** Takes the region away and gives the cursor back; harmless to repeat. */
  close(): void {
    const cursor = this.#isCursorHidden ? showCursor : '';
    const text = `${this.#erase()}${cursor}`;
    this.#widths = [];
    this.#isCursorHidden = false;
    if (text !== '') this.#screen.write(text);
  }

  /** A terminal that became narrower has wrapped the lines, so they are counted at its width of now. */
  #erase(): string {
    const columns = Math.max(1, this.#screen.columns ?? 80);
    const rows = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '' : `\x1b[${rows}A\r\x1b[J`;
  }
}
