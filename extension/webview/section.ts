// A part of the page under a heading that opens and closes, and remembers what the user chose.
import { element, icon, type Child } from './dom.ts';
import type { PageState } from './pageState.ts';

export class Section {
  readonly root: HTMLDetailsElement;
  readonly body: HTMLElement;
  readonly #aside: HTMLElement;
  readonly #heading: HTMLElement;
  readonly #id: string;
  readonly #state: PageState;
  #isByHand = false;

  constructor(id: string, title: string, state: PageState) {
    this.#id = id;
    this.#state = state;
    this.#heading = element('h2', {}, title);
    this.#aside = element('span', { class: 'aside' });
    this.body = element('div', { class: 'sectionBody' });
    const twistie = icon('chevron-right', { class: 'twistie' });
    const summary = element('summary', {}, twistie, this.#heading, this.#aside);
    this.root = element('details', { class: 'section', attributes: { id } }, summary, this.body);
    this.root.hidden = true;
    this.root.open = state.kept.isOpen[id] ?? true;
    summary.addEventListener('click', () => (this.#isByHand = true));
    this.root.addEventListener('toggle', () => this.#remember());
  }

  /** Shows the section; `aside` stands quietly at the end of the heading's line. */
  show(title: string, aside: readonly Child[]): void {
    this.#heading.textContent = title;
    this.#aside.replaceChildren(...aside.filter((child) => child !== null));
    this.root.hidden = false;
  }

  hide(): void {
    this.root.hidden = true;
  }

  /** Opens or closes it, unless the user has chosen. */
  suggestOpen(isOpen: boolean): void {
    if (this.#state.kept.isOpen[this.#id] === undefined) this.root.open = isOpen;
  }

  #remember(): void {
    if (!this.#isByHand) return;
    this.#isByHand = false;
    this.#state.keep({ isOpen: { ...this.#state.kept.isOpen, [this.#id]: this.root.open } });
  }
}
