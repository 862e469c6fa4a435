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

  /** Null for what is no source that a person wrote. */
  async read(path: string, text: string): Promise<SourceReading | null> {
    if (isMachineMade(path, text)) return null;
    const language = languageOf(path);
    if (language === null && !isOtherSource(path)) return null;
    const isTest = isTestPath(path);
    const isShort = text.length <= longestParsed && performance.now() < this.#until;
    const parsed = language !== null && isShort ? await this.#grammars.parse(text, language) : null;
    if (parsed === null || language === null) {
      const tests = isTest ? readTestsAsText(text) : noTests;
      return { parsed, tests, suppressions: suppressionsInText(text, path, isTest) };
    }
    return {
      parsed,
      tests: testsIn(parsed, language, path),
      suppressions: suppressionsIn(parsed, path, isTest),
    };
  }
}

function testsIn(parsed: ParsedText, language: Language, path: string): Reading {
  // Elsewhere a function whose name begins with "test" is none.
  if (language === 'python') return isTestPath(path) ? readPythonTests(parsed) : noTests;
  if (language === 'go') return path.endsWith('_test.go') ? readGoTests(parsed) : noTests;
  if (language === 'rust') return readRustTests(parsed);
  if (language === 'java') return readJavaTests(parsed);
  const isLikely = isTestPath(path) || /\b(describe|suite|it|test)(\.\w+)*\(\s*["'`]/.test(parsed.text);
  return isJavaScript(language) && isLikely ? readJavaScriptTests(parsed) : noTests;
}
