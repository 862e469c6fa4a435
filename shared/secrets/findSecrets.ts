// Finds secrets in a file: by what kind of file it is, by the form of tokens, by the names of values.
import { AnchorTable } from './anchorTable.ts';
import { assignedSecrets } from './assignments.ts';
import { lineAt, secretOfFile } from './secretFiles.ts';
import { matchToken, tokenAnchors } from './tokenMatch.ts';

/** Where a secret was found, without the secret. */
export interface SecretSign {
  /** What it is, for people: "GitHub token". */
  readonly kind: string;
  /** From 1; null where it is the whole file, or the file has no lines. */
  readonly line: number | null;
}

/** The same with the secret itself, to be compared and forgotten. */
export interface FoundSecret extends SecretSign {
  readonly value: string;
}

/** Signs a file: more say nothing new. */
const mostSigns = 20;

const tokens = new AnchorTable(tokenAnchors);

/**
 * The secrets of a file, in order, at most 20. `text` is its content, or the beginning of it, one character a
 * byte or as UTF-8 has it; `path` has slashes and need not be whole.
 */
export function findSecrets(path: string, text: string): readonly FoundSecret[] {
  const isBinary = text.slice(0, 8_000).includes('\0');
  const places = isBinary ? [...tokensIn(text)] : [...tokensIn(text), ...assignmentsIn(path, text)];
  const found = places
    .toSorted((one, other) => one.start - other.start)
    .filter((place, index, all) => index === 0 || place.start >= (all[index - 1]?.end ?? 0))
    .slice(0, mostSigns)
    .map(({ name, start, end }) => ({
      kind: name,
      line: isBinary ? null : lineAt(text, start),
      value: text.slice(start, end),
    }));
  const file = secretOfFile(path, text);
  const isNew = file !== null && !found.some(({ kind, line }) => kind === file.kind && line === file.line);
  return isNew ? [{ ...file, value: '' }, ...found].slice(0, mostSigns) : found;
}

interface Place {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function* tokensIn(text: string): Iterable<Place> {
  let from = 0;
  let count = 0;
  for (
    let next = tokens.next(text, from);
    next !== null && count < mostSigns;
    next = tokens.next(text, from)
  ) {
    from = next.at + 1;
    for (const entry of next.entries) {
      const match = matchToken(entry, text, next.at, true);
      if (match === null || match === 'cutOff') continue;
      count += 1;
      from = match.end;
      yield match;
      break;
    }
  }
}

function* assignmentsIn(path: string, text: string): Iterable<Place> {
  let count = 0;
  for (const place of assignedSecrets(path, text)) {
    yield place;
    count += 1;
    if (count === mostSigns) return;
  }
}
