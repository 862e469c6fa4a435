// Program output as a person would read it on a screen.
import { stripVTControlCharacters } from 'node:util';

/** Without colours, and of a line that was rewritten in place only its last form. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\r\n', '\n')
    .replaceAll(/^[^\n]*\r(?=[^\n])/gm, '')
    .replaceAll('\r', '');
}
