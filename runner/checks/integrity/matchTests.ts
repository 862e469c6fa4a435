// Finds each test of before again among those after: by its name, by where it went, by what it says.
import type { Reading, TestCase } from './reading.ts';

/** A file's tests before and after a change. */
export interface ReadChange {
  /** After the change; of a deleted file before it. */
  readonly path: string;
  readonly oldPath: string;
  readonly before: Reading | null;
  readonly after: Reading | null;
}

export interface FoundTest {
  readonly change: ReadChange;
  readonly test: TestCase;
}

export interface TestPair {
  readonly before: FoundTest;
  readonly after: FoundTest;
}

export interface MatchedTests {
  readonly pairs: readonly TestPair[];
  readonly gone: readonly FoundTest[];
  readonly added: readonly FoundTest[];
}

/** Comparing each with each takes its time: beyond that only names count. */
const mostCompared = 400;

export function matchTests(changes: readonly ReadChange[]): MatchedTests {
  const matching = new Matching(
    changes.flatMap((change) => change.before?.tests.map((test) => ({ change, test })) ?? []),
    changes.flatMap((change) => change.after?.tests.map((test) => ({ change, test })) ?? []),
  );
  matching.byKey(({ change, test }) => `${changes.indexOf(change)} ${titleOf(test.name)}`);
  matching.byKey(({ test }) => titleOf(test.name), 0.2);
  matching.byKey(({ change, test }) => `${changes.indexOf(change)} ${leafOf(test.name)}`, 0.2);
  matching.byKey(({ test }) => leafOf(test.name), 0.4);
  matching.bySimilarity(0.5, true);
  matching.bySimilarity(0.25, true, haveLikeNames);
  matching.bySimilarity(0.65, false);
  return matching;
}

/** What a table of cases fills in is written in many ways: `%s`, `${name}`, `$name`. */
function titleOf(name: string): string {
  return name.replaceAll(/%[a-z]|\$\{[^}]*\}|\$[\w.]+/g, '…');
}

function leafOf(name: string): string {
  return titleOf(name.split(' › ').at(-1) ?? name);
}

class Matching implements MatchedTests {
  readonly pairs: TestPair[] = [];
  gone: readonly FoundTest[];
  added: readonly FoundTest[];

  constructor(before: readonly FoundTest[], after: readonly FoundTest[]) {
    this.gone = before;
    this.added = after;
  }

  byKey(keyOf: (found: FoundTest) => string, least = 0): void {
    const open = new Map<string, FoundTest[]>();
    for (const found of this.added) {
      const same = open.get(keyOf(found));
      if (same === undefined) open.set(keyOf(found), [found]);
      else same.push(found);
    }
    const taken = new Set<FoundTest>();
    for (const before of this.gone) {
      const candidates = open.get(keyOf(before)) ?? [];
      const index = candidates.findIndex(
        (after) => least === 0 || similarityOf(before.test, after.test) >= least,
      );
      const [after] = index < 0 ? [] : candidates.splice(index, 1);
      if (after === undefined) continue;
      this.pairs.push({ before, after });
      taken.add(before).add(after);
    }
    this.#remove(taken);
  }

  bySimilarity(
    least: number,
    isSameFile: boolean,
    isLikely: (before: TestCase, after: TestCase) => boolean = () => true,
  ): void {
    if (this.gone.length > mostCompared || this.added.length > mostCompared) return;
    const likely: (TestPair & { readonly similarity: number })[] = [];
    for (const before of this.gone)
      for (const after of this.added) {
        if (isSameFile && before.change !== after.change) continue;
        const similarity = similarityOf(before.test, after.test);
        if (similarity >= least && isLikely(before.test, after.test))
          likely.push({ before, after, similarity });
      }
    const taken = new Set<FoundTest>();
    for (const pair of likely.sort((a, b) => b.similarity - a.similarity)) {
      if (taken.has(pair.before) || taken.has(pair.after)) continue;
      this.pairs.push(pair);
      taken.add(pair.before).add(pair.after);
    }
    this.#remove(taken);
  }

  #remove(taken: ReadonlySet<FoundTest>): void {
    this.gone = this.gone.filter((found) => !taken.has(found));
    this.added = this.added.filter((found) => !taken.has(found));
  }
}

/** Whether one's name has all words of the other's: a test that was made more precise, or more general. */
function haveLikeNames(a: TestCase, b: TestCase): boolean {
  const [one, other] = [nameWords(a), nameWords(b)];
  const both = one.intersection(other).size;
  return both >= 3 && both === Math.min(one.size, other.size);
}

function nameWords({ name }: TestCase): ReadonlySet<string> {
  const words = leafOf(name).match(/[a-z0-9]+|[A-Z][a-z0-9]*/g) ?? [];
  return new Set(words.map((word) => word.toLowerCase()));
}

/** The share of their words that both have. */
export function similarityOf(a: TestCase, b: TestCase): number {
  const both = a.words.intersection(b.words).size;
  return both / Math.max(1, a.words.size + b.words.size - both);
}
