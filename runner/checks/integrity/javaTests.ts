// Finds the tests of Java: of JUnit and TestNG, by their annotations, or by their names in old test cases.
import { casesOf } from './caseLists.ts';
import { besideTests, testOf } from './functionReading.ts';
import { anyError } from './matchers.ts';
import { normalText, type Assertion, type Mark, type Reading, type TestCase } from './reading.ts';
import { ancestorsOf, childOf, nodesIn, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

const testing = /^@(\w+\.)*(Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Theory|Property)\b/;
const skipping = /^@(\w+\.)*(Disabled(?!On|If|For|In)|Ignore)\b|^@(\w+\.)*Test\(.*enabled\s*=\s*false/s;

export function readJavaTests(parsed: ParsedText): Reading {
  const isTest = (node: SyntaxNode): boolean =>
    node.type === 'method_declaration' && isTestMethod(parsed, node);
  const tests: TestCase[] = [];
  for (const node of nodesIn(parsed.root)) {
    if (!isTest(node)) continue;
    const classes = [...ancestorsOf(node)].filter(({ type }) => type === 'class_declaration').reverse();
    const name = [...classes, node].map((part) => nameOf(parsed, part)).join(' › ');
    const annotations = annotationsOf(node);
    const skip = markOf(parsed, [...annotations, ...classes.flatMap((part) => annotationsOf(part))]);
    const cases = annotations.flatMap((annotation) => rowsOf(parsed, annotation));
    const leftOut = unfound(parsed, node, classes);
    const body = childOf(node, 'body') ?? null;
    const test = testOf(parsed, { name, node, body, skip, leftOut, cases });
    const expected = annotations.flatMap((annotation) => expectedError(parsed, annotation));
    tests.push({ ...test, assertions: [...test.assertions, ...expected] });
  }
  return { tests, focused: [], ...besideTests(parsed, isTest), foundBy: 'syntax' };
}

function nameOf(parsed: ParsedText, node: SyntaxNode): string {
  const name = childOf(node, 'name');
  return name === undefined ? '' : textOf(parsed, name);
}

function isTestMethod(parsed: ParsedText, node: SyntaxNode): boolean {
  if (annotationsOf(node).some((annotation) => testing.test(textOf(parsed, annotation)))) return true;
  if (!/^test/.test(nameOf(parsed, node))) return false;
  const owner = [...ancestorsOf(node)].find(({ type }) => type === 'class_declaration');
  const parent = owner === undefined ? undefined : childOf(owner, 'superclass');
  const isPublic = node.children.some(
    ({ type, start, end }) => type === 'modifiers' && /\bpublic\b/.test(parsed.text.slice(start, end)),
  );
  return isPublic && parent !== undefined && /TestCase$/.test(textOf(parsed, parent).trim());
}

function hasModifier(parsed: ParsedText, node: SyntaxNode, word: RegExp): boolean {
  return node.children.some((child) => child.type === 'modifiers' && word.test(textOf(parsed, child)));
}

/** JUnit passes over private methods, and over inner classes that aren't said to belong to it. */
function unfound(parsed: ParsedText, node: SyntaxNode, classes: readonly SyntaxNode[]): Mark | null {
  if (hasModifier(parsed, node, /\bprivate\b/)) return { line: node.line, what: 'its method is private' };
  const inner = classes.slice(1).find((part) => !hasModifier(parsed, part, /\bstatic\b|@(\w+\.)*Nested\b/));
  return inner === undefined ? null : { line: inner.line, what: 'its inner class isn’t `@Nested`' };
}

/** JUnit 4's `@Test(expected = IOException.class)` asserts that it is thrown. */
function expectedError(parsed: ParsedText, annotation: SyntaxNode): Assertion[] {
  const text = textOf(parsed, annotation);
  const [, error] = /\bexpected\s*=\s*([\w.]+\.class)/.exec(text) ?? [];
  if (error === undefined) return [];
  const said = { operands: ['expected'], literals: [], expectations: 1, wildcards: 0, tolerance: 0 };
  const strength = anyError.has(error) ? 2 : 4;
  const { line } = annotation;
  return [{ ...said, line, text: normalText(text), strength, isSwallowed: false, byFunction: null }];
}

function annotationsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const modifiers = node.children.find(({ type }) => type === 'modifiers');
  return modifiers?.children.filter(({ type }) => /annotation$/.test(type)) ?? [];
}

function markOf(parsed: ParsedText, annotations: readonly SyntaxNode[]): Mark | null {
  const found = annotations.find((annotation) => skipping.test(textOf(parsed, annotation)));
  return found === undefined
    ? null
    : { line: found.line, what: `marked \`${textOf(parsed, found).replace(/\(.*/s, '')}\`` };
}

/** The values of `@ValueSource` and `@CsvSource`. */
function rowsOf(parsed: ParsedText, annotation: SyntaxNode): string[] {
  if (!/Source\b/.test(textOf(parsed, annotation))) return [];
  for (const node of nodesIn(annotation)) {
    if (node.type === 'element_value_array_initializer') return casesOf(parsed, node);
  }
  return [];
}
