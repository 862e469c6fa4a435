// The timeline: rounds, in them turns, in them rows. Only rows that changed are built again.
import type { ItemDetail, TimelineItem, TimelineRound } from '../model/timelineItems.ts';
import type { TimelineMessage } from '../model/timelineMessages.ts';
import { formatCount } from '../model/formatting.ts';
import { countsText } from '../../shared/task/problemHistory.ts';
import { clockText } from '../model/timelineText.ts';
import { button, element, icon } from './dom.ts';
import { detailView, itemView } from './itemView.ts';
import { LiveOutput } from './liveOutput.ts';
import type { PageState } from './pageState.ts';
import { Section } from './section.ts';

interface ShownItem {
  readonly item: TimelineItem;
  readonly view: HTMLElement;
}

interface ShownRound {
  readonly root: HTMLDetailsElement;
  readonly summary: HTMLElement;
  readonly body: HTMLElement;
  readonly turns: Map<number, HTMLElement>;
}

export class TimelineView {
  readonly #section: Section;
  readonly #state: PageState;
  readonly #list = element('div', { class: 'rounds' });
  readonly #earlier: HTMLButtonElement;
  readonly #items = new Map<string, ShownItem>();
  readonly #rounds = new Map<number, ShownRound>();
  readonly #live = new LiveOutput();

  constructor(state: PageState) {
    this.#state = state;
    this.#section = new Section('timeline', 'Timeline', state);
    this.#earlier = button({ class: 'button more' }, () => state.post({ type: 'showEarlier' }));
    this.#earlier.hidden = true;
    this.#section.body.append(this.#earlier, this.#list);
  }

  get root(): HTMLElement {
    return this.#section.root;
  }

  show({ items, rounds, fromOrder, earlierTurns }: TimelineMessage): void {
    for (const item of items) this.#put(item);
    this.#dropBefore(fromOrder);
    for (const round of rounds) this.#label(round);
    this.#earlier.hidden = earlierTurns === 0;
    this.#earlier.replaceChildren(
      icon('fold-up'),
      `Show Earlier (${formatCount(earlierTurns, 'turn')} more)`,
    );
    if (this.#items.size > 0) this.#section.show('Timeline', []);
  }

  showDetail(itemId: string, detail: ItemDetail): void {
    const host = this.#items.get(itemId)?.view.querySelector('.detail');
    host?.replaceChildren(...detailView(detail, this.#state));
  }

  addOutput(itemId: string, text: string): void {
    const view = this.#items.get(itemId)?.view;
    if (view !== undefined) this.#live.add(itemId, view, text);
  }

  #put(item: TimelineItem): void {
    const known = this.#items.get(item.id);
    const view = itemView(item, this.#state);
    view.classList.add('item', item.content.kind);
    view.dataset['order'] = String(item.order);
    this.#items.set(item.id, { item, view });
    this.#live.end(item.id);
    if (known === undefined) insertByOrder(this.#hostOf(item), view);
    else replace(known.view, view);
  }

  #hostOf(item: TimelineItem): HTMLElement {
    const round = this.#roundOf(item.round);
    if (item.turn === null) return round.body;
    const known = round.turns.get(item.turn);
    if (known !== undefined) return known.lastElementChild as HTMLElement;
    const label = turnLabel(item.turn, this.#state);
    const rows = element('div', { class: 'turnRows' });
    const turn = element('div', { class: 'turn' }, label, rows);
    turn.dataset['order'] = String(item.order);
    round.turns.set(item.turn, turn);
    insertByOrder(round.body, turn);
    return rows;
  }

  #roundOf(number: number): ShownRound {
    const known = this.#rounds.get(number);
    if (known !== undefined) return known;
    const summary = element('summary');
    const body = element('div', { class: 'roundBody' });
    const root = element('details', { class: 'round' }, summary, body);
    root.open = true;
    root.dataset['order'] = String(number);
    const round = { root, summary, body, turns: new Map<number, HTMLElement>() };
    this.#rounds.set(number, round);
    insertByOrder(this.#list, root);
    // What led up to the first round is of interest only until that begins.
    const preparation = this.#rounds.get(0);
    if (number > 0 && preparation !== undefined && this.#rounds.size === 2) preparation.root.open = false;
    return round;
  }

  /** Rounds without a row on the page need no label. */
  #label(round: TimelineRound): void {
    const shown = this.#rounds.get(round.round);
    if (shown === undefined) return;
    const title = round.round === 0 ? 'Preparation' : `Round ${round.round}`;
    const time =
      round.endedAt === null ? null : clockText(Date.parse(round.endedAt) - Date.parse(round.startedAt));
    const meta = [round.turns === 0 ? null : formatCount(round.turns, 'turn'), time].filter(
      (part) => part !== null,
    );
    // Of the baseline it is enough to know what failed.
    const problems = round.round === 0 ? '' : countsText(round.problems);
    shown.summary.replaceChildren(
      icon('chevron-right', { class: 'twistie' }),
      element('h3', {}, title),
      element('span', { class: 'meta' }, meta.join(' · ')),
      ...(problems === '' ? [] : [element('span', { class: 'meta counts' }, `Problems: ${problems}`)]),
      element('span', { class: 'grow' }),
      ...checksView(round),
    );
  }

  #dropBefore(fromOrder: number): void {
    for (const [id, { item, view }] of this.#items) {
      if (item.order >= fromOrder) continue;
      view.remove();
      this.#items.delete(id);
    }
    for (const [number, round] of this.#rounds) {
      for (const [turn, root] of round.turns) {
        if (root.querySelector('.item') !== null) continue;
        root.remove();
        round.turns.delete(turn);
      }
      if (round.body.childElementCount > 0) continue;
      round.root.remove();
      this.#rounds.delete(number);
    }
  }
}

/** The number of a turn, which lets the work begin again from there. */
function turnLabel(turn: number, state: PageState): HTMLElement {
  const title = `Turn ${turn}: run again from here`;
  const run = (): void => state.post({ type: 'runAgainFrom', turn });
  const again = icon('debug-restart', { class: 'again' });
  const attributes = { 'aria-label': title };
  return button({ class: 'turnNumber', title, attributes }, run, element('span', {}, String(turn)), again);
}

function checksView({ round, checksPassed, checksFailed }: TimelineRound): HTMLElement[] {
  const total = checksPassed + checksFailed;
  if (total === 0) return [];
  const before = round === 0 ? 'Baseline: ' : '';
  if (checksFailed === 0) {
    return [
      element(
        'span',
        { class: 'meta tone-good' },
        icon('pass'),
        `${before}${formatCount(total, 'check')} passed`,
      ),
    ];
  }
  const tone = round === 0 ? 'muted' : 'bad';
  const text = `${before}${checksFailed} of ${formatCount(total, 'check')} failed`;
  return [element('span', { class: `meta tone-${tone}` }, icon('error'), text)];
}

/** Most rows come in order, so the search begins at the end. */
function insertByOrder(host: HTMLElement, child: HTMLElement): void {
  const order = Number(child.dataset['order']);
  let before = host.lastElementChild as HTMLElement | null;
  while (before !== null && Number(before.dataset['order']) > order) {
    before = before.previousElementSibling as HTMLElement | null;
  }
  if (before === null) host.prepend(child);
  else before.after(child);
}

/** An opened row stays open, and keeps the keyboard's place, when its content changes. */
function replace(known: HTMLElement, view: HTMLElement): void {
  const hadFocus = known.contains(document.activeElement);
  const wasOpen = known.querySelector('details')?.open === true;
  known.replaceWith(view);
  const details = view.querySelector('details');
  if (wasOpen && details !== null) details.open = true;
  if (hadFocus) view.querySelector<HTMLElement>('summary, button')?.focus();
}
