// The cards above everything else: what keeps the page from the runner, a question to the user, why a task failed.
import type { Question } from '../../shared/task/task.ts';
import type { BlockedRow, BlockedSection } from '../model/taskAccess.ts';
import type { Availability } from '../model/timelineMessages.ts';
import type { FailureSection, LimitSection } from '../model/timelineSections.ts';
import { clockText } from '../model/timelineText.ts';
import { button, element, icon, Slot } from './dom.ts';
import { markdownView } from './markdownView.ts';
import type { PageState } from './pageState.ts';

function card(
  tone: string,
  iconName: string,
  title: string,
  ...children: readonly (Node | string)[]
): HTMLElement {
  const heading = element('h2', {}, icon(iconName), title);
  return element('section', { class: `card tone-${tone}` }, heading, ...children);
}

export class AvailabilityCard extends Slot<Availability> {
  constructor(onRetry: () => void) {
    super(element('div', { attributes: { role: 'status' } }), (availability) => {
      const retry = button({ class: 'button' }, onRetry, icon('refresh'), 'Try Again');
      switch (availability.state) {
        case 'ready':
          return [];
        case 'loading':
          return [
            element('p', { class: 'empty' }, icon('loading', { isSpinning: true }), 'Loading the task…'),
          ];
        case 'offline':
          return [
            card(
              'warning',
              'debug-disconnect',
              'Not connected to the runner',
              element('p', {}, availability.reason),
              retry,
            ),
          ];
        case 'missing':
          return [
            card(
              'muted',
              'question',
              'The runner doesn’t know this task',
              element('p', {}, 'It was deleted, or this window is connected to another runner.'),
              retry,
            ),
          ];
      }
    });
  }
}

export class QuestionCard extends Slot<Question> {
  readonly #countdown: HTMLElement;
  #deadline: number | null = null;

  /** `onAnswer` gets the text with which the reply begins. */
  constructor(onAnswer: (text: string) => void) {
    const countdown = element('span', { class: 'countdown' });
    super(element('div'), ({ text, defaultAnswer }) => [
      card(
        'warning',
        'comment-unresolved',
        'The agent asks',
        element('div', { class: 'asked' }, markdownView(text)),
        element(
          'p',
          { class: 'default' },
          element('span', { class: 'quiet' }, 'Default answer: '),
          defaultAnswer,
        ),
        element(
          'div',
          { class: 'actions' },
          button({ class: 'button primary' }, () => onAnswer(''), icon('reply'), 'Write an Answer'),
          button({ class: 'button' }, () => onAnswer(defaultAnswer), 'Start from the Default'),
          countdown,
        ),
      ),
    ]);
    this.#countdown = countdown;
  }

  override show(question: Question | null): void {
    this.#deadline = question === null ? null : Date.parse(question.deadlineAt);
    super.show(question);
    this.tick();
  }

  /** Moves the countdown on; called once a second. */
  tick(): void {
    if (this.#deadline === null) return;
    const leftMs = this.#deadline - Date.now();
    this.#countdown.textContent =
      leftMs > 0 ? `Goes on with the default in ${clockText(leftMs)}` : 'Goes on with the default now';
  }
}

/** What to do where the budget has ended the work: double it, ask, or leave it at that. */
export class LimitCard extends Slot<LimitSection> {
  constructor(state: PageState, onAsk: () => void) {
    const run = (command: 'extendBudget' | 'markDone') => () => state.post({ type: 'command', command });
    super(element('div'), ({ message, doubled }) => [
      card(
        'warning',
        'credit-card',
        'The budget ended the work',
        element('p', {}, message),
        element(
          'div',
          { class: 'actions' },
          button(
            { class: 'button primary', title: `In all then: ${doubled}` },
            run('extendBudget'),
            icon('arrow-both'),
            'Double the Budget',
          ),
          button({ class: 'button' }, onAsk, icon('reply'), 'Ask the Agent'),
          button({ class: 'button' }, run('markDone'), icon('check'), 'Leave It at That'),
        ),
        element('p', { class: 'quiet' }, `Doubled, it may take in all: ${doubled}`),
      ),
    ]);
  }
}

/** Each host has a button of its own: whoever allows one has not allowed the one beneath it. */
export class BlockedCard extends Slot<BlockedSection> {
  constructor(state: PageState) {
    super(element('div'), ({ title, hosts, more }) => [
      card(
        'warning',
        'shield',
        title,
        element('ul', { class: 'hosts' }, ...hosts.map((row) => blockedRow(state, row))),
        ...(more === 0 ? [] : [allowMore(state, more)]),
        element(
          'p',
          { class: 'quiet' },
          'The commands went on without. What you allow counts from the next one.',
        ),
      ),
    ]);
  }
}

function blockedRow(state: PageState, { host, words, canAllow }: BlockedRow): HTMLElement {
  const allow = button(
    { class: 'button', attributes: { 'aria-label': `Allow ${host} for this task` } },
    () => state.post({ type: 'allowHost', host }),
    'Allow for This Task',
  );
  return element('li', {}, element('code', {}, words), canAllow ? allow : null);
}

function allowMore(state: PageState, more: number): HTMLElement {
  const run = (): void => state.post({ type: 'command', command: 'allowHosts' });
  return button({ class: 'button' }, run, `Choose Among ${more} More…`);
}

export class FailureCard extends Slot<FailureSection> {
  constructor() {
    super(element('div'), ({ title, message, remedy }) => [
      card('bad', 'error', title, element('p', {}, message), element('p', { class: 'remedy' }, remedy)),
    ]);
  }
}
