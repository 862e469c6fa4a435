// Masks secrets in text: known values in every form they may take, then tokens that are known by their form.
import { freshState, maskTable, maskText, type MaskState, type MaskTable } from './maskText.ts';
import { byteFormsOf, formsOf } from './secretForms.ts';

export interface KnownSecret {
  /** Stands in the text in its place: `[secret: NAME]`. */
  readonly name: string;
  /** Values of fewer than six characters can't be told from ordinary text and are not masked. */
  readonly value: string;
}

/**
 * Masks whatever goes to a log, an event, a model or a screen. A mask for people and models, not a boundary: a
 * program that means to show a secret can always write it in a form that nobody thought of.
 */
export class Masker {
  readonly #secrets: KnownSecret[] = [];
  #tables: { readonly text: MaskTable; readonly bytes: MaskTable; readonly values: MaskTable };

  constructor(secrets: readonly KnownSecret[] = []) {
    this.#secrets.push(...secrets);
    this.#tables = tablesFor(this.#secrets);
  }

  /** From now on these are masked too, in streams that are open as well. */
  add(secrets: readonly KnownSecret[]): void {
    const isKnown = ({ name, value }: KnownSecret): boolean =>
      this.#secrets.some((known) => known.name === name && known.value === value);
    const fresh = secrets.filter((secret) => !isKnown(secret));
    if (fresh.length === 0) return;
    this.#secrets.push(...fresh);
    this.#tables = tablesFor(this.#secrets);
  }

  /** The whole text with all secrets masked. */
  mask(text: string): string {
    return maskText(this.#tables.text, freshState, text, true).shown;
  }

  /** The same with known values alone: for text that a program will read, where a token may be an example. */
  maskValues(text: string): string {
    return maskText(this.#tables.values, freshState, text, true).shown;
  }

  /** For text in pieces. */
  stream(): MaskStream {
    return new MaskStream(() => this.#tables.text);
  }

  /** For bytes in pieces, one character each as Latin-1 has them. */
  byteStream(): MaskStream {
    return new MaskStream(() => this.#tables.bytes);
  }
}

/** Masks text in pieces; what may be the beginning of a secret comes with a later piece, and only that. */
export class MaskStream {
  readonly #table: () => MaskTable;
  #state: MaskState = freshState;

  /** `table` is asked at every piece. */
  constructor(table: () => MaskTable) {
    this.#table = table;
  }

  /** What can be shown by now. */
  write(text: string): string {
    const { shown, state } = maskText(this.#table(), this.#state, text, false);
    this.#state = state;
    return shown;
  }

  /** What is still held, should nothing follow; the stream stays as it is. */
  rest(): string {
    return maskText(this.#table(), this.#state, '', true).shown;
  }

  /** The same, for the last time. */
  end(): string {
    const rest = this.rest();
    this.#state = freshState;
    return rest;
  }
}

function tablesFor(secrets: readonly KnownSecret[]) {
  const forms = secrets.flatMap(({ name, value }) => formsOf(value).map((form) => ({ name, form })));
  const byteForms = secrets.flatMap(({ name, value }) => byteFormsOf(value).map((form) => ({ name, form })));
  return { text: maskTable(forms, true), bytes: maskTable(byteForms, true), values: maskTable(forms, false) };
}
