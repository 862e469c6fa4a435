// Collects live output for a moment and keeps only its end, so that a chatty command doesn't flood the page.
import type { Output } from '../../shared/protocol/requests.ts';

const pauseMs = 100;
/** Characters of one source that are worth posting: more than that the page doesn't show. */
const keptLength = 4 * 1024;

export class OutputBuffer {
  readonly #texts = new Map<Output['source'], string>();
  readonly #tell: (source: Output['source'], text: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (source: Output['source'], text: string) => void) {
    this.#tell = tell;
  }

  add({ source, text }: Output): void {
    this.#texts.set(source, ((this.#texts.get(source) ?? '') + text).slice(-keptLength));
    this.#timer ??= setTimeout(() => this.flush(), pauseMs);
  }

  /** Tells at once what is collected: what follows may end the row that it belongs to. */
  flush(): void {
    const texts = [...this.#texts];
    this.clear();
    for (const [source, text] of texts) this.#tell(source, text);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#texts.clear();
  }
}
