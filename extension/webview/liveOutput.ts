// The last of what a running command prints, or the model says, beneath its row.
import { element } from './dom.ts';

/** Characters that stay on the page. */
const keptLength = 4 * 1024;

export class LiveOutput {
  readonly #hosts = new Map<string, HTMLElement>();

  add(itemId: string, view: HTMLElement, text: string): void {
    let host = this.#hosts.get(itemId);
    if (host === undefined) {
      // Not read aloud: it would never stop.
      host = element('pre', {
        class: 'live',
        attributes: { 'aria-live': 'off', 'aria-label': 'Live output', tabindex: '0' },
      });
      view.append(host);
      this.#hosts.set(itemId, host);
    }
    host.textContent = withoutControls((host.textContent + text).slice(-keptLength));
    host.scrollTop = host.scrollHeight;
  }

  /** The row is over or built anew: its own content says what came out. */
  end(itemId: string): void {
    this.#hosts.get(itemId)?.remove();
    this.#hosts.delete(itemId);
  }
}

/** Colours and cursor movements of a terminal mean nothing here. */
function withoutControls(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]|\r(?!\n)/g, '');
}
