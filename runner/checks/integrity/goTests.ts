// Finds the tests of Go: functions, and subtests with a name of their own.
import { chainOf, isComment } from './callChain.ts';
import { besideTests, testOf } from './functionReading.ts';
import { isString, literalValue } from './literals.ts';
import { normalText, type Mark, type Reading, type TestCase } from './reading.ts';
import { childOf, nodesIn, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

export function readGoTests(parsed: ParsedText): Reading {
  const fileSkip = buildConstraint(parsed);
  const subtests = new Map<SyntaxNode, { readonly title: string; readonly body: SyntaxNode }>();
  for (const node of nodesIn(parsed.root)) {
    const subtest = subtestAt(parsed, node);
    if (subtest !== null) subtests.set(node, subtest);
  }
  const isTop = (node: SyntaxNode): boolean =>
    node.type === 'function_declaration' || node.type === 'method_declaration'
      ? /^(Test|Fuzz|Example)(?![a-z])/.test(nameOf(parsed, node))
      : false;
  const isSubtest = (node: SyntaxNode): boolean => subtests.has(node);
  const tests: TestCase[] = [];
  for (const node of nodesIn(parsed.root)) {
    const subtest = subtests.get(node);
    if (subtest === undefined && !isTop(node)) continue;
    const name = [...around(parsed, node, isTop, subtests), subtest?.title ?? nameOf(parsed, node)].join(
      ' › ',
    );
    const body = subtest?.body ?? childOf(node, 'body') ?? null;
    const cases = body === null || subtest !== undefined ? [] : tableIn(parsed, body);
    tests.push(testOf(parsed, { name, node, body, skip: fileSkip, cases }, isSubtest));
  }
  return { tests, focused: [], ...besideTests(parsed, isTop), foundBy: 'syntax' };
}

function nameOf(parsed: ParsedText, node: SyntaxNode): string {
  const name = childOf(node, 'name');
  return name === undefined ? '' : textOf(parsed, name);
}

function around(
  parsed: ParsedText,
  node: SyntaxNode,
  isTop: (node: SyntaxNode) => boolean,
  subtests: ReadonlyMap<SyntaxNode, { readonly title: string }>,
): string[] {
  const names: string[] = [];
  for (let outer = node.parent; outer !== null; outer = outer.parent) {
    const subtest = subtests.get(outer);
    if (subtest !== undefined) names.unshift(subtest.title);
    else if (isTop(outer)) names.unshift(nameOf(parsed, outer));
  }
  return names;
}

/** `t.Run("name", func(t *testing.T) { … })`. */
function subtestAt(
  parsed: ParsedText,
  node: SyntaxNode,
): { readonly title: string; readonly body: SyntaxNode } | null {
  if (node.type !== 'call_expression') return null;
  const { names, calls } = chainOf(parsed, node);
  const [title, run] = calls[0]?.args ?? [];
  if (names.at(-1) !== 'Run' || title === undefined || run?.type !== 'func_literal') return null;
  const body = childOf(run, 'body');
  return isString(title) && body !== undefined ? { title: literalValue(parsed, title), body } : null;
}

/** The rows of a table that the test goes through. */
function tableIn(parsed: ParsedText, body: SyntaxNode): string[] {
  const rows: string[] = [];
  for (const node of nodesIn(body)) {
    if (node.type !== 'composite_literal' || !/slice|map|array/.test(childOf(node, 'type')?.type ?? ''))
      continue;
    const elements = childOf(node, 'body')?.children.filter(({ type }) => !isComment(type)) ?? [];
    const isTable = elements.length > 0 && elements.every((element) => textOf(parsed, element).endsWith('}'));
    if (isTable) rows.push(...elements.map((element) => normalText(textOf(parsed, element))));
  }
  return rows;
}

/** A file that is never built has no tests. */
function buildConstraint(parsed: ParsedText): Mark | null {
  const found = parsed.root.children.find(
    (node) =>
      isComment(node.type) && /^\/\/(go:build| \+build) (ignore|never|false)\b/.test(textOf(parsed, node)),
  );
  return found === undefined ? null : { line: found.line, what: 'left out of the build' };
}
