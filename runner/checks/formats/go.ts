// Failures of `go test`, and what `go build` and `go vet` find.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
/** Failures of one package that wait for its name, and folders of it that are tried. */
const mostHeld = 1_000;
const mostFolders = 20;

/**
 * `--- FAIL: Test`; its words stand beneath, or with `-v` before it. They name the file without its folder, which follows from
 * the package at the end. `root` is the absolute folder in which it ran.
 */
export function goTests(root: string): Format {
  return () => {
    /** What each test that has not ended said. */
    const said = new Map<string, string[]>();
    let speaker = '';
    let failed: string | null = null;
    let ofPackage: Found[] = [];
    const close = (): void => {
      const problem = failed === null ? null : failure(failed, said.get(failed) ?? []);
      if (failed !== null) said.delete(failed);
      failed = null;
      if (problem !== null) ofPackage.push(problem);
    };
    const endPackage = (name: string | null): readonly Found[] => {
      close();
      const problems = ofPackage.map((problem) => placedIn(root, name, problem));
      ofPackage = [];
      return problems;
    };
    return (line) => {
      if (line === null) return endPackage(null);
      const [, mark, name = ''] =
        /^\s*(?:===|---) (RUN|CONT|NAME|PAUSE|FAIL|PASS|SKIP):? +(\S.*?)(?: \([\d.]+s\))?$/.exec(line) ?? [];
      if (mark === undefined) {
        const [, packageName] = /^(?:FAIL|ok {2})\t(\S+)/.exec(line) ?? [];
        if (packageName !== undefined) return endPackage(packageName);
        if (/^(?:FAIL|PASS|ok)(?:\s|$)/.test(line)) close();
        const words = said.get(speaker) ?? [];
        if (speaker !== '' && words.length < mostWords && /^\s+\S|^panic: /.test(line))
          said.set(speaker, [...words, line]);
        return nothing;
      }
      close();
      speaker = name;
      if (mark === 'FAIL') failed = name;
      else if (mark === 'PASS' || mark === 'SKIP') said.delete(name);
      return ofPackage.length > mostHeld ? endPackage(null) : nothing;
    };
  };
}

/** A module's name stands before the folder, and no output tells how long it is: the longest path that is there counts. */
function placedIn(root: string, packageName: string | null, problem: Found): Found {
  const [, file, line, message] = /^([^\s:/]+\.go):(\d+): (.+)$/.exec(problem.message) ?? [];
  if (packageName === null || file === undefined || message === undefined || problem.file !== null)
    return problem;
  const folders = packageName.split('/');
  const paths = [...folders, ''].map((_, index) => [...folders.slice(index), file].join('/'));
  const path = paths.slice(0, mostFolders).find((one) => existsSync(join(root, one)));
  return path === undefined ? problem : { ...problem, file: path, line: Number(line), message };
}

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
export function goTestReport(root: string): DocumentFormat {
  return () => {
    const packages = new Map<string, readonly Reader[]>();
    return (document) => {
      const event = testEventSchema.safeParse(document).data;
      if (event === undefined || event.Package === undefined) return nothing;
      const readers = packages.get(event.Package) ?? [goTests(root)(), goCompiler()];
      packages.set(event.Package, readers);
      const lines = event.Action === 'output' ? (event.Output ?? '').replace(/\n$/, '').split('\n') : [];
      return lines.flatMap((line) => readers.flatMap((read) => read(line)));
    };
  };
}
