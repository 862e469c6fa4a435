// What every format has: it finds its own problems among the lines of an output and leaves all others alone.
import type { Problem } from '../../../shared/task/events.ts';

/** Files of the problems are as the output names them: absolute, relative or URLs. */
export type Format = (lines: readonly string[]) => Problem[];

/** Where a problem is, as the output writes it. */
export type Place = readonly [file: string | null, line?: string | undefined, column?: string | undefined];

export function problemAt([file, line, column]: Place, message: string, severity: string = 'error'): Problem {
  return {
    file,
    line: positive(line),
    column: positive(column),
    severity: severity === 'warning' ? 'warning' : 'error',
    message: message.trim(),
  };
}

/** A format in which one line is one problem; `toProblem` gets the groups of the match. */
export function lineFormat(pattern: RegExp, toProblem: (groups: readonly string[]) => Problem): Format {
  return (lines) =>
    lines.flatMap((line) => {
      const match = pattern.exec(line);
      return match === null ? [] : [toProblem(match.slice(1))];
    });
}

/** A failed test as runners of JavaScript show it: a title, the error, then where it was thrown. */
export function failedTest(title: string, body: readonly string[]): Problem {
  const isFrame = (line: string): boolean => /^\s*(?:at |❯ |>?\s*\d+\s*\||⎯)/.test(line);
  const end = body.findIndex(isFrame);
  const words = body.slice(0, end < 0 ? undefined : end).filter((line) => line.trim() !== '');
  const message = words
    .slice(0, 3)
    .map((line) => line.trim())
    .join(' ');
  return problemAt(ownFrame(body), `${title}: ${message || 'failed'}`);
}

/** The first place of a stack that lies in the project's own files. */
export function ownFrame(lines: readonly string[]): Place {
  for (const line of lines) {
    const match =
      /^\s*(?:at .*?\(|at (?:async )?|❯ (?:.* )?|[\w.<> ]+ \()((?:file:\/\/)?[^\s():]+):(\d+):(\d+)\)?/.exec(
        line,
      );
    const [, file, row, column] = match ?? [];
    if (file !== undefined && !/^node:|node_modules/.test(file) && !line.includes('node:'))
      return [file, row, column];
  }
  return [null];
}

/** The lines after each line that matches, up to the next match or the end. */
export function blocksAfter(
  lines: readonly string[],
  pattern: RegExp,
): { readonly groups: readonly string[]; readonly body: readonly string[] }[] {
  const starts = lines.flatMap((line, index) => {
    const match = pattern.exec(line);
    return match === null ? [] : [{ groups: match.slice(1), index }];
  });
  return starts.map(({ groups, index }, position) => ({
    groups,
    body: lines.slice(index + 1, starts[position + 1]?.index),
  }));
}

function positive(text: string | undefined): number | null {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}
