// What every format has: it reads an output line by line, finds its own problems and leaves all other lines alone.
import type { Problem } from '../../../shared/task/events.ts';
import { foldFrames, isFrame, isLibraryFrame } from '../../tasks/stackFrames.ts';

/** A problem as the output tells it; its file is absolute, relative or a URL. */
export type Found = Omit<Problem, 'fingerprint'>;

/** Gets each line of one output in order, then null for its end; says what it found by then. */
export type Reader = (line: string | null) => readonly Found[];

/** Begins to read one output. */
export type Format = () => Reader;

/** The same for whole JSON documents that stand in the output. */
export type DocumentFormat = () => (document: unknown) => readonly Found[];

/** Where a problem is, as the output writes it. */
export type Place = readonly [file: string | null, line?: Count, column?: Count];
type Count = string | number | null | undefined;

export interface Details {
  readonly severity?: string | number | null | undefined;
  readonly rule?: string | null | undefined;
  readonly test?: string | null | undefined;
  /** What the tool shows with it: the code, a difference, a stack. */
  readonly excerpt?: readonly string[] | undefined;
}

export const nothing: readonly Found[] = [];

const longestBlock = 200;
const excerptLines = 14;
const excerptChars = 800;

export function found([file, line, column]: Place, message: string, details: Details = {}): Found {
  const excerpt = excerptOf(details.excerpt ?? []);
  return {
    file,
    line: positive(line),
    column: positive(column),
    severity: isWarning(details.severity) ? 'warning' : 'error',
    message: message.trim().replaceAll(/\s+/g, ' '),
    ...(details.rule ? { rule: details.rule } : {}),
    ...(details.test ? { test: details.test } : {}),
    ...(excerpt === '' ? {} : { excerpt }),
  };
}

/** A format in which one line is one problem. Looking for `has`, which each has, is quicker than the pattern. */
export function lineFormat(
  has: string,
  pattern: RegExp,
  toFound: (groups: readonly (string | undefined)[]) => Found | null,
): Format {
  return () => (line) => {
    const match = line?.includes(has) === true ? pattern.exec(line) : null;
    const problem = match === null ? null : toFound(match.slice(1));
    return problem === null ? nothing : [problem];
  };
}

/** A block's first line by its groups, and the lines after it. */
type Block = (groups: readonly (string | undefined)[], body: readonly string[]) => readonly Found[];

/**
 * A format in which a line opens a block that goes on to the next such line, to a line that matches `end`, or for
 * `lines` lines. With `after`, nothing counts before a line that matches it. Looking for `has`, which each first line has,
 * is quicker than the pattern.
 */
export function blockFormat(
  shape: {
    readonly has: string;
    readonly start: RegExp;
    readonly end?: RegExp;
    readonly after?: RegExp;
    readonly lines?: number;
  },
  toFound: Block,
): Format {
  return () => {
    let open: { groups: readonly (string | undefined)[]; body: string[] } | null = null;
    let isOn = shape.after === undefined;
    const close = (): readonly Found[] => {
      const block = open;
      open = null;
      return block === null ? nothing : toFound(block.groups, block.body);
    };
    return (line) => {
      if (line === null) return close();
      if (!isOn) isOn = shape.after?.test(line) ?? true;
      const match = isOn && line.includes(shape.has) ? shape.start.exec(line) : null;
      if (match !== null) {
        const earlier = close();
        open = { groups: match.slice(1), body: [] };
        return earlier;
      }
      if (open === null) return nothing;
      if (shape.end?.test(line) === true) return close();
      open.body.push(line);
      return open.body.length >= (shape.lines ?? longestBlock) ? close() : nothing;
    };
  };
}

/** A failed test as most runners show it: the error's words, then where it was thrown. */
export function failedTest(test: string, body: readonly string[], details: Details = {}): Found {
  return found(ownFrame(body), wordsOf(body), { test, excerpt: body.slice(1), ...details });
}

/** The first lines of an error in one, up to its stack or the code that it shows. */
export function wordsOf(body: readonly string[], limit = 3): string {
  const end = body.findIndex((line) => isFrame(line) || /^\s*(?:>?\s*\d+\s*\||⎯)/.test(line));
  const words = body.slice(0, end < 0 ? undefined : end).filter((line) => line.trim() !== '');
  return (
    words
      .slice(0, limit)
      .map((line) => line.trim())
      .join(' ') || 'failed'
  );
}

/** The first place of a stack that lies in the project's own files. */
export function ownFrame(lines: readonly string[]): Place {
  for (const line of lines) {
    if (line.length > 1_000 || isLibraryFrame(line)) continue;
    const match =
      /^\s*(?:at .{0,300}?\(|at (?:async )?|❯ (?:.{0,300} )?|[\w.<$[][\w.<> $[\]]{0,199} \()((?:file:\/\/)?(?:[A-Za-z]:)?[^\s():]+):(\d+):(\d+)\)?/.exec(
        line,
      );
    if (match?.[1] !== undefined) return [match[1], match[2], match[3]];
  }
  return [null];
}

/** A relative path as AVA writes it, with a scheme before it. */
export function withoutScheme(path: string): string {
  return path.replace(/^file:\/\/(?!\/)/, '');
}

/** The line of code that a tool shows under a finding, if it does: with its number before it, or with marks beneath. */
export function shownCode(body: readonly string[]): readonly string[] {
  for (const [index, line] of body.entries()) {
    const [, code] = /^ *>? *\d+ *[|│] ?(.*)$/.exec(line) ?? [];
    if (code !== undefined) return [code.trim()];
    if (/^\s*[~^-]*\^[~^-]*\s*$/.test(body[index + 1] ?? '')) return [line.trim()];
  }
  return [];
}

function excerptOf(lines: readonly string[]): string {
  const folded = foldFrames(lines.map((line) => line.trimEnd().slice(0, 200)));
  const start = folded.findIndex((line) => line !== '');
  if (start < 0) return '';
  return folded
    .slice(start, start + excerptLines)
    .join('\n')
    .slice(0, excerptChars)
    .trimEnd();
}

/** Tools have many words for what is less than an error. */
function isWarning(severity: string | number | null | undefined): boolean {
  return (
    severity === 1 ||
    /^(?:warn|note|info|convention|refactor|style|hint|suggestion|[CRWI]$|[⚠!])/i.test(String(severity))
  );
}

function positive(count: Count): number | null {
  const number = Number(count);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}
