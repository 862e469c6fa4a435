// Findings of compilers that name file, line and column on one line: C, Java, TypeScript, C#, and linters that write alike.
import { blockFormat, found, lineFormat, nothing, shownCode, type Format } from './format.ts';

/**
 * `file:1:2: error: text [rule]`, as gcc, clang, javac (without column), mypy and cargo's short form have it; flake8 and ruff
 * have a code in place of the word. The line of code may stand beneath.
 */
export const colons: Format = blockFormat(
  {
    has: ':',
    start:
      /^((?:[A-Za-z]:)?[^\s:(][^:]*\.\w+):(\d+):(?:(\d+):)? (?:(?:fatal )?(error|warning)(?:\[(\w+)\])?: |note: (?=.*\[SC\d+\]$)|\[(error|warning)\] |([A-Z]{1,5}\d{2,5}) (?:\[\*\] )?)(.+)$/,
    lines: 4,
  },
  ([file = null, line, column, word, code, bracketed, letters, text = ''], body) => {
    const isNote = word === undefined && bracketed === undefined && letters === undefined;
    const { message, rule } = withoutRule(text, body);
    const severity = isNote ? 'note' : (word ?? bracketed ?? 'error');
    const excerpt = shownCode(body.slice(0, 3));
    return [found([file, line, column], message, { severity, rule: code ?? letters ?? rule, excerpt })];
  },
);

/** A rule stands in brackets at the end, in mypy's long form at the end of a further line. */
function withoutRule(text: string, body: readonly string[]): { message: string; rule: string | undefined } {
  const [ending = '', rule] = / +[[(]([A-Za-z-][\w-]{2,60}(?:=\w{0,10})?)[\])]$/.exec(text.slice(-90)) ?? [];
  const message = text.slice(0, text.length - ending.length);
  const [, rest = '', late] =
    rule === undefined ? (/^(.{0,300}?) *\[([a-z][\w-]{2,60})\]$/.exec(body[0] ?? '') ?? []) : [];
  return late === undefined ? { message, rule } : { message: `${text} ${rest}`.trim(), rule: late };
}

/** `file(1,2): error TS1: text`, of C# with the project behind it, and `error TS1: text` of no file. */
export const parentheses: Format = blockFormat(
  {
    has: ': ',
    start:
      /^ *(?:(?:\d+>)?([^\s(].*?)(?:\((\d+)(?:,(\d+))?(?:,\d+,\d+)?\) ?: |:(\d+):(\d+) - )|)(error|warning) ([A-Z]{2,6}\d{1,5}): (.+?)(?: \[[^\]]+proj(?:::[^\]]*)?\])?$/,
    lines: 5,
  },
  ([file = null, line, column, prettyLine, prettyColumn, severity, rule, message = ''], body) => {
    const excerpt = body.slice(0, 3).flatMap((text) => /^\s*\d+ (\S.*)$/.exec(text)?.[1] ?? []);
    return [found([file, line ?? prettyLine, column ?? prettyColumn], message, { severity, rule, excerpt })];
  },
);

/** What has no line: a header that the command line asks for, and what a linker misses. */
export const linker: Format = lineFormat(
  ': ',
  /^(?:<command-line>: fatal error: (.+)|(?:\S{0,200}ld: )?(?:\S{1,200}: )?(\S{1,200}\.\w+):\(\.\w[^)]*\): (undefined reference to .+))$/,
  ([missing, file = null, undefinedName]) => found([file], missing ?? undefinedName ?? ''),
);

export const make: Format = lineFormat(
  'make',
  /^make(?:\[\d+\])?: \*\*\* (No rule to make target .+?)\.? +Stop\.$/,
  ([message = '']) => found([null], message),
);

/** `[ERROR] /file.java:[1,2] text`. */
export const mavenCompiler: Format = lineFormat(
  ':[',
  /^\[(ERROR|WARNING)\] ([^\s:][^:]*\.(?:java|kt|scala|groovy)):\[(\d+),(\d+)\] (.+)$/,
  ([severity, file = null, line, column, message = '']) => found([file, line, column], message, { severity }),
);

/** `[ERROR] shop.CartTest.addsUp -- Time elapsed: 1 s <<< FAILURE!`, in older versions `addsUp(shop.CartTest)  Time …`. */
export const surefire: Format = blockFormat(
  {
    has: '<<<',
    start: /^\[ERROR\] (?!Tests run:)(\S.*?)(?: --|) +Time elapsed: .* <<< (?:FAILURE|ERROR)!$/,
    end: /^(?:$|\[(?:INFO|ERROR|WARNING)\])/,
  },
  ([written = ''], body) => {
    const test = written.replace(/^(\w+)\((\S+)\)$/, '$2.$1');
    return [found([null], body[0] ?? 'failed', { test, excerpt: body.slice(1) })];
  },
);

/** `  Failed Shop.Tests.AddsUp [12 ms]`, then the message and the stack under headings of their own. */
export const dotnetTest: Format = blockFormat(
  {
    has: ' [',
    start: /^ {2}(?:Failed|X) (\S.*?) \[.*m?s\]$/,
    end: /^(?: {2}(?:Passed|Skipped) |Failed! |Test Run |$)/,
  },
  ([test], body) => {
    const stack = body.findIndex((line) => line.trim() === 'Stack Trace:');
    const words = body
      .slice(0, stack < 0 ? undefined : stack)
      .filter((line) => line.trim() !== 'Error Message:');
    const own = body.flatMap((line) => {
      const [, file, row] = /^ +at .+ in (.+):line (\d+)$/.exec(line) ?? [];
      return file === undefined || file.startsWith('/_/') ? [] : [[file, row] as const];
    });
    const message = words
      .slice(0, 3)
      .map((line) => line.trim())
      .join(' ');
    return [
      found(own[0] ?? [null], message, { test, excerpt: [...words.slice(1), ...body.slice(stack + 1)] }),
    ];
  },
);

/** `PHP Parse error:  text in file on line 2`. */
export const php: Format = lineFormat(
  ' on line ',
  /^(?:PHP )?(?:Parse|Fatal|Recoverable fatal) error: {1,2}(.+) in (\S+) on line (\d+)$/,
  ([message = '', file = null, line]) => found([file, line], message),
);

/** `In cart.sh line 3:`, the line, then one mark with a code for each finding. */
export const shellcheck: Format = () => {
  let place: readonly [string, string] | null = null;
  let code = '';
  return (line) => {
    if (line === null) return nothing;
    const [, file, row] = /^In (\S.*) line (\d+):$/.exec(line) ?? [];
    if (file !== undefined && row !== undefined) {
      place = [file, row];
      code = '';
      return nothing;
    }
    if (place === null) return nothing;
    const [, mark = '', rule, severity, message = ''] =
      /^( *)\^-*\^? (SC\d+) \((\w+)\): (.+)$/.exec(line) ?? [];
    if (rule !== undefined)
      return [found([...place, mark.length + 1], message, { severity, rule, excerpt: [code] })];
    if (code === '') code = line.trim();
    return nothing;
  };
};
