// How many columns of a terminal a text takes, and how to cut it to fit.
import { stripVTControlCharacters } from 'node:util';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const wide =
  /^(?:\p{Emoji_Presentation}|.\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\u4DBF\u4E00-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}])/u;
const invisible = /^[\p{Control}\p{Mark}\p{Format}]+$/u;
/** What a program may print that would move the cursor or ring the bell; tab and line feed are handled apart. */
const controls = /(?!\n)\p{Control}/gu;

/** Columns that `text` takes on one line; escape sequences take none. */
export function displayWidth(text: string): number {
  let columns = 0;
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text))) columns += widthOf(segment);
  return columns;
}

/** `text` cut to at most `columns`, with an ellipsis where something is missing. Takes text without escape sequences. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let left = columns - 1;
  for (const { segment } of segmenter.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return columns < 1 ? '' : `${kept}…`;
}

/** Text of others (a command, a model, a file name) made harmless for a terminal: no escape sequences, no control characters. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replaceAll('\t', '  ').replace(controls, '');
}

/** The first line of a text that says something, cleaned. */
export function firstLine(text: string): string {
  return (
    cleanText(text)
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line !== '') ?? ''
  );
}

/** The last `count` lines that say something, cleaned. */
export function lastLines(text: string, count: number): string[] {
  return cleanText(text)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
}

function widthOf(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}
