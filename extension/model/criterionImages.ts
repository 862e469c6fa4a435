// What the task panel shows of the images that checks made for a criterion, and which of them it can draw.
import { criterionImages, type JudgedCriterion } from '../../shared/task/proof.ts';
import { formatSize } from './formatting.ts';
import { imageSizeOf, type ImageSize } from './imageSize.ts';

/** What is known of an image on the runner. */
export type ImageReading =
  | ({ readonly state: 'drawable' } & ImageSize)
  | { readonly state: 'tooLarge'; readonly sizeBytes: number }
  | { readonly state: 'loading' | 'missing' | 'unreadable' | 'unreachable' };

/** An image that the page draws, and where it finds it. */
export interface Drawing extends ImageSize {
  readonly address: string;
}

export interface ShownImage {
  readonly name: string;
  /** Which of both it is; empty where there is one only. */
  readonly label: string;
  /** What it shows, for who does not see it. */
  readonly description: string;
  /** Null where it can't be drawn: `words` say why. */
  readonly drawing: Drawing | null;
  readonly words: string;
  readonly canOpen: boolean;
}

/** Bytes of an image that the page draws; a larger one is opened by itself. */
const mostDrawnBytes = 8 * 1024 * 1024;
/** Each pixel takes four bytes once it is drawn. */
const mostDrawnPixels = 40_000_000;

/** What can be said of an image by its first bytes. */
export function readingOf(head: Uint8Array, sizeBytes: number): ImageReading {
  if (sizeBytes === 0) return { state: 'missing' };
  const size = imageSizeOf(head);
  if (size === null) return { state: 'unreadable' };
  const isDrawn = sizeBytes <= mostDrawnBytes && size.width * size.height <= mostDrawnPixels;
  return isDrawn ? { state: 'drawable', ...size } : { state: 'tooLarge', sizeBytes };
}

/** What is known of the images of a task by now. */
export interface KnownImages {
  reading(name: string): ImageReading;
  /** Where the page finds it. */
  addressOf(name: string): string;
}

/** That of before first. None before anything is known of images. */
export function shownImages(criterion: JudgedCriterion, known: KnownImages | undefined): ShownImage[] {
  if (known === undefined) return [];
  const images = criterionImages(criterion);
  return images.map(({ name, isBefore }) => {
    const reading = known.reading(name);
    const label = images.length === 1 ? '' : isBefore ? 'Before' : 'After';
    const when = images.length === 1 ? '' : isBefore ? ', before the change' : ', after the change';
    const isDrawn = reading.state === 'drawable';
    return {
      ...{ name, label, description: `${criterion.text}${when}` },
      drawing: isDrawn
        ? { address: known.addressOf(name), width: reading.width, height: reading.height }
        : null,
      words: isDrawn ? '' : wordsFor(reading),
      canOpen: isDrawn || reading.state === 'tooLarge',
    };
  });
}

function wordsFor(reading: Exclude<ImageReading, { readonly state: 'drawable' }>): string {
  switch (reading.state) {
    case 'loading':
      return 'Loading the image…';
    case 'tooLarge':
      return `Too large to be shown here (${formatSize(reading.sizeBytes)}).`;
    case 'missing':
      return 'The runner doesn’t have the image any more.';
    case 'unreadable':
      return 'The image can’t be read.';
    case 'unreachable':
      return 'The image can’t be loaded while the runner is not connected.';
  }
}
