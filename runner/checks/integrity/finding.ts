// Makes findings: what was found in which line, in words that name it.
import type { IntegrityFinding, IntegrityKind } from '../../../shared/task/integrity.ts';

export interface FoundAt {
  readonly file: string;
  readonly line: number | null;
  readonly side: IntegrityFinding['side'];
  readonly foundBy: IntegrityFinding['foundBy'];
}

export function finding(kind: IntegrityKind, at: FoundAt, message: string, excerpt = ''): IntegrityFinding {
  return {
    kind,
    file: at.file.slice(0, 4_096),
    line: at.line,
    side: at.side,
    message: shortened(message, 1_000),
    excerpt: shortened(excerpt.trim(), 500),
    foundBy: at.foundBy,
  };
}

/** Where a change, or one of its files, is not compared with what was before. */
export function notRead(path: string, why: string): IntegrityFinding {
  const at = { file: path, line: null, side: 'after', foundBy: 'text' } as const;
  return finding('changeNotRead', at, `What was changed here could not be compared with before: ${why}.`);
}

export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Each as often as it is in `all` more than in `others`. */
export function surplusOf<Item>(
  all: readonly Item[],
  others: readonly Item[],
  keyOf: (item: Item) => string,
): Item[] {
  const left = new Map<string, number>();
  for (const item of others) left.set(keyOf(item), (left.get(keyOf(item)) ?? 0) + 1);
  return all.filter((item) => {
    const count = left.get(keyOf(item)) ?? 0;
    left.set(keyOf(item), count - 1);
    return count <= 0;
  });
}
