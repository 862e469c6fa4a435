// Colour by meaning, where the output can show it and the user wants it.
import { styleText } from 'node:util';

export type Tone = 'plain' | 'heading' | 'good' | 'bad' | 'attention' | 'accent' | 'quiet';

/** Gives a text the colour of its meaning. */
export type Paint = (tone: Tone, text: string) => string;

const formats = {
  heading: ['bold'],
  good: ['green'],
  bad: ['red'],
  attention: ['yellow'],
  accent: ['cyan'],
  quiet: ['dim'],
} as const satisfies Record<Exclude<Tone, 'plain'>, readonly Parameters<typeof styleText>[0][]>;

/** Paints in colour, or leaves texts as they are. */
export function createPaint(isColoured: boolean): Paint {
  if (!isColoured) return (_tone, text) => text;
  return (tone, text) =>
    tone === 'plain' || text === '' ? text : styleText([...formats[tone]], text, { validateStream: false });
}

/** Whether to colour: NO_COLOR forbids, FORCE_COLOR demands, else a terminal that is not dumb. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}
