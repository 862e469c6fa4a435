// The page's link to the extension, and what it keeps of itself while it is hidden or the window reloads.
import type { PageMessage } from '../model/timelineMessages.ts';

interface VsCodeApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: KeptState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

interface KeptState {
  readonly taskId: string | null;
  /** The unsent reply. */
  readonly draft: string;
  /** Sections that the user has opened or closed by hand. */
  readonly isOpen: Readonly<Record<string, boolean>>;
  readonly scrollTop: number;
}

const nothing: KeptState = { taskId: null, draft: '', isOpen: {}, scrollTop: 0 };

export class PageState {
  readonly #api = acquireVsCodeApi();
  #kept: KeptState = { ...nothing, ...(this.#api.getState() as Partial<KeptState> | null | undefined) };

  get kept(): KeptState {
    return this.#kept;
  }

  keep(change: Partial<KeptState>): void {
    this.#kept = { ...this.#kept, ...change };
    this.#api.setState(this.#kept);
  }

  post(message: PageMessage): void {
    this.#api.postMessage(message);
  }
}
