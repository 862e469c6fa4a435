// Colours a patch as git does.
import { cleanText } from './displayWidth.ts';
import type { Paint, Tone } from './paint.ts';

/** The lines of the patch, cleaned and painted. */
export function colourDiff(patch: string, paint: Paint): string[] {
  return patch
    .trimEnd()
    .split('\n')
    .map((text) => paint(toneOf(text), cleanText(text)));
}

function toneOf(text: string): Tone {
  if (/^(?:diff |index |--- |\+\+\+ |new file|deleted file|old mode|new mode|similarity|rename )/.test(text))
    return 'heading';
  if (text.startsWith('@@')) return 'accent';
  if (text.startsWith('+')) return 'good';
  return text.startsWith('-') ? 'bad' : 'plain';
}
