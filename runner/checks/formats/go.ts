// Failures of `go test`, and what `go build` and `go vet` find.
import { z } from 'zod';
import {
  found,
  lineFormat,
  nothing,
  type DocumentFormat,
  type Format,
  type Found,
  type Place,
  type Reader,
} from './format.ts';

/** `./file.go:1:2: text`. */
export const goCompiler: Format = lineFormat(
  '.go:',
  /^(?:vet: )?((?:\.\.?\/|\/)?[^\s:]+\.go):(\d+):(\d+): (?!(?:error|warning): )(.+)$/,
  ([file = null, line, column, message = '']) => found([file, line, column], message),
);

const mostWords = 100;

/**
 * `--- FAIL: Test`; its words stand beneath, or with `-v` before it. They name the file without its folder, so it stays
 * part of the message.
 */
export const goTests: Format = () => {
  /** What each test that has not ended said. */
  const said = new Map<string, string[]>();
  let speaker = '';
  let failed: string | null = null;
  const close = (): readonly Found[] => {
    const problem = failed === null ? null : failure(failed, said.get(failed) ?? []);
    if (failed !== null) said.delete(failed);
    failed = null;
    return problem === null ? nothing : [problem];
  };
  return (line) => {
    if (line === null) return close();
    const [, mark, name = ''] =
      /^\s*(?:===|---) (RUN|CONT|NAME|PAUSE|FAIL|PASS|SKIP):? +(\S.*?)(?: \([\d.]+s\))?$/.exec(line) ?? [];
    if (mark === undefined) {
      if (/^(?:FAIL|PASS|ok)(?:\s|$)/.test(line)) return close();
      const words = said.get(speaker) ?? [];
      if (speaker !== '' && words.length < mostWords && /^\s+\S|^panic: /.test(line))
        said.set(speaker, [...words, line]);
      return nothing;
    }
    const earlier = close();
    speaker = name;
    if (mark === 'FAIL') failed = name;
    else if (mark === 'PASS' || mark === 'SKIP') said.delete(name);
    return earlier;
  };
};

/** A test without words of its own fails because of the tests in it. */
function failure(test: string, lines: readonly string[]): Found | null {
  if (lines.length === 0) return null;
  const panic = lines.find((line) => line.startsWith('panic: '));
  const words = lines.filter((line) => !line.startsWith('\t')).map((line) => line.trim());
  return found(panic === undefined ? [null] : ownPlace(lines), panic ?? words.slice(0, 3).join(' '), {
    test,
    excerpt: lines,
  });
}

function ownPlace(lines: readonly string[]): Place {
  for (const line of lines) {
    const [, file, row] = /^\t(\S+\.go):(\d+)/.exec(line) ?? [];
    if (file !== undefined && !/\/(?:usr|go)\/|\/pkg\/mod\//.test(file)) return [file, row];
  }
  return [null];
}

const testEventSchema = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  Output: z.string().optional(),
});

/** `go test -json`: the same words, packed one by one; packages run side by side. */
export const goTestReport: DocumentFormat = () => {
  const packages = new Map<string, readonly Reader[]>();
  return (document) => {
    const event = testEventSchema.safeParse(document).data;
    if (event === undefined || event.Package === undefined) return nothing;
    const readers = packages.get(event.Package) ?? [goTests(), goCompiler()];
    packages.set(event.Package, readers);
    const lines = event.Action === 'output' ? (event.Output ?? '').replace(/\n$/, '').split('\n') : [];
    return lines.flatMap((line) => readers.flatMap((read) => read(line)));
  };
};
