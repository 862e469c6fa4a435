// Problem matchers of the repository's own `.vscode/tasks.json`: https://code.visualstudio.com/docs/debugtest/tasks#_defining-a-problem-matcher
import { createContext, Script } from 'node:vm';
import { parse } from 'jsonc-parser';
import { z } from 'zod';
import { found, nothing, type Found, type Reader } from './format.ts';

/** A part of a problem is the number of a group. */
const group = z.int().min(0).max(99).optional();
const patternSchema = z.object({
  regexp: z.string().min(1).max(4_000),
  file: group,
  line: group,
  column: group,
  location: group,
  severity: group,
  code: group,
  message: group,
  loop: z.boolean().default(false),
});
type Pattern = z.infer<typeof patternSchema>;

const matcherSchema = z.object({
  severity: z.string().default('error'),
  fileLocation: z.union([z.string(), z.array(z.unknown())]).optional(),
  pattern: z.union([patternSchema.transform((one) => [one]), z.array(patternSchema).min(1).max(20)]),
});

export interface ProblemMatcher {
  readonly severity: string;
  /** What comes before the files that the output names, relative to the root; empty for the root itself. */
  readonly prefix: string;
  readonly patterns: readonly Pattern[];
}

const mostMatchers = 50;

/**
 * The matchers that a tasks file defines itself. Those that it only names, such as `$tsc`, are formats that every output is
 * read by anyway.
 */
export function matchersOf(tasksFile: string): readonly ProblemMatcher[] {
  const file: unknown = parse(tasksFile, [], { allowTrailingComma: true });
  const written = z
    .object({ tasks: z.array(z.object({ problemMatcher: z.unknown() })) })
    .safeParse(file).data;
  return (written?.tasks ?? [])
    .flatMap(({ problemMatcher }) => problemMatcher)
    .flatMap((matcher) => {
      const { data } = matcherSchema.safeParse(matcher);
      if (data === undefined || !data.pattern.every(({ regexp }) => isRegExp(regexp))) return [];
      return [{ severity: data.severity, prefix: prefixOf(data.fileLocation), patterns: data.pattern }];
    })
    .slice(0, mostMatchers);
}

function isRegExp(source: string): boolean {
  try {
    return new RegExp(source).source !== '';
  } catch {
    return false;
  }
}

function prefixOf(fileLocation: string | readonly unknown[] | undefined): string {
  const folder: unknown = typeof fileLocation === 'object' ? fileLocation[1] : undefined;
  if (typeof folder !== 'string') return '';
  return folder.replace(/^\$\{(?:workspaceFolder|workspaceRoot|cwd)\}\/?/, '').replace(/\/$/, '');
}

/** Lines that are matched in one go, and the milliseconds that all of it may take for one output. */
const batchLines = 2_000;
const mostMs = 2_000;

/** An expression of a stranger may take for ever on the wrong line: where time is up, the matchers say nothing more. */
const matchAll = new Script('lines.map((line) => sources.map((source) => source.exec(line)))');

export function matcherReader(matchers: readonly ProblemMatcher[]): Reader {
  const states = matchers.map((matcher) => new MatcherState(matcher));
  const sources = matchers.flatMap(({ patterns }) => patterns.map(({ regexp }) => regexp));
  const context = createContext({ lines: [], sources: [] });
  new Script('sources = written.map((source) => new RegExp(source))').runInContext(
    Object.assign(context, { written: sources }),
  );
  let lines: string[] = [];
  let leftMs = mostMs;
  const flush = (): readonly Found[] => {
    const batch = lines;
    lines = [];
    if (leftMs <= 0 || batch.length === 0) return nothing;
    const startedAt = performance.now();
    try {
      context['lines'] = batch;
      const matches = matchAll.runInContext(context, { timeout: Math.ceil(leftMs) }) as Match[][];
      return matches.flatMap((ofLine) => readMatches(states, ofLine));
    } catch {
      leftMs = 0;
      return nothing;
    } finally {
      leftMs -= performance.now() - startedAt;
    }
  };
  return (line) => {
    if (line === null) return flush();
    lines.push(line);
    return lines.length >= batchLines ? flush() : nothing;
  };
}

type Match = readonly (string | undefined)[] | null;

function readMatches(states: readonly MatcherState[], ofLine: readonly Match[]): readonly Found[] {
  let start = 0;
  return states.flatMap((state) => {
    const own = ofLine.slice(start, (start += state.matcher.patterns.length));
    return state.read(own);
  });
}

/** Where one matcher stands among its patterns, which match lines that follow each other. */
class MatcherState {
  readonly matcher: ProblemMatcher;
  #step = 0;
  #parts: Partial<Record<Part, string>> = {};

  constructor(matcher: ProblemMatcher) {
    this.matcher = matcher;
  }

  read(matches: readonly Match[]): readonly Found[] {
    const { patterns } = this.matcher;
    if (this.#step > 0 && matches[this.#step] === null) this.#reset();
    const pattern = patterns[this.#step];
    const match = matches[this.#step];
    if (pattern === undefined || match === undefined || match === null) return nothing;
    const parts = { ...this.#parts, ...partsOf(pattern, match) };
    if (this.#step < patterns.length - 1) {
      this.#parts = parts;
      this.#step++;
      return nothing;
    }
    if (!pattern.loop || patterns.length === 1) this.#reset();
    return this.#problem(parts);
  }

  #reset(): void {
    this.#step = 0;
    this.#parts = {};
  }

  #problem({
    file,
    line,
    column,
    location = '',
    severity,
    code,
    message,
  }: Partial<Record<Part, string>>): readonly Found[] {
    if (message === undefined || message.trim() === '') return nothing;
    const [row, place] = location.split(',');
    const isAbsolute = file === undefined || /^(?:\/|[A-Za-z]:|file:)/.test(file);
    const path = isAbsolute || this.matcher.prefix === '' ? file : `${this.matcher.prefix}/${file}`;
    const details = { severity: severity ?? this.matcher.severity, rule: code };
    return [found([path ?? null, line ?? row, column ?? place], message, details)];
  }
}

const parts = ['file', 'line', 'column', 'location', 'severity', 'code', 'message'] as const;
type Part = (typeof parts)[number];

function partsOf(pattern: Pattern, match: readonly (string | undefined)[]): Partial<Record<Part, string>> {
  const hasNone = parts.every((part) => pattern[part] === undefined);
  // What VS Code takes where a pattern says nothing of its groups.
  const groups = hasNone ? { file: 1, line: 2, column: 3, message: 0 } : pattern;
  const texts = parts.map((part) => [
    part,
    groups[part as keyof typeof groups] === undefined
      ? undefined
      : match[groups[part as keyof typeof groups] as number],
  ]);
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined)) as Partial<Record<Part, string>>;
}
