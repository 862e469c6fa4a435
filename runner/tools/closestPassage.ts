// Finds the passage of a file that a text that isn't there was probably meant to be.

export interface Passage {
  /** Lines, counted from 1, both ends included. */
  readonly startLine: number;
  readonly endLine: number;
  /** True where nothing but white space keeps the texts apart. */
  readonly differsInSpaceOnly: boolean;
}

/** Below this share of common letter pairs two lines have nothing to do with each other. */
const leastLikeness = 0.5;
const maxComparedLines = 20_000;
const maxComparedLength = 300;

/** The lines most like `wanted`; null where nothing is alike. Both texts have `\n` as their only line end. */
export function closestPassage(text: string, wanted: string): Passage | null {
  const lines = text.split('\n').slice(0, maxComparedLines).map(withoutSpace);
  const wantedLines = trimmedLines(wanted).map(withoutSpace);
  if (wantedLines.length === 0) return null;
  const start = bestOverlap(lines, wantedLines) ?? mostAlikeStart(lines, wantedLines);
  if (start === null) return null;
  const first = Math.max(0, start);
  const endLine = Math.min(lines.length, start + wantedLines.length);
  const differsInSpaceOnly = wantedLines.every((line, place) => lines[start + place] === line);
  return { startLine: first + 1, endLine, differsInSpaceOnly };
}

/** Where most of the wanted lines stand in the file in their order; null where none of them does. */
function bestOverlap(lines: readonly string[], wantedLines: readonly string[]): number | null {
  const votes = new Map<number, number>();
  const placesInWanted = new Map<string, number[]>();
  wantedLines.forEach((line, place) => {
    if (line.length > 2) placesInWanted.set(line, [...(placesInWanted.get(line) ?? []), place]);
  });
  lines.forEach((line, at) => {
    for (const place of placesInWanted.get(line) ?? [])
      votes.set(at - place, (votes.get(at - place) ?? 0) + 1);
  });
  let best: number | null = null;
  for (const [start, count] of votes) if (best === null || count > (votes.get(best) ?? 0)) best = start;
  return best;
}

/** Where the first telling line of the wanted ones has its nearest relative. */
function mostAlikeStart(lines: readonly string[], wantedLines: readonly string[]): number | null {
  const place = wantedLines.findIndex((line) => line.length > 2);
  const pairs = pairsOf(wantedLines[place] ?? '');
  let best: number | null = null;
  let bestLikeness = leastLikeness;
  lines.forEach((line, at) => {
    const likeness = likenessOf(pairs, pairsOf(line));
    if (likeness <= bestLikeness) return;
    best = at - place;
    bestLikeness = likeness;
  });
  return best;
}

/** Dice's coefficient of two sets of letter pairs, 0 to 1. */
function likenessOf(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (one.size === 0 || other.size === 0) return 0;
  const shared = [...one].filter((pair) => other.has(pair)).length;
  return (2 * shared) / (one.size + other.size);
}

function pairsOf(line: string): Set<string> {
  const letters = line.slice(0, maxComparedLength);
  return new Set(
    Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) => letters.slice(at, at + 2)),
  );
}

function trimmedLines(text: string): string[] {
  const lines = text.split('\n');
  while (lines.length > 0 && lines[0]?.trim() === '') lines.shift();
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  return lines;
}

function withoutSpace(line: string): string {
  return line.replace(/\s+/g, '');
}
