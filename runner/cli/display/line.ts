// One line of the record as data, and how it becomes text for a terminal or a pipe.
import { displayWidth, truncate } from './displayWidth.ts';
import type { Paint, Tone } from './paint.ts';

export interface Line {
  readonly text: string;
  readonly tone: Tone;
  /** A sign before the text, `''` for none. */
  readonly mark: string;
  /** Steps of indentation. */
  readonly depth: number;
  /** Said after the text in a quiet voice, `''` for nothing. */
  readonly aside: string;
}

/** A line with the parts that are not named left plain. */
export function line(text: string, parts: Partial<Omit<Line, 'text'>> = {}): Line {
  return { text, tone: 'plain', mark: '', depth: 0, aside: '', ...parts };
}

/**
 * The line as text without a line end, at most `columns` wide (`Infinity` for a pipe, where nothing is cut).
 * A heading gets an empty line before it.
 */
export function renderLine(parts: Line, paint: Paint, columns: number): string {
  const indent = '  '.repeat(parts.depth);
  const mark = parts.mark === '' ? '' : `${parts.mark} `;
  const room = columns - displayWidth(indent + mark);
  const text = truncate(parts.text, room);
  const asideRoom = room - displayWidth(text) - 2;
  const aside =
    parts.aside === '' || asideRoom < 4 ? '' : `  ${paint('quiet', truncate(parts.aside, asideRoom))}`;
  const body =
    parts.mark === ''
      ? paint(parts.tone, text)
      : `${paint(parts.tone, parts.mark)} ${paint(textTone(parts.tone), text)}`;
  return `${parts.tone === 'heading' ? '\n' : ''}${indent}${body}${aside}`;
}

/** With a mark the colour goes to the mark and the text stays readable, unless it is quiet as a whole. */
function textTone(tone: Tone): Tone {
  return tone === 'quiet' || tone === 'heading' ? tone : 'plain';
}
