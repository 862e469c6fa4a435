// Failures of Node's test runner (TAP and its own words) and of anything else that speaks TAP.
import type { Problem } from '../../../shared/task/events.ts';
import { blocksAfter, failedTest, ownFrame, problemAt, type Format } from './format.ts';

/** `not ok 1 - name`, perhaps with a YAML block beneath. */
export const tap: Format = (lines) =>
  blocksAfter(lines, /^\s*(not ok|ok|# Subtest:)\b(?: \d+)?(?: -)? ?(.*)$/).flatMap(
    ({ groups: [state, name = ''], body }) =>
      state === 'not ok' && !/# (?:TODO|SKIP)\b/i.test(name) ? tapProblem(name, body) : [],
  );

function tapProblem(name: string, body: readonly string[]): Problem[] {
  const field = (key: string): string | undefined => {
    const start = body.findIndex((line) => line.trimStart().startsWith(`${key}: `));
    const value = body[start]?.trim().slice(key.length + 2);
    if (value === undefined || !value.startsWith('|')) return value?.replace(/^'(.*)'$/, '$1');
    const texts = body.slice(start + 1).map((line) => line.trim());
    const end = texts.findIndex((line) => /^[a-z]\w*:(?: |$)|^\.\.\.$/.test(line));
    return texts.slice(0, end < 0 ? 3 : end).join(' ');
  };
  // A suite fails because of the tests in it, which are there themselves.
  if (field('failureType') === 'subtestsFailed') return [];
  const own = ownFrame(body);
  const [, ...location] = /^(.*?):(\d+):(\d+)$/.exec(field('location') ?? '') ?? [];
  const [file = null, line, column] = own[0] === null ? location : own;
  return [
    problemAt([file, line, column], `${name}: ${(field('error') ?? 'failed').replaceAll(/\s+/g, ' ')}`),
  ];
}

/** `test at file:line:column`, then the test and its error. */
export const nodeSpec: Format = (lines) =>
  blocksAfter(lines, /^test at (.+?):(\d+):(\d+)$/).map(({ groups: [file = null, line, column], body }) => {
    const title = (body[0] ?? '').replace(/^✖ (.*?)(?: \([\d.]+ms\))?$/, '$1');
    const problem = failedTest(title, body.slice(1));
    const isPlaced = problem.file !== null;
    return isPlaced ? problem : problemAt([file, line, column], problem.message);
  });
