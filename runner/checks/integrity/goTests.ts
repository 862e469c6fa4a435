// Finds the tests of Go: functions, and subtests with a name of their own.
import { chainOf, isComment } from './callChain.ts';
import { besideTests, testOf } from './functionReading.ts';
import { isString, literalValue } from './literals.ts';
import { normalText, type Mark, type Reading, type TestCase } from './reading.ts';
import { childOf, nodesIn, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

export function readGoTests(parsed: ParsedText): Reading {
  const fileSkip = constraintOf(parsed, (tags) => tags.some((tag) => /^(ignore|never|false)$/.test(tag)));
  const leftOut = constraintOf(parsed, (tags) => tags.some((tag) => !usualTag.test(tag)));
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
    tests.push(testOf(parsed, { name, node, body, skip: fileSkip, leftOut, cases }, isSubtest));
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
    if (isTable || isRanged(parsed, node, body))
      rows.push(...elements.map((element) => normalText(textOf(parsed, element))));
  }
  return rows;
}

/** `for name, want := range map[string]int{…}`, or over a name that it was given before. */
function isRanged(parsed: ParsedText, literal: SyntaxNode, body: SyntaxNode): boolean {
  if (literal.parent?.type === 'range_clause') return true;
  const declaration = literal.parent?.parent;
  if (declaration?.type !== 'short_var_declaration') return false;
  const name = textOf(parsed, childOf(declaration, 'left') ?? declaration);
  return /^\w+$/.test(name) && new RegExp(`\\brange ${name}\\b`).test(textOf(parsed, body));
}

/** Tags that hold where a program is usually built, one system or another. */
const usualTag =
  /^(aix|android|darwin|dragonfly|freebsd|illumos|ios|js|linux|netbsd|openbsd|plan9|solaris|wasip1|windows|unix|386|amd64|arm|arm64|loong64|mips\w*|ppc64\w*|riscv64|s390x|wasm|cgo|gc|gccgo|go1\.\d+)$/;

/** Of a file that is built only with all of some tags, where these are such; a choice of tags may always hold. */
function constraintOf(parsed: ParsedText, areSuch: (tags: readonly string[]) => boolean): Mark | null {
  for (const node of parsed.root.children) {
    if (!isComment(node.type)) continue;
    const [, tags] =
      /^\/\/(?:go:build| \+build) ([\w.]+(?:\s*(?:&&|,)\s*[\w.]+)*)\s*$/.exec(textOf(parsed, node)) ?? [];
    if (tags !== undefined && areSuch(tags.split(/\s*(?:&&|,)\s*/)))
      return { line: node.line, what: `built only with \`${tags}\`` };
  }
  return null;
}
