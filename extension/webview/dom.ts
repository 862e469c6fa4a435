// Small building blocks of the page. Text only ever becomes text nodes, so nothing that is shown can be markup.

export type Child = Node | string | null;

export interface ElementOptions {
  readonly class?: string;
  readonly title?: string;
  /** Any other attributes, names as in HTML. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Makes an element; `null` children are left out, strings become text. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: ElementOptions = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (options.class !== undefined) made.className = options.class;
  if (options.title !== undefined && options.title !== '') made.title = options.title;
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A codicon; decoration only, the words beside it carry the meaning. */
export function icon(
  name: string,
  options: { readonly isSpinning?: boolean; readonly class?: string } = {},
): HTMLElement {
  const spin = options.isSpinning === true ? ' codicon-modifier-spin' : '';
  const more = options.class === undefined ? '' : ` ${options.class}`;
  return element('span', {
    class: `codicon codicon-${name}${spin}${more}`,
    attributes: { 'aria-hidden': 'true' },
  });
}

export function button(
  options: ElementOptions,
  onPress: () => void,
  ...children: readonly Child[]
): HTMLButtonElement {
  const made = element(
    'button',
    { ...options, attributes: { type: 'button', ...options.attributes } },
    ...children,
  );
  made.addEventListener('click', onPress);
  return made;
}

/** A place on the page whose content is built again only when its value changes. */
export class Slot<Value> {
  readonly host: HTMLElement;
  readonly #build: (value: Value) => readonly Child[];
  #shown: string | undefined;

  constructor(host: HTMLElement, build: (value: Value) => readonly Child[]) {
    this.host = host;
    this.#build = build;
  }

  /** Null empties and hides the place. */
  show(value: Value | null): void {
    const next = JSON.stringify(value);
    if (next === this.#shown) return;
    this.#shown = next;
    const hadFocus = this.host.contains(document.activeElement);
    const children = value === null ? [] : this.#build(value);
    this.host.replaceChildren(...children.filter((child) => child !== null));
    this.host.hidden = value === null;
    // A button that is gone must not take the keyboard's place on the page with it.
    if (hadFocus) this.host.querySelector<HTMLElement>('button, summary')?.focus();
  }
}
