// Findings of compilers and linters that name file, line and column.
import { blocksAfter, lineFormat, problemAt, type Format } from './format.ts';

/** `file(1,2): error TS1: text`, `file:1:2 - error TS1: text`, and `error TS1: text` of no file. */
export const typescript: Format = lineFormat(
  /^(?:(.+?)(?:\((\d+),(\d+)\): |:(\d+):(\d+) - ))?(error|warning) (TS\d+: .+)$/,
  ([file, line, column, prettyLine, prettyColumn, severity, message = '']) =>
    problemAt([file ?? null, line ?? prettyLine, column ?? prettyColumn], message, severity ?? 'error'),
);

/** A line with the file, then a line per finding. */
export const eslint: Format = (lines) => {
  let file: string | null = null;
  return lines.flatMap((text) => {
    if (/^\S.*[./\\]/.test(text)) file = text.trim();
    const [, line, column, severity, message] =
      /^ {2,}(\d+):(\d+) +(error|warning) +(\S.*)$/.exec(text) ?? [];
    if (message === undefined || file === null) return [];
    return [problemAt([file, line, column], message.replace(/ {2,}(\S+)$/, ' ($1)'), severity ?? 'error')];
  });
};

/** `file:1:2: error: text`, as gcc, clang, mypy (without column), flake8 and ruff (a code in place of the word) have it. */
export const colons: Format = lineFormat(
  /^((?:[A-Za-z]:)?[^\s:][^:]*\.\w+):(\d+):(?:(\d+):)? (?:(?:fatal )?(error|warning): |(?=[A-Z]{1,5}\d{2,5} ))(.+)$/,
  ([file = '', line, column, severity, message = '']) =>
    problemAt([file, line, column], message, severity ?? 'error'),
);

/** `error[E0277]: text`, then `  --> file:1:2`. */
export const rustc: Format = (lines) =>
  blocksAfter(lines, /^(error|warning)(?:\[\w+\])?: (.+)$/).flatMap(
    ({ groups: [severity, message = ''], body }) => {
      const [, file, line, column] = /^ *--> (.+?):(\d+):(\d+)$/.exec(body[0] ?? '') ?? [];
      return file === undefined ? [] : [problemAt([file, line, column], message, severity ?? 'error')];
    },
  );

/** `thread 'name' panicked at file:1:2:`, then what it said. */
export const rustTests: Format = (lines) =>
  blocksAfter(lines, /^thread '(.+?)' (?:\(\d+\) )?panicked at (.+?):(\d+):(\d+):$/).map(
    ({ groups: [test = '', file = '', line, column], body }) => {
      const end = body.findIndex((text) => /^(?:note:|stack backtrace:|$)/.test(text));
      const words = body.slice(0, end < 0 ? 3 : end).map((text) => text.trim());
      return problemAt([file, line, column], `${test}: ${words.join(' ')}`);
    },
  );
