// What problems have in common: the words that are told apart by line, number and name, taken out.
import type { Problem } from '../../shared/task/events.ts';

/** The words without what changes although the problem stays: places in a file, times, addresses, folders for a while. */
export function steadyWords(text: string): string {
  return text
    .replaceAll(/(\.\w{1,10}):\d+(?::\d+)?/g, '$1')
    .replaceAll(/\((\d+),(\d+)\)/g, '')
    .replaceAll(/\blines? \d+/gi, 'line')
    .replaceAll(/\b0x[0-9a-f]+/gi, '0x')
    .replaceAll(/\b\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'time')
    .replaceAll(/\b\d+(?:\.\d+)? ?(?:ms|s|µs|ns)\b/g, 'time')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, 'id')
    .replaceAll(/\/tmp\/[^\s'"`)]{1,300}/g, '/tmp')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Problems of one cause read alike but for names and numbers. */
export function causeOf({ rule, message, severity }: Problem): string {
  const words = steadyWords(message.slice(0, 300))
    .replaceAll(/(["'`‘“])[^"'`’”]{0,200}["'`’”]/g, '$1…')
    .replaceAll(/-?\d+(?:\.\d+)?/g, '#');
  return `${severity} ${rule ?? ''} ${words}`;
}
