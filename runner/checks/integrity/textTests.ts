// Finds tests by text, where no grammar is at hand or it doesn't understand: Ruby, PHP, C#, C++, Kotlin, Swift, Elixir, and others.
import { strengthOf } from './matchers.ts';
import { normalText, wordsOf, type Assertion, type Mark, type Reading, type TestCase } from './reading.ts';

/** The lines that begin a test, with its name as the first group that matched. */
const beginnings: readonly RegExp[] = [
  // JavaScript, Ruby, Elixir, Dart: a title and a block.
  /^\s*(?:[xf]?(?:it|test|specify|scenario|example)|pending)(?:\.\w+)*\s*\(?\s*(["'`])(?<name>.+?)\1/,
  // Python, Ruby's minitest.
  /^\s*(?:async\s+)?def\s+(?<name>test\w*)/,
  // Go, PHP, Kotlin, Swift, Scala, Java of old.
  /^\s*(?:(?:public|private|internal|override|suspend|static)\s+)*(?:func|fun|function|void)\s+`?(?<name>[Tt]est\w*)/,
  // GoogleTest, Catch2, Boost.
  /^\s*(?:TEST(?:_[FP])?|TYPED_TEST|TEST_CASE|SCENARIO|BOOST_AUTO_TEST_CASE)\s*\(\s*(?<name>[^){]+)/,
];

/** Above a function whatever its name. */
const annotations =
  /^\s*(?:(?:@\w+(?:\([^)]*\))?\s+)*@(?:Test|ParameterizedTest)\b|\[(?:Fact|Theory|Test|TestMethod|TestCase)\b|#\[(?:\w+::)*test\b)/;
const functionName = /(?:fun|void|Task|fn|func|function|def)\s+`?(?<name>[\w ]+?)`?\s*[(<]/;

const skipping: readonly RegExp[] = [
  /^\s*x(?:it|test|specify|describe|context)\b/,
  /^\s*(?:it|test|describe|context)\.(?:skip|todo)\b/,
  /^\s*(?:skip|pending)(?:\s+["'(].*)?\s*$/,
  /^\s*(?:@\w+(?:\([^)]*\))?\s+)*@(?:Ignore|Disabled)/,
  /^\s*(?:\[Ignore|@tag :skip|@pytest\.mark\.(?:skip\b|xfail)|@unittest\.skip\b|#\[ignore)/,
  /\[(?:Fact|Theory)\(.*\bSkip\s*=/,
  /\$this->markTest(?:Skipped|Incomplete)\(/,
  /^\s*(?:GTEST_SKIP\(|t\.Skip(?:Now|f)?\(|throw XCTSkip\(|Assert\.(?:Ignore|Inconclusive)\()/,
  /\bDISABLED_\w+/,
];

const focusing =
  /^\s*(?:f(?:it|describe|context|specify)\b|(?:it|test|describe|context)\.only\b)|,\s*:?focus(?:\s*(?:=>|:)\s*true)?\s+do\b/;
const assertion =
  /\b(?<name>(?:assert(?!ion)|refute|expect(?!ed|ation)|should|EXPECT_|ASSERT_|REQUIRE|CHECK|XCTAssert|must_)\w*)(?!\w|\s*=[^=])|\.(?<matcher>should|to|to_not)\b/;
const comment = /^\s*(?:\/\/|#(?!\[)|\*|--)/;

/** Rows of a table of cases in C#. */
const row = /^\s*\[(?:InlineData|TestCase|DataRow)\(/;

/** A function or class that is no test ends the one before it. */
const otherDeclaration =
  /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|private|protected|internal|override|suspend|static|async|open|abstract|sealed|final|data|inner)\s+)*(?:fun|func|function|def|void|Task|class|interface|object|struct|enum)\s+[\w`]/;

/** A block of tests that are all skipped. */
const skippedSuite = /^\s*(?:x(?:describe|context)|(?:describe|context)\.skip)\b/;

interface OpenTest {
  name: string;
  line: number;
  readonly indent: number;
  readonly lines: { readonly text: string; readonly line: number }[];
  readonly cases: readonly string[];
  skip: Mark | null;
}

/** What stands before a test, until it begins. */
interface Above {
  mark: Mark | null;
  isAnnotated: boolean;
  cases: string[];
}

const nothingAbove = (): Above => ({ mark: null, isAnnotated: false, cases: [] });

export function readTestsAsText(text: string): Reading {
  const tests: OpenTest[] = [];
  const focused: Mark[] = [];
  let suite: { readonly mark: Mark; readonly indent: number } | null = null;
  let above = nothingAbove();
  let isOpen = false;
  for (const [index, lineText] of text.split('\n').entries()) {
    const line = index + 1;
    if (comment.test(lineText) || lineText.trim() === '') continue;
    const indent = lineText.search(/\S/);
    if (suite !== null && indent <= suite.indent) suite = null;
    if (focusing.test(lineText)) focused.push({ line, what: 'A focus' });
    const isSkip = skipping.some((pattern) => pattern.test(lineText));
    const skip = isSkip ? { line, what: `by \`${lineText.trim().slice(0, 60)}\`` } : null;
    if (skip !== null && skippedSuite.test(lineText)) suite ??= { mark: skip, indent };
    above.isAnnotated ||= annotations.test(lineText);
    if (row.test(lineText)) above.cases.push(normalText(lineText));
    const name =
      beginningOf(lineText) ??
      (above.isAnnotated ? functionName.exec(lineText)?.groups?.['name'] : undefined);
    const open = isOpen ? tests.at(-1) : undefined;
    if (name !== undefined) {
      const lines = [{ text: behind(lineText, name), line }];
      const { mark, cases } = above;
      tests.push({
        ...{ line, indent, lines, cases },
        name: name.replaceAll('DISABLED_', ''),
        skip: skip ?? mark ?? suite?.mark ?? null,
      });
      above = nothingAbove();
      isOpen = true;
    } else if (otherDeclaration.test(lineText) && indent <= (open?.indent ?? indent)) {
      above = nothingAbove();
      isOpen = false;
    } else if (/^\s*(?:@|\[|#\[)/.test(lineText)) above.mark = skip ?? above.mark;
    else if (open !== undefined) {
      open.lines.push({ text: lineText, line });
      open.skip ??= skip;
    }
  }
  return {
    tests: tests.map(testOf),
    focused,
    otherAssertions: [],
    idleFunctions: new Set(),
    foundBy: 'text',
  };
}

/** What a test says in the line in which it begins. */
function behind(line: string, name: string): string {
  const rest = line.slice(line.indexOf(name) + name.length);
  return /(?:\{|(?<![=!<>])=(?![=>]))(.*)$/.exec(rest)?.[1] ?? '';
}

function beginningOf(line: string): string | undefined {
  for (const pattern of beginnings) {
    const name = pattern.exec(line)?.groups?.['name'];
    if (name !== undefined) return name.trim();
  }
  return undefined;
}

function testOf({ name, line, lines, skip, cases }: OpenTest): TestCase {
  const assertions = lines.flatMap((one) => assertionOf(one.text, one.line) ?? []);
  return {
    name,
    line,
    words: wordsOf(lines.map(({ text }) => text).join('\n')),
    assertions,
    statements: lines.filter(({ text }) => /\w/.test(text) && !/^\s*(?:end|pass)\s*$/.test(text)).length,
    skip,
    leftOut: null,
    expectsFailure: null,
    cases,
  };
}

function assertionOf(text: string, line: number): Assertion | null {
  const name = assertion.exec(text)?.groups?.['name'] ?? (assertion.test(text) ? 'should' : undefined);
  if (name === undefined) return null;
  const isTrivial = /^\s*\w+[\s(]+(?:true|1)\s*\)?;?\s*$/i.test(text);
  return {
    line,
    text: normalText(text),
    operands: [],
    literals: text.match(/(?<=["'])[^"']+(?=["'])|\b\d+(?:\.\d+)?\b/g) ?? [],
    strength: isTrivial ? 0 : (strengthOf(name) ?? null),
    ...{ expectations: 1, wildcards: 0, tolerance: 0, isSwallowed: false, byFunction: null },
  };
}
