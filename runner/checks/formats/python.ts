// Failures of pytest, and findings of ruff in its long form.
import { blocksAfter, lineFormat, problemAt, type Format } from './format.ts';

/** The short summary names the tests, the sections above it the lines. */
export const pytest: Format = (lines) => {
  const lineByTest = new Map<string, string>();
  for (const {
    groups: [test = ''],
    body,
  } of blocksAfter(lines, /^_{2,} (.+?) _{2,}$/)) {
    for (const line of body) {
      const [, row] = /^\S+\.py:(\d+): /.exec(line) ?? [];
      if (row !== undefined) lineByTest.set(test, row);
    }
  }
  const summary = lines.slice(lines.findIndex((line) => /^=+ short test summary info =+$/.test(line)) + 1);
  const failed = lineFormat(
    /^(?:FAILED|ERROR) ([^:\s]+\.py)(?:::(.+?))?(?: - (.+))?$/,
    ([file = '', test, reason]) => {
      const line = lineByTest.get(test?.replaceAll('::', '.') ?? `ERROR collecting ${file}`);
      return problemAt([file, line], `${test ?? 'could not be collected'}: ${reason ?? 'failed'}`);
    },
  );
  return failed(summary);
};

/** `F401 [*] message`, then ` --> file:line:column`. */
export const ruff: Format = (lines) =>
  blocksAfter(lines, /^([A-Z]+\d+ .+)$/).flatMap(({ groups: [message = ''], body }) => {
    const [, file, line, column] = /^ *--> (.+?):(\d+):(\d+)$/.exec(body[0] ?? '') ?? [];
    return file === undefined ? [] : [problemAt([file, line, column], message)];
  });
