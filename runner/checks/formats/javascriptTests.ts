// Failures of Node's test runner, mocha, jest and vitest, as they list them after the run.
import {
  blockFormat,
  failedTest,
  found,
  nothing,
  ownFrame,
  withoutScheme,
  wordsOf,
  type Format,
  type Found,
} from './format.ts';

const longestFailure = 200;

/** `test at file:line:column`, then the test and its error. */
export const nodeSpec: Format = blockFormat(
  { has: 'test at ', start: /^test at (.+?):(\d+):(\d+)$/ },
  ([file = null, line, column], [title = '', ...body]) => {
    const test = title.replace(/^✖ (.*?)(?: \([\d.]+ms\))?$/, '$1');
    const problem = failedTest(test, body);
    return [
      problem.file === null
        ? { ...problem, ...found([file, line, column], problem.message, { test }) }
        : problem,
    ];
  },
);

/** `  1) suite`, the test's name on lines that end with a colon, then the error; only after `2 failing`. */
export const mocha: Format = blockFormat(
  { has: ') ', after: /^ {2}\d+ failing$/, start: /^ {2}\d+\) (.+)$/ },
  ([first = ''], body) => {
    const nameLines = first.endsWith(':') ? 0 : body.findIndex((line) => line.endsWith(':')) + 1;
    const title = [first, ...body.slice(0, nameLines).map((line) => line.trim())].join(' ').replace(/:$/, '');
    return [failedTest(title, body.slice(nameLines))];
  },
);

/** `  ● suite › test`; a suite that can't be run is known by the line above, `FAIL file`. */
export const jest: Format = () => {
  let file: string | null = null;
  const read = blockFormat(
    { has: '● ', start: /^ {2}● (.+)$/, end: /^(?:PASS|FAIL|Test Suites:) / },
    ([title = ''], body) => {
      if (title === 'Test suite failed to run') {
        const problem = failedTest('the whole file', body);
        return [{ ...problem, file, ...(problem.file === file ? {} : { line: null, column: null }) }];
      }
      return title.includes(' › ') || body.some((line) => /^\s+(?:at |>? *\d+ \|)/.test(line))
        ? [failedTest(title, body)]
        : nothing;
    },
  )();
  return (line) => {
    const problems = read(line);
    const [, next] = line === null ? [] : (/^FAIL (?:\S+ )?(\S+)(?: \([\d.]+ m?s\))?$/.exec(line) ?? []);
    file = next ?? file;
    return problems;
  };
};

/** ` FAIL  file > suite > test`; a file that can't be run has only its name. */
export const vitest: Format = blockFormat(
  { has: ' FAIL ', start: /^ FAIL {2}(?:\|[^|]+\| )?(\S+)(?: \[ .+ \])?(?: > (.+))?$/, end: /^⎯/ },
  ([file = '', title], body) => {
    const problem = failedTest(title?.replaceAll(' > ', ' › ') ?? 'the whole file', body);
    return [{ ...problem, file: problem.file ?? file }];
  },
);

/** After a line with `─` alone: the test's name, what it says, then `› file:line:column` or a stack; blank lines between two. */
export const ava: Format = () => {
  let body: string[] | null = null;
  let blankLines = 0;
  const close = (): readonly Found[] => {
    const block = body ?? [];
    body = [];
    return block.length < 2 ? nothing : [avaFailure(block)];
  };
  return (line) => {
    if (line === null) return close();
    if (body === null) {
      if (line === '  ─') body = [];
      return nothing;
    }
    blankLines = line.trim() === '' ? blankLines + 1 : 0;
    if (line === '  ─' || blankLines === 3) return close();
    if (blankLines === 0 && body.length < longestFailure) body.push(line);
    return nothing;
  };
};

function avaFailure([title = '', ...body]: readonly string[]): Found {
  const [, file = null, line, column] =
    /^ {2}› (?:.{0,300} \()?([^\s()]+):(\d+):(\d+)\)?$/m.exec(body.join('\n')) ?? [];
  const place = file === null ? ownFrame(body) : ([withoutScheme(file), line, column] as const);
  const stack = body.findIndex((text) => /^\s+at /.test(text));
  const said = body.filter((text) => !/^\s*(?:Difference\b.*:|›.*|\d+: .*|\S+:\d+)$/.test(text));
  // Above a stack stands the error's own line, above that the error once more with all its fields.
  const words = stack > 0 ? body.slice(stack - 1, stack) : said;
  return found(place, wordsOf(words), { test: title.trim(), excerpt: body });
}
