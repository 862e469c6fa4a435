// The top of the page: title, state, verdict, facts and actions.
import type { Action, Fact, HeaderSection } from '../model/timelineHeader.ts';
import type { Chip } from '../model/timelineItems.ts';
import { clockText } from '../model/timelineText.ts';
import { button, element, icon, Slot } from './dom.ts';
import type { PageState } from './pageState.ts';

export interface Elapsed {
  readonly beforeMs: number;
  readonly since: string | null;
}

export class HeaderView {
  readonly root = element('header', { class: 'head' });
  /** Read aloud when the state changes, and only then. */
  readonly #announcer = element('div', { class: 'unseen', attributes: { role: 'status' } });
  readonly #elapsed = element('dd', {}, '–');
  readonly #title: Slot<string>;
  readonly #chips: Slot<readonly (Chip & { readonly isSpinning: boolean })[]>;
  readonly #activity: Slot<string>;
  readonly #facts: Slot<readonly Fact[]>;
  readonly #actions: Slot<readonly Action[]>;
  #status: string | null = null;
  #worked: Elapsed | null = null;

  constructor(state: PageState) {
    this.#title = new Slot(element('h1'), (title) => [title]);
    this.#chips = new Slot(element('div', { class: 'chips' }), (chips) => chips.map(chipView));
    this.#activity = new Slot(element('p', { class: 'activity' }), (activity) => [activity]);
    this.#facts = new Slot(element('dl', { class: 'facts' }), (facts) => [
      this.#elapsedFact(),
      ...facts.map(factView),
    ]);
    this.#actions = new Slot(element('div', { class: 'actions' }), (actions) =>
      actions.map((action) =>
        actionView(action, () => state.post({ type: 'command', command: action.command })),
      ),
    );
    const slots = [this.#title, this.#chips, this.#activity, this.#facts, this.#actions];
    this.root.append(...slots.map(({ host }) => host), this.#announcer);
  }

  show(header: HeaderSection): void {
    const { pill, verdict, unsandboxed, network, isSpinning } = header;
    this.#title.show(header.title);
    const chips = [{ ...pill, isSpinning }];
    for (const chip of [verdict, unsandboxed, network])
      if (chip !== null) chips.push({ ...chip, isSpinning: false });
    this.#chips.show(chips);
    this.#activity.show(header.activity === '' ? null : header.activity);
    this.#facts.show(header.facts);
    this.#actions.show(header.actions);
    this.#announce([pill.label, verdict?.label].filter((word) => word !== undefined).join(', '));
  }

  setElapsed(elapsed: Elapsed): void {
    this.#worked = elapsed;
    this.tick();
  }

  /** Moves the elapsed time on; called once a second. */
  tick(): void {
    if (this.#worked === null) return;
    const { beforeMs, since } = this.#worked;
    const runningMs = since === null ? 0 : Date.now() - Date.parse(since);
    this.#elapsed.textContent = clockText(beforeMs + runningMs);
  }

  #announce(status: string): void {
    if (this.#status !== null && this.#status !== status) this.#announcer.textContent = status;
    this.#status = status;
  }

  #elapsedFact(): HTMLElement {
    return element(
      'div',
      { title: 'Time at work, from hand-off to the end' },
      element('dt', {}, 'Elapsed'),
      this.#elapsed,
    );
  }
}

function chipView(chip: Chip & { readonly isSpinning: boolean }): HTMLElement {
  const options = { class: `chip tone-${chip.tone}`, title: chip.title };
  return element('span', options, icon(chip.icon, { isSpinning: chip.isSpinning }), chip.label);
}

function factView({ label, value, title }: Fact): HTMLElement {
  return element('div', { title }, element('dt', {}, label), element('dd', {}, value));
}

function actionView(action: Action, onPress: () => void): HTMLElement {
  const options = {
    class: action.isPrimary ? 'button primary' : 'button',
    attributes: { 'data-command': action.command },
  };
  return button(options, onPress, icon(action.icon), action.label);
}
