// What all languages' readers of tests share: a test's body read, and what functions beside the tests assert.
import { assertionsIn } from './assertions.ts';
import { chainOf, isComment } from './callChain.ts';
import { isFalsehood, isLiteral, isTruth } from './literals.ts';
import { wordsOf } from './reading.ts';
import type { Mark, OtherAssertion, Reading, TestCase } from './reading.ts';
import { childOf, nodesIn, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';
import { conditionText, isNever, jumpBefore, neverRuns } from './unreachable.ts';

/** What a language's own reader found out about a test. */
export interface TestHead {
  readonly name: string;
  readonly node: SyntaxNode;
  /** Null for a test that is only announced. */
  readonly body: SyntaxNode | null;
  readonly skip: Mark | null;
  readonly expectsFailure?: Mark | null;
  readonly leftOut?: Mark | null;
  readonly cases: readonly string[];
}

/** `isTest` says of a node within whether it is a test of its own. */
export function testOf(
  parsed: ParsedText,
  head: TestHead,
  isTest: (node: SyntaxNode) => boolean = () => false,
): TestCase {
  const { body, node, name } = head;
  const statements = body === null ? [] : statementsOf(body);
  // Where the body itself ends before its assertions, that is what is told of it.
  const isReached = (inner: SyntaxNode): boolean =>
    !isNever(parsed, inner) && (statements.includes(inner) || jumpBefore(inner) === undefined);
  const assertions =
    body === null ? [] : assertionsIn(parsed, body, (inner) => !isTest(inner) && isReached(inner));
  const parts = statements.filter((statement) => holdsTest(statement, isTest));
  const end = endOf(parsed, statements, [...assertions, ...parts]);
  return {
    name,
    line: node.line,
    words: wordsOf(textOf(parsed, body ?? node)),
    assertions: end === null ? assertions : assertions.filter(({ line }) => line < end.line),
    statements: statements.length,
    skip: head.skip ?? neverRuns(parsed, node) ?? end,
    expectsFailure: head.expectsFailure ?? null,
    leftOut: head.leftOut ?? null,
    cases: head.cases,
  };
}

function holdsTest(statement: SyntaxNode, isTest: (node: SyntaxNode) => boolean): boolean {
  for (const node of nodesIn(statement)) if (isTest(node)) return true;
  return false;
}

/** Without comments, descriptions and what does nothing. */
function statementsOf(body: SyntaxNode): SyntaxNode[] {
  const [only] = body.children;
  if (body.children.length === 1 && only?.type === 'statement_list') return statementsOf(only);
  if (!/block|body|statement_list/.test(body.type)) return [body];
  return body.children.filter((node) => {
    if (isComment(node.type) || node.type === 'pass_statement' || node.type === 'empty_statement')
      return false;
    const [inner] = node.children;
    const isText =
      inner !== undefined && node.children.length === 1 && /^(string|ellipsis)$/.test(inner.type);
    return !(node.type === 'expression_statement' && isText);
  });
}

/** Where a test ends before it has asserted all that it could: by a `return`, or by skipping itself. */
function endOf(
  parsed: ParsedText,
  statements: readonly SyntaxNode[],
  assertions: readonly { readonly line: number }[],
): Mark | null {
  for (const statement of statements) {
    const text = textOf(parsed, statement);
    const isReturn =
      /^return_(statement|expression)$/.test((statement.children[0] ?? statement).type) ||
      statement.type === 'return_statement';
    const isAlways =
      statement.type === 'if_statement' &&
      isTruth(conditionText(parsed, statement)) &&
      /\breturn\b/.test(text);
    const ends = skipsItself(parsed, statement);
    if (ends) return { line: statement.line, what: 'skips itself' };
    const rest = assertions.some(({ line }) => line > statement.line);
    if ((isReturn || isAlways) && rest)
      return { line: statement.line, what: 'returns before its assertions' };
  }
  return null;
}

const skipping = /^(skip|Skip|Skipf|SkipNow|skipTest|SkipTest|xfail|assumeTrue|assumeFalse)$/;
const owners = /^(this|t|tb|b|ctx|context|self|pytest|unittest|test|it|Assumptions|Assume)$/;

function skipsItself(parsed: ParsedText, statement: SyntaxNode): boolean {
  const isAlways =
    statement.type === 'if_statement' && isTruth(conditionText(parsed, statement))
      ? nodesIn(childOf(statement, 'consequence') ?? statement)
      : [statement, ...statement.children];
  for (const node of isAlways) {
    if (!/^(call|call_expression|method_invocation)$/.test(node.type)) continue;
    const { names, calls } = chainOf(parsed, node);
    const [name = '', owner = ''] = [names.at(-1), names.at(-2)];
    if (!skipping.test(name) || calls.length !== 1) continue;
    const args = calls[0]?.args ?? [];
    const [first] = args;
    if (name.startsWith('assume')) {
      const text = first === undefined ? '' : textOf(parsed, first);
      return name === 'assumeTrue' ? isFalsehood(text) : isTruth(text);
    }
    // With a function it declares a test, with a condition it asks.
    const isAsked = args.some(
      ({ type }) => !/string|keyword/.test(type) && !(first !== undefined && isLiteral(first)),
    );
    const isRaised = statement.type === 'raise_statement';
    if ((owners.test(owner) || isRaised) && !isAsked) return true;
  }
  return false;
}

const declarations =
  /^(function_declaration|function_definition|function_item|method_declaration|method_definition|variable_declarator)$/;

/** What stands beside the tests: assertions of functions, and the names of those that assert nothing. */
export function besideTests(
  parsed: ParsedText,
  isTest: (node: SyntaxNode) => boolean,
): Pick<Reading, 'otherAssertions' | 'idleFunctions'> {
  const assertions = assertionsIn(parsed, parsed.root, (node) => !isTest(node));
  const functions = functionsIn(parsed);
  const counts = new Map<string, number>();
  for (const [word] of parsed.text.matchAll(/\w+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const otherAssertions = assertions.map((assertion): OtherAssertion => {
    const around = functions.filter(({ from, to }) => from <= assertion.line && assertion.line <= to);
    const functionName = around.at(-1)?.name ?? '';
    return { assertion, functionName, isCalledHere: (counts.get(functionName) ?? 0) > 1 };
  });
  const busyLines = assertions.map(({ line }) => line);
  const idle = functions.filter(
    ({ from, to, text }) =>
      !busyLines.some((line) => from <= line && line <= to) && !/\b(throw|raise|panic|fail)\b/.test(text),
  );
  return { otherAssertions, idleFunctions: new Set(idle.map(({ name }) => name)) };
}

interface NamedFunction {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The outer ones before those within. */
function functionsIn(parsed: ParsedText): NamedFunction[] {
  const functions: NamedFunction[] = [];
  for (const node of nodesIn(parsed.root)) {
    if (!declarations.test(node.type)) continue;
    const name = childOf(node, 'name');
    const body = childOf(node, 'body') ?? childOf(childOf(node, 'value') ?? node, 'body');
    if (name === undefined || body === undefined) continue;
    const text = textOf(parsed, body);
    const from = node.line;
    const to = body.line + text.split('\n').length - 1;
    functions.push({ name: textOf(parsed, name), from, to, text });
  }
  return functions;
}
