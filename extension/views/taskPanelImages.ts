// Finds out of each image of a task whether the page can draw it, once while the runner is there.
import { isCancellation } from '../../shared/errors/errors.ts';
import type { ImageReading, KnownImages } from '../model/criterionImages.ts';

/** How a page comes to the images of its task. */
export interface ImageSource {
  /** Rejects where the runner can't be reached. */
  examine(taskId: string, image: string, signal: AbortSignal): Promise<ImageReading>;
  /** Where the page finds it. */
  addressOf(taskId: string, image: string): string;
}

export class PanelImages implements KnownImages {
  readonly #taskId: string;
  readonly #source: ImageSource;
  readonly #onChange: () => void;
  readonly #ending = new AbortController();
  readonly #readings = new Map<string, ImageReading>();

  constructor(taskId: string, source: ImageSource, onChange: () => void) {
    this.#taskId = taskId;
    this.#source = source;
    this.#onChange = onChange;
  }

  /** Asks for it the first time; what is known changes later then. */
  reading(image: string): ImageReading {
    const known = this.#readings.get(image);
    if (known !== undefined) return known;
    const loading = { state: 'loading' } as const;
    this.#readings.set(image, loading);
    this.#source.examine(this.#taskId, image, this.#ending.signal).then(
      (reading) => this.#set(image, reading),
      (error: unknown) => {
        if (!isCancellation(error)) this.#set(image, { state: 'unreachable' });
      },
    );
    return loading;
  }

  addressOf(image: string): string {
    return this.#source.addressOf(this.#taskId, image);
  }

  /** The runner is there again: what could not be asked for is asked for anew. */
  retry(): void {
    for (const [image, { state }] of this.#readings)
      if (state === 'unreachable') this.#readings.delete(image);
  }

  dispose(): void {
    this.#ending.abort();
  }

  /** Told once all are known: the page builds the whole section anew for each change. */
  #set(image: string, reading: ImageReading): void {
    this.#readings.set(image, reading);
    if (![...this.#readings.values()].some(({ state }) => state === 'loading')) this.#onChange();
  }
}
