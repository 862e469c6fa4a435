// Failures of mocha, jest and vitest, as they list them after the run.
import { blocksAfter, failedTest, type Format } from './format.ts';

/** `  1) suite`, the test's name on lines that end with a colon, then the error; only after `2 failing`. */
export const mocha: Format = (lines) => {
  const start = lines.findIndex((line) => /^ {2}\d+ failing$/.test(line));
  if (start < 0) return [];
  return blocksAfter(lines.slice(start), /^ {2}\d+\) (.+)$/).map(({ groups: [first = ''], body }) => {
    const nameLines = first.endsWith(':') ? 0 : body.findIndex((line) => line.endsWith(':')) + 1;
    const title = [first, ...body.slice(0, nameLines).map((line) => line.trim())].join(' ').replace(/:$/, '');
    return failedTest(title, body.slice(nameLines));
  });
};

/** `  ● suite › test`. */
export const jest: Format = (lines) =>
  blocksAfter(lines, /^ {2}● (.+)$/)
    .filter(({ groups: [title = ''] }) => title.includes(' › ') || title === 'Test suite failed to run')
    .map(({ groups: [title = ''], body }) => failedTest(title, body));

/** ` FAIL  file > suite > test`. */
export const vitest: Format = (lines) =>
  blocksAfter(lines, /^ FAIL {2}(\S+?)(?: > (.+))?$/).map(({ groups: [file = '', title], body }) => {
    const problem = failedTest(title ?? file, body);
    return { ...problem, file: problem.file ?? file };
  });
