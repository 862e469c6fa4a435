// Keeps what the formats found: each problem once, known by a fingerprint, and of too many some of every cause.
import { createHash } from 'node:crypto';
import { isAbsolute, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../../shared/task/events.ts';
import { causeOf, steadyWords } from '../tasks/problemCause.ts';
import type { Found } from './formats/format.ts';

const mostProblems = 200;
const mostCauses = 500;
const mostKnown = 100_000;
const maxMessageChars = 1_000;
/** Characters of excerpts that all problems of one check keep together. */
const maxExcerptChars = 64 * 1024;

export interface FoundProblems {
  /** At most 200, errors before warnings, each once; files are relative to the root, with `/`. */
  readonly problems: readonly Problem[];
  readonly leftOut: number;
}

export class ProblemCollector {
  readonly #root: string;
  readonly #known = new Set<string>();
  readonly #byCause = new Map<string, { readonly problem: Problem; readonly order: number }[]>();
  #count = 0;

  /** `root` is the absolute folder in which the tool ran. Files outside of it are not named. */
  constructor(root: string) {
    this.#root = root;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(found: Found): void {
    const problem = this.#within(found);
    const { file, line, column, test, message } = problem;
    // A tool's report and its words tell of the same test with different frames.
    const key = test === undefined ? [file, line, column, message] : [file, test, message.slice(0, 80)];
    const name = JSON.stringify(key);
    if (this.#known.has(name)) return;
    if (this.#known.size < mostKnown) this.#known.add(name);
    this.#count++;
    this.#keep(problem);
  }

  /** The problems in the order in which they were found. */
  result(): FoundProblems {
    const queues = [...this.#byCause.entries()].map(([cause, kept]) => ({
      isError: cause.startsWith('error'),
      kept,
    }));
    const chosen: { readonly problem: Problem; readonly order: number }[] = [];
    for (const isError of [true, false]) {
      const own = queues.filter((queue) => queue.isError === isError);
      // One of each cause, then a second of each: no cause hides another.
      for (let place = 0; place < mostProblems && chosen.length < mostProblems; place++)
        chosen.push(...own.flatMap(({ kept }) => kept[place] ?? []).slice(0, mostProblems - chosen.length));
    }
    const rank = ({ problem }: { readonly problem: Problem }): number =>
      problem.severity === 'error' ? 0 : 1;
    const sorted = chosen.sort((a, b) => rank(a) - rank(b) || a.order - b.order);
    return {
      problems: withinExcerptLimit(sorted.map(({ problem }) => problem)),
      leftOut: this.#count - sorted.length,
    };
  }

  #keep(problem: Problem): void {
    const cause = causeOf(problem);
    const kept = this.#byCause.get(cause);
    if (kept !== undefined && kept.length < mostProblems) kept.push({ problem, order: this.#count });
    if (kept === undefined && this.#byCause.size < mostCauses)
      this.#byCause.set(cause, [{ problem, order: this.#count }]);
  }

  #within(found: Found): Problem {
    const file = found.file === null ? null : this.#pathWithin(found.file);
    const place = file === null ? { file, line: null, column: null } : { file };
    const message = this.#withoutRoot(found.message).slice(0, maxMessageChars);
    const excerpt = found.excerpt === undefined ? {} : { excerpt: this.#withoutRoot(found.excerpt) };
    const problem = { ...found, ...place, ...excerpt, message };
    return { ...problem, fingerprint: fingerprintOf(problem) };
  }

  #withoutRoot(text: string): string {
    return text.replaceAll(`file://${this.#root}/`, '').replaceAll(`${this.#root}/`, '');
  }

  #pathWithin(file: string): string | null {
    const path = file.startsWith('file:') ? pathOfUrl(file) : file;
    if (path === null) return null;
    const inner = isAbsolute(path) ? relative(this.#root, path) : normalize(path);
    return inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner)
      ? null
      : inner.replaceAll(sep, '/');
  }
}

/** The same for a problem that only moved: no line is part of it, and of its words only what stays. */
function fingerprintOf({ file, rule = '', test = '', message, excerpt = '' }: Found): string {
  // A stack and a difference change with every run; the code that a linter shows does not.
  const code = test === '' ? steadyWords(excerpt) : '';
  const text = JSON.stringify([file, rule, test, steadyWords(message), code]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function withinExcerptLimit(problems: readonly Problem[]): Problem[] {
  let left = maxExcerptChars;
  return problems.map((problem) => {
    left -= problem.excerpt?.length ?? 0;
    if (left >= 0) return problem;
    const short = { ...problem };
    delete short.excerpt;
    return short;
  });
}

/** Outputs may hold anything, URLs of other hosts and broken escapes among it. */
function pathOfUrl(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}
