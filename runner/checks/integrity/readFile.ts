// Reads one version of one file for all that is compared: by syntax where the grammar understands it, else as text.
import { readGoTests } from './goTests.ts';
import type { Grammars } from './grammars.ts';
import { isMachineMade, isOtherSource, isTestPath } from './fileKinds.ts';
import { readJavaScriptTests } from './javaScriptTests.ts';
import { readJavaTests } from './javaTests.ts';
import { isJavaScript, languageOf, type Language } from './languages.ts';
import { readPythonTests } from './pythonTests.ts';
import type { Reading } from './reading.ts';
import { readRustTests } from './rustTests.ts';
import { suppressionsIn, suppressionsInText, type Suppression } from './suppressions.ts';
import type { ParsedText } from './syntaxNode.ts';
import { readTestsAsText } from './textTests.ts';

export interface SourceReading {
  readonly parsed: ParsedText | null;
  readonly tests: Reading;
  readonly suppressions: readonly Suppression[];
}

/** Larger sources are read as text. In characters. */
const longestParsed = 512 * 1024;

const noTests: Reading = {
  tests: [],
  focused: [],
  otherAssertions: [],
  idleFunctions: new Set(),
  foundBy: 'text',
};

export class SourceReader {
  readonly #grammars: Grammars;
  readonly #until: number;

  /** After `until`, by `performance.now()`, all is read as text. */
  constructor(grammars: Grammars, until: number) {
    this.#grammars = grammars;
    this.#until = until;
  }

  /** Both sides in the same way: what syntax knows of one side and text doesn't of the other is no change. */
  async readBoth(
    before: { readonly path: string; readonly text: string | null },
    after: { readonly path: string; readonly text: string | null },
  ): Promise<readonly [before: SourceReading | null, after: SourceReading | null]> {
    // What a person wrote is read on, however much of it a machine has made since.
    const isMade = [before, after].every(({ path, text }) => text === null || isMachineMade(path, text));
    if (isMade) return [null, null];
    const was = before.text === null ? null : await this.#read(before.path, before.text);
    const now = after.text === null ? null : await this.#read(after.path, after.text);
    if (was === null || now === null || (was.parsed === null) === (now.parsed === null)) return [was, now];
    return [readAsText(before.path, before.text ?? ''), readAsText(after.path, after.text ?? '')];
  }

  /** Null for what is no source that a person wrote. */
  async read(path: string, text: string): Promise<SourceReading | null> {
    return isMachineMade(path, text) ? null : this.#read(path, text);
  }

  async #read(path: string, text: string): Promise<SourceReading | null> {
    const language = languageOf(path);
    if (language === null && !isOtherSource(path)) return null;
    const isTest = isTestPath(path);
    const isShort = text.length <= longestParsed && performance.now() < this.#until;
    const parsed = language !== null && isShort ? await this.#grammars.parse(text, language) : null;
    if (parsed === null || language === null) return readAsText(path, text);
    return {
      parsed,
      tests: testsIn(parsed, language, path),
      suppressions: suppressionsIn(parsed, path, isTest),
    };
  }
}

function readAsText(path: string, text: string): SourceReading {
  const isTest = isTestPath(path);
  const tests = isTest ? readTestsAsText(text) : noTests;
  return { parsed: null, tests, suppressions: suppressionsInText(text, path, isTest) };
}

function testsIn(parsed: ParsedText, language: Language, path: string): Reading {
  // Elsewhere a function whose name begins with "test" is none.
  if (language === 'python') return isTestPath(path) ? readPythonTests(parsed) : noTests;
  if (language === 'go') return path.endsWith('_test.go') ? readGoTests(parsed) : noTests;
  const mayTest = isTestPath(path) || /#\[.*(test|case)|@\w*(Test|Theory)|TestCase/.test(parsed.text);
  if (language === 'rust') return mayTest ? readRustTests(parsed) : noTests;
  if (language === 'java') return mayTest ? readJavaTests(parsed) : noTests;
  const isLikely = isTestPath(path) || /\b(describe|suite|it|test)(\.\w+)*\(\s*["'`]/.test(parsed.text);
  return isJavaScript(language) && isLikely ? readJavaScriptTests(parsed) : noTests;
}
