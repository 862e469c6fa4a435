// Failures of Node's test runner, mocha, jest and vitest, as they list them after the run.
import { blockFormat, failedTest, found, nothing, type Format } from './format.ts';

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
