// Where the user writes to the agent: an answer to its question, or a message that steers or reopens the task.
import { button, element, icon } from './dom.ts';
import type { PageState } from './pageState.ts';

const sendKey = navigator.platform.startsWith('Mac') ? '⌘⏎' : 'Ctrl+Enter';

export class ReplyBox {
  readonly root: HTMLElement;
  readonly #state: PageState;
  readonly #text: HTMLTextAreaElement;
  readonly #send: HTMLButtonElement;
  readonly #hint = element('span', { class: 'quiet', attributes: { id: 'replyHint', role: 'status' } });
  #isSending = false;
  #isPossible = false;
  #reason = '';

  constructor(state: PageState) {
    this.#state = state;
    const attributes = { rows: '1', 'aria-label': 'Message to the agent', 'aria-describedby': 'replyHint' };
    this.#text = element('textarea', { attributes });
    this.#text.value = state.kept.draft;
    this.#send = button(
      { class: 'button primary', title: sendKey },
      () => this.#sendNow(),
      icon('send'),
      'Send',
    );
    const foot = element('div', { class: 'replyFoot' }, this.#hint, this.#send);
    this.root = element('footer', { class: 'reply' }, this.#text, foot);
    this.#text.addEventListener('input', () => this.#edited());
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#sendNow();
    });
    this.#refresh();
  }

  /** `reason` says why nothing can be sent; null where it can. */
  setPossible(reason: string | null, placeholder: string): void {
    this.#isPossible = reason === null;
    this.#reason = reason ?? '';
    this.#text.placeholder = placeholder;
    this.#refresh();
  }

  /** Moves the keyboard here; a text that the user has begun is only replaced by one that was asked for. */
  begin(text: string): void {
    if (text !== '') this.#text.value = text;
    this.#edited();
    this.#text.focus();
  }

  /** The runner has it, or `error` says why not: then the text stays. */
  sent(error: string | null): void {
    this.#isSending = false;
    if (error === null) this.#text.value = '';
    this.#edited();
    if (error !== null) this.#hint.textContent = error;
    this.#hint.classList.toggle('tone-bad', error !== null);
  }

  #edited(): void {
    this.#state.keep({ draft: this.#text.value });
    this.#hint.classList.remove('tone-bad');
    this.#refresh();
  }

  #sendNow(): void {
    const text = this.#text.value.trim();
    if (text === '' || this.#isSending || !this.#isPossible) return;
    this.#isSending = true;
    this.#state.post({ type: 'reply', text });
    this.#refresh();
  }

  #refresh(): void {
    this.#text.disabled = !this.#isPossible;
    this.#send.disabled = !this.#isPossible || this.#isSending || this.#text.value.trim() === '';
    this.#hint.textContent = this.#isSending
      ? 'Sending…'
      : this.#isPossible
        ? `${sendKey} sends`
        : this.#reason;
  }
}
