// Finds problems in the output of whatever tool a check runs: every known format reads all of it, line by line.
import { plainText } from '../host/plainText.ts';
import {
  colons,
  dotnetTest,
  linker,
  make,
  mavenCompiler,
  parentheses,
  php,
  shellcheck,
  surefire,
} from './formats/compilers.ts';
import { fallback } from './formats/fallback.ts';
import type { DocumentFormat, Format, Reader } from './formats/format.ts';
import { goCompiler, goTestReport, goTests } from './formats/go.ts';
import {
  biome,
  biomeReport,
  eslintCompact,
  eslintReport,
  eslintUnix,
  prettier,
  stylish,
} from './formats/javascriptLint.ts';
import { jestReport, mochaReport } from './formats/javascriptReports.ts';
import { ava, jest, mocha, nodeSpec, vitest } from './formats/javascriptTests.ts';
import { jsonDocuments } from './formats/jsonDocuments.ts';
import { matcherReader, type ProblemMatcher } from './formats/problemMatchers.ts';
import { pytest, unittest } from './formats/python.ts';
import { pylint, pylintReport, pyright, pyrightReport, ruff, ruffReport } from './formats/pythonLint.ts';
import { githubAnnotation, sarif, xmlReport } from './formats/reports.ts';
import { minitest, phpunit, phpunitTestdox, rspec, rubocop, rubocopReport } from './formats/rubyPhp.ts';
import { cargoReport, rustc, rustPanic, rustTests } from './formats/rust.ts';
import { tap } from './formats/tap.ts';
import { ProblemCollector, type FoundProblems } from './problemCollector.ts';

/** A new format of lines is one function and one name here. */
const formats: readonly Format[] = [
  ...[tap, nodeSpec, mocha, jest, vitest, ava, pytest, unittest, rustTests, rustPanic],
  ...[rspec, minitest, phpunit, phpunitTestdox, surefire, dotnetTest],
  ...[parentheses, colons, linker, make, mavenCompiler, goCompiler, rustc, php],
  ...[stylish, eslintCompact, eslintUnix, biome, prettier, pyright, pylint, ruff, rubocop, shellcheck],
  ...[githubAnnotation],
];

/** A new format of JSON documents is one function and one name here. */
const documentFormats: readonly DocumentFormat[] = [
  ...[mochaReport, jestReport, cargoReport],
  ...[eslintReport, biomeReport, pyrightReport, pylintReport, ruffReport, rubocopReport, sarif],
];

/** A line of a minified bundle is no finding, and slow to look at; only documents may be longer. */
const maxLineChars = 4_000;

/** What an output is read with besides the formats that are known. */
export interface ProblemPlace {
  /** Absolute folder in which the tool ran. */
  readonly root: string;
  readonly matchers?: readonly ProblemMatcher[];
}

/** Reads one output piece by piece, whole lines each. */
export class ProblemReader {
  readonly #collector: ProblemCollector;
  readonly #short: readonly Reader[];
  readonly #long: readonly Reader[];
  readonly #fallback: Reader;
  /** What only the fallback knows, until it is clear that nothing else knows anything. */
  readonly #unsure: ProblemCollector;

  constructor({ root, matchers = [] }: ProblemPlace) {
    this.#collector = new ProblemCollector(root);
    this.#unsure = new ProblemCollector(root);
    const own = matchers.length === 0 ? [] : [matcherReader(matchers)];
    this.#short = [...formats.map((format) => format()), goTests(root)(), ...own];
    this.#long = [jsonDocuments([...documentFormats, goTestReport(root)])(), xmlReport()];
    this.#fallback = fallback(root)();
  }

  take(text: string): void {
    for (const line of plainText(text).split('\n')) this.#takeLine(line);
  }

  end(): FoundProblems {
    this.#takeLine(null);
    return (this.#collector.isEmpty ? this.#unsure : this.#collector).result();
  }

  #takeLine(line: string | null): void {
    for (const read of this.#long) for (const problem of read(line)) this.#collector.add(problem);
    if (line !== null && line.length > maxLineChars) return;
    for (const read of this.#short) for (const problem of read(line)) this.#collector.add(problem);
    if (!this.#collector.isEmpty) return;
    for (const problem of this.#fallback(line)) this.#unsure.add(problem);
  }
}

export function parseProblems(output: string, place: ProblemPlace): FoundProblems {
  const reader = new ProblemReader(place);
  reader.take(output);
  return reader.end();
}
