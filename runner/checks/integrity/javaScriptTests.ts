// Finds the tests of JavaScript and TypeScript: of mocha, jest, vitest, jasmine, node:test, ava, tape, playwright.
import { chainOf, type ChainCall } from './callChain.ts';
import { casesOf } from './caseLists.ts';
import { besideTests, testOf } from './functionReading.ts';
import { isFalsehood, isTruth, literalValue } from './literals.ts';
import type { Mark, Reading, TestCase } from './reading.ts';
import { ancestorsOf, childOf, nodesIn, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

const suites = /^[xf]?(describe|context|suite)$/;
const tests = /^[xf]?(it|test|specify)$/;
const skippers = /^(skip|todo|fixme|failing|fails)$/;

interface Declaration {
  readonly node: SyntaxNode;
  readonly title: string;
  readonly isSuite: boolean;
  readonly body: SyntaxNode | null;
  readonly skip: Mark | null;
  readonly focus: Mark | null;
  readonly cases: readonly string[];
}

export function readJavaScriptTests(parsed: ParsedText): Reading {
  const declarations = new Map<SyntaxNode, Declaration>();
  for (const node of nodesIn(parsed.root)) {
    const declaration = declarationAt(parsed, node);
    if (declaration !== null) declarations.set(node, declaration);
  }
  const isTest = (node: SyntaxNode): boolean => declarations.has(node);
  const read: TestCase[] = [];
  for (const declaration of declarations.values()) {
    if (declaration.isSuite) continue;
    const around = suitesAround(declaration.node, declarations);
    const name = [...around.map(({ title }) => title), declaration.title].join(' › ');
    const skip = declaration.skip ?? around.find((suite) => suite.skip !== null)?.skip ?? null;
    const cases = [
      ...around.flatMap((suite) => suite.cases),
      ...loopedCases(parsed, declaration.node),
      ...declaration.cases,
    ];
    read.push(testOf(parsed, { ...declaration, name, skip, cases }, isTest));
  }
  return {
    tests: read,
    focused: [...declarations.values()].flatMap(({ focus }) => focus ?? []),
    ...besideTests(parsed, (node) => declarations.get(node)?.isSuite === false),
    foundBy: 'syntax',
  };
}

/** From the outermost inwards. */
function suitesAround(node: SyntaxNode, declarations: ReadonlyMap<SyntaxNode, Declaration>): Declaration[] {
  const around: Declaration[] = [];
  for (let outer = node.parent; outer !== null; outer = outer.parent) {
    const declaration = declarations.get(outer);
    if (declaration !== undefined) around.unshift(declaration);
  }
  return around;
}

function declarationAt(parsed: ParsedText, node: SyntaxNode): Declaration | null {
  if (node.type !== 'call_expression') return null;
  const { names, calls } = chainOf(parsed, node);
  const [root = ''] = names;
  const isSuite = suites.test(root) || (/^(test|it)$/.test(root) && suites.test(names[1] ?? ''));
  if (!isSuite && !tests.test(root)) return null;
  const args = calls.at(-1)?.args ?? [];
  const [title] = args;
  const body = args.findLast(({ type }) => /^(arrow_function|function_expression|function)$/.test(type));
  // `test.skip(condition)`, `test.each(rows)` and `test.use(options)` declare nothing themselves.
  if (title === undefined || title === body || calls.length > 2) return null;
  const isTitle = /^(string|template_string)$/.test(title.type);
  const isAnnounced = body === undefined && isTitle && !isSuite && names.length <= 2 && args.length === 1;
  if (!(body !== undefined || isAnnounced)) return null;
  if (!isTitle && !/^(identifier|member_expression|binary_expression|call_expression)$/.test(title.type))
    return null;
  const rows = calls.length === 2 ? calls[0]?.args[0] : undefined;
  return {
    node,
    title: isTitle ? literalValue(parsed, title) : textOf(parsed, title),
    isSuite,
    body: body === undefined ? null : (childOf(body, 'body') ?? body),
    skip:
      skipOf(parsed, node, names, args) ??
      skippedByCondition(parsed, node, calls[0]) ??
      (isAnnounced ? { line: node.line, what: 'has no body' } : null),
    focus: focusOf(parsed, node, names, args),
    cases:
      rows?.type === 'template_string'
        ? textOf(parsed, rows)
            .split('\n')
            .slice(1, -1)
            .map((row) => row.trim())
        : casesOf(parsed, rows),
  };
}

/** Of a test that is declared in a loop over a list: `[1, 2].forEach((n) => it(…))`. */
function loopedCases(parsed: ParsedText, test: SyntaxNode): string[] {
  const cases: string[] = [];
  for (const outer of ancestorsOf(test)) {
    const looped = outer.type === 'for_in_statement' ? childOf(outer, 'right') : undefined;
    const callee = outer.type === 'call_expression' ? childOf(outer, 'function') : undefined;
    const method = callee === undefined ? undefined : childOf(callee, 'property');
    const isLoop = method !== undefined && /^(forEach|map)$/.test(textOf(parsed, method));
    const list = looped ?? (isLoop && callee !== undefined ? childOf(callee, 'object') : undefined);
    cases.push(...casesOf(parsed, list));
  }
  return cases;
}

function skipOf(
  parsed: ParsedText,
  { line }: SyntaxNode,
  names: readonly string[],
  args: readonly SyntaxNode[],
): Mark | null {
  const [root = ''] = names;
  if (/^x/.test(root)) return { line, what: `marked \`${root}\`` };
  const name = names.find((part) => skippers.test(part));
  if (name !== undefined) return { line, what: `marked \`.${name}\`` };
  const option = optionOf(parsed, args, /^(skip|todo)$/);
  return option === null ? null : { line, what: `marked \`${option}\`` };
}

/** `it.skipIf(true)` and `it.runIf(false)`; other conditions skip for a reason. */
function skippedByCondition(
  parsed: ParsedText,
  { line }: SyntaxNode,
  first: ChainCall | undefined,
): Mark | null {
  const condition = first?.args[0];
  if (first === undefined || condition === undefined) return null;
  const text = textOf(parsed, condition);
  const isOff = first.name === 'skipIf' ? isTruth(text) : first.name === 'runIf' && isFalsehood(text);
  return isOff ? { line, what: `marked \`.${first.name}(${text})\`` } : null;
}

function focusOf(
  parsed: ParsedText,
  { line }: SyntaxNode,
  names: readonly string[],
  args: readonly SyntaxNode[],
): Mark | null {
  const [root = ''] = names;
  const isMarked = /^f(it|describe|test|context)$/.test(root);
  if (isMarked) return { line, what: `\`${root}\`` };
  if (names.includes('only')) return { line, what: '`.only`' };
  return optionOf(parsed, args, /^only$/) === null ? null : { line, what: '`only`' };
}

/** Of `test('…', { skip: true }, () => …)`, where it isn't off. */
function optionOf(parsed: ParsedText, args: readonly SyntaxNode[], key: RegExp): string | null {
  const options = args.find(({ type }) => type === 'object');
  const pair = options?.children.find(
    (child) => child.type === 'pair' && key.test(textOf(parsed, childOf(child, 'key') ?? child)),
  );
  const value = pair === undefined ? undefined : childOf(pair, 'value');
  // A condition skips for a reason.
  if (value === undefined || !/^(true|string|number)$/.test(value.type)) return null;
  return isFalsehood(textOf(parsed, value)) || pair === undefined ? null : textOf(parsed, pair);
}
