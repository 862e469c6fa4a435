// Matches the known forms of tokens at a place in a text, also in one that may go on.
import { isPlainPassword, isStandIn } from './placeholders.ts';
import { tokenKinds, type TokenKind } from './tokenKinds.ts';

/** A token in a text: the part from `start` to `end` must not be shown. */
export interface TokenMatch {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Where a token may begin. */
export const tokenAnchors = tokenKinds.flatMap((entry) => entry.anchors.map((text) => ({ text, entry })));

/** Characters before a token that decide whether it is one. */
export const tokenContext = 16;

/** The token of one kind whose anchor stands at `at`; `cutOff` where only more text can tell. */
export function matchToken(
  kind: TokenKind,
  text: string,
  at: number,
  isEnd: boolean,
): TokenMatch | 'cutOff' | null {
  if (!kind.insideWords && continuesWord(text, at)) return null;
  if (!isEnd && text.length - at < kind.longest && reachesEnd(kind, text, at)) return 'cutOff';
  kind.pattern.lastIndex = at;
  const match = kind.pattern.exec(text);
  if (match === null) return null;
  const secret = match.groups?.['secret'];
  const value = secret ?? match[0];
  if (kind.name === 'password in an address' ? isPlainPassword(value) : isStandIn(value)) return null;
  const end = at + match[0].length;
  if (secret === undefined) return { name: kind.name, start: at, end };
  const start = at + match[0].lastIndexOf(secret);
  return { name: kind.name, start, end: start + secret.length };
}

function reachesEnd(kind: TokenKind, text: string, at: number): boolean {
  kind.span.lastIndex = at;
  return kind.span.test(text) && kind.span.lastIndex === text.length;
}

/** An escape such as `\n` or `%3D` ends in a letter, and is no part of a word. */
function continuesWord(text: string, at: number): boolean {
  if (at === 0 || !/[A-Za-z0-9]/.test(text.charAt(at - 1))) return false;
  return !/(?:\\[nrt]|%[0-9A-Fa-f]{2})$/.test(text.slice(Math.max(0, at - 3), at));
}
