// Failures of `go test`, and what `go build` and `go vet` find.
import { blocksAfter, lineFormat, problemAt, type Format } from './format.ts';

/** `./file.go:1:2: text`. */
export const goCompiler: Format = lineFormat(
  /^(?:vet: )?((?:\.\.?\/)?[^\s:]+\.go):(\d+):(\d+): (.+)$/,
  ([file = '', line, column, message = '']) => problemAt([file, line, column], message),
);

/** `--- FAIL: Test`, then its lines. They name the file without its folder, so it stays part of the message. */
export const goTests: Format = (lines) =>
  blocksAfter(lines, /^\s*(---|===|FAIL|ok|PASS)(?: (FAIL|PASS|SKIP|RUN): (\S+) \([\d.]+s\))?.*$/).flatMap(
    ({ groups: [, state, test = ''], body }) => {
      const words = body.filter((line) => /^\s+\S/.test(line)).map((line) => line.trim());
      // A test without words of its own fails because of the tests in it.
      return state === 'FAIL' && words.length > 0
        ? [problemAt([null], `${test}: ${words.slice(0, 3).join(' ')}`)]
        : [];
    },
  );
