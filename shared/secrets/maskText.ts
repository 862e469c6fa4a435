// Masks one piece of a text, and says what of it can't be shown before more of the text has come.
import { AnchorTable } from './anchorTable.ts';
import { matchToken, tokenAnchors, tokenContext, type TokenMatch } from './tokenMatch.ts';
import type { TokenKind } from './tokenKinds.ts';

/** A form that a known secret may take. */
export interface SecretForm {
  readonly name: string;
  readonly form: string;
}

/** What is looked for: known secrets in their forms, and where wanted the kinds of tokens. */
export interface MaskTable {
  readonly all: AnchorTable<SecretForm | TokenKind>;
  readonly values: AnchorTable<SecretForm>;
}

/** What is kept between two pieces. */
export interface MaskState {
  /** The end of what was let through, as it was before masking: it decides what begins a word. */
  readonly context: string;
  /** What may be the beginning of a secret. */
  readonly held: string;
  /** Whether a secret was too long to wait for its end: the rest of it is dropped as it comes. */
  readonly isDropping: boolean;
}

export const freshState: MaskState = { context: '', held: '', isDropping: false };

export function maskTable(forms: readonly SecretForm[], withTokens: boolean): MaskTable {
  const values = forms.map((entry) => ({ text: entry.form, entry }));
  const tokens = withTokens ? tokenAnchors : [];
  return {
    all: new AnchorTable<SecretForm | TokenKind>([...values, ...tokens]),
    values: new AnchorTable(values),
  };
}

/** Masks what is held and the new text; with `isEnd` nothing stays held. */
export function maskText(
  table: MaskTable,
  state: MaskState,
  text: string,
  isEnd: boolean,
): { readonly shown: string; readonly state: MaskState } {
  const fresh = state.isDropping ? text.replace(/^[\w+/=-]*/, '') : text;
  const whole = state.context + state.held + fresh;
  let shown = '';
  let shownTo = state.context.length;
  let heldFrom = whole.length;
  let goesOn = state.isDropping && fresh === '';
  for (let from = shownTo; from < whole.length;) {
    const found = secretFrom(table, whole, from, isEnd);
    if (found === null) break;
    if (found.isCutOff) {
      heldFrom = found.start;
      break;
    }
    shown += `${whole.slice(shownTo, found.start)}[secret: ${found.name}]`;
    from = shownTo = found.end;
    goesOn = found.isToken && found.end === whole.length;
  }
  return {
    shown: shown + whole.slice(shownTo, heldFrom),
    state: {
      context: whole.slice(Math.max(0, heldFrom - tokenContext), heldFrom),
      held: whole.slice(heldFrom),
      isDropping: goesOn,
    },
  };
}

type Found = TokenMatch & { readonly isToken: boolean; readonly isCutOff: boolean };

/** The first secret at or after `from`, or the place from which on more text has to tell. */
function secretFrom(table: MaskTable, text: string, from: number, isEnd: boolean): Found | null {
  for (let at = from; ;) {
    const candidates = table.all.next(text, at);
    if (candidates === null) return null;
    ({ at } = candidates);
    const cutOff = { name: '', start: at, end: at, isToken: false, isCutOff: true };
    if (candidates.isCutOff && !isEnd) return cutOff;
    const match = matchAt(candidates.entries, text, at, isEnd);
    if (match === 'cutOff') return cutOff;
    if (match !== null) {
      const end = endBehindValues(table.values, text, match);
      if (end === null && !isEnd) return cutOff;
      const isToken = !candidates.entries.some((entry) => 'form' in entry);
      return { ...match, end: end ?? match.end, isToken, isCutOff: false };
    }
    at += 1;
  }
}

/** Known values come before tokens, longer ones before shorter ones. */
function matchAt(
  entries: readonly (SecretForm | TokenKind)[],
  text: string,
  at: number,
  isEnd: boolean,
): TokenMatch | 'cutOff' | null {
  const value = entries.find((entry) => 'form' in entry);
  if (value !== undefined) return { name: value.name, start: at, end: at + value.form.length };
  let isCutOff = false;
  for (const entry of entries) {
    if ('form' in entry) continue;
    const match = matchToken(entry, text, at, isEnd);
    if (match === 'cutOff') isCutOff = true;
    else if (match !== null && !isCutOff) return match;
  }
  return isCutOff ? 'cutOff' : null;
}

/** A known value may begin within a match and end behind it; null where that can't be told yet. */
function endBehindValues(
  values: MaskTable['values'],
  text: string,
  { start, end }: TokenMatch,
): number | null {
  let last = end;
  let isCutOff = false;
  for (let at = start + 1; at < last; at += 1) {
    const candidates = values.next(text, at, last);
    if (candidates === null) break;
    ({ at } = candidates);
    isCutOff ||= candidates.isCutOff;
    for (const entry of candidates.entries) last = Math.max(last, at + entry.form.length);
  }
  return isCutOff ? null : last;
}
