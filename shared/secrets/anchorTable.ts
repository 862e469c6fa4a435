// Finds where one of many literal texts begins, in one pass that hardly looks at most characters.

interface Anchor<Entry> {
  readonly text: string;
  readonly entry: Entry;
}

/** What begins at a place. */
export interface Candidates<Entry> {
  readonly at: number;
  /** Whose anchor stands there whole, the longest first. */
  readonly entries: readonly Entry[];
  /** Whether the text ends within an anchor that could go on. */
  readonly isCutOff: boolean;
}

/** Characters that are looked at together. */
const width = 3;
/** Each character moves the earlier ones up by so many bits; after three moves one is out of sight. */
const shift = 5;
const hashes = 2 ** (width * shift);

/** Anchors by a hash of their first three characters: a hit is a hint, what has no hit is out of question. */
export class AnchorTable<Entry> {
  readonly #isStart = new Uint8Array(hashes);
  readonly #anchors = new Map<number, Anchor<Entry>[]>();
  /** What a text that ends within the first characters of an anchor ends in. */
  readonly #beginnings = new Set<string>();

  /** Every text has three characters or more. */
  constructor(anchors: Iterable<Anchor<Entry>>) {
    for (const anchor of anchors) {
      const hash = hashAt(anchor.text, 0);
      this.#isStart[hash] = 1;
      this.#anchors.set(hash, [...(this.#anchors.get(hash) ?? []), anchor]);
      for (let length = 1; length < width; length += 1) this.#beginnings.add(anchor.text.slice(0, length));
    }
    for (const list of this.#anchors.values()) list.sort((one, other) => other.text.length - one.text.length);
  }

  /** The first place at or after `from`, and before `to`, where an anchor begins or may begin; else null. */
  next(text: string, from: number, to = text.length): Candidates<Entry> | null {
    const isStart = this.#isStart;
    const { length } = text;
    const stop = Math.min(length, to + width - 1);
    let hash = 0;
    for (let at = from; at < stop; at += 1) {
      hash = ((hash << shift) ^ text.charCodeAt(at)) & (hashes - 1);
      if (isStart[hash] === 0 || at - from < width - 1) continue;
      const found = this.#candidatesAt(text, at - width + 1, hash);
      if (found !== null) return found;
    }
    for (let at = Math.max(from, length - width + 1); at < to; at += 1)
      if (this.#beginnings.has(text.slice(at))) return { at, entries: [], isCutOff: true };
    return null;
  }

  #candidatesAt(text: string, at: number, hash: number): Candidates<Entry> | null {
    const left = text.length - at;
    let entries: Entry[] | null = null;
    let isCutOff = false;
    for (const anchor of this.#anchors.get(hash) ?? []) {
      if (anchor.text.length > left) isCutOff ||= anchor.text.startsWith(text.slice(at));
      else if (text.startsWith(anchor.text, at)) (entries ??= []).push(anchor.entry);
    }
    return entries === null && !isCutOff ? null : { at, entries: entries ?? [], isCutOff };
  }
}

function hashAt(text: string, start: number): number {
  let hash = 0;
  for (let at = start; at < start + width; at += 1)
    hash = ((hash << shift) ^ text.charCodeAt(at)) & (hashes - 1);
  return hash;
}
