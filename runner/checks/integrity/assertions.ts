// Reads assertions from syntax: calls of assertion libraries, assert statements, and Go's reports of a failure.
import { chainOf, isChain, type CallChain } from './callChain.ts';
import { readCondition, type Statement } from './conditions.ts';
import { isLiteral, literalValue } from './literals.ts';
import { anyError, strengthOf, wildcard } from './matchers.ts';
import { normalText, type Assertion, type Strength } from './reading.ts';
import { rustAssertion } from './rustAssertions.ts';
import { isSwallowed } from './swallowed.ts';
import { ancestorsOf, childOf, nodesIn, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';
import { toleranceOf } from './tolerance.ts';

/** Begin a sentence whose end says what is expected: `expect(x).toBe(3)`. */
const fluent =
  /^(expect|expectTypeOf|expectAsync|assertThat|assertWithMessage|assertThatThrownBy|should|verify)$/;

/** What libraries of functions are called. */
const libraries = /^(assert|require|assertions?|Assert|Assertions|t|is|qt|test|check)$/;

/** What a project may call its own assertions. */
const ownAssertion = /^(assert|expect|verify|should|must|check)(?=[A-Z_]|$)/;
const noAssertion =
  /^(check_output|check_call|check_returncode|assertions?|check|must|should|expect|verify)$/;

const failures = /^(Error|Errorf|Fatal|Fatalf|Fail|FailNow|fail)$/;

/** The assertions in a test or a function; `enters` keeps out what belongs to another test. */
export function assertionsIn(
  parsed: ParsedText,
  body: SyntaxNode,
  enters: (node: SyntaxNode) => boolean = () => true,
): Assertion[] {
  const found: Assertion[] = [];
  const inside = new Set<SyntaxNode>();
  const goesIn = (node: SyntaxNode): boolean => {
    if (!enters(node)) return false;
    if (inside.has(node)) return !isChain(node) || hasFunction(node);
    return true;
  };
  for (const node of nodesIn(body, goesIn)) {
    // Within a chain that was read only functions hold other assertions.
    if (node.parent !== null && inside.has(node.parent) && !isFunction(node)) {
      inside.add(node);
      continue;
    }
    const statement = node === body || enters(node) ? readStatement(parsed, node) : null;
    if (statement === null) continue;
    inside.add(node);
    found.push(assertionOf(parsed, node, statement, body));
  }
  return found;
}

function isFunction({ type }: SyntaxNode): boolean {
  return /^(arrow_function|function_expression|function|lambda|func_literal|lambda_expression|closure_expression|block)$/.test(
    type,
  );
}

function hasFunction(node: SyntaxNode): boolean {
  for (const inner of nodesIn(node)) if (inner !== node && isFunction(inner)) return true;
  return false;
}

function assertionOf(parsed: ParsedText, node: SyntaxNode, said: Statement, body: SyntaxNode): Assertion {
  const text = textOf(parsed, said.whole ?? node);
  const literals: string[] = [];
  for (const inner of nodesIn(said.whole ?? node)) {
    if (isLiteral(inner)) literals.push(literalValue(parsed, inner));
  }
  return {
    line: (said.whole ?? node).line,
    text: normalText(text),
    operands: said.operands
      .filter((operand) => !isLiteral(operand))
      .map((operand) => normalText(textOf(parsed, operand))),
    literals,
    strength: said.strength,
    expectations: said.expectations,
    wildcards: text.match(wildcard)?.length ?? 0,
    tolerance: said.tolerance,
    isSwallowed: isSwallowed(parsed, node, body),
    byFunction: said.byFunction,
  };
}

function readStatement(parsed: ParsedText, node: SyntaxNode): Statement | null {
  if (node.type === 'assert_statement') {
    const [condition] = node.children;
    return condition === undefined ? null : ofCondition(parsed, condition);
  }
  if (node.type === 'identifier' || node.type === 'macro_invocation') return rustAssertion(parsed, node);
  if (!isChain(node)) return null;
  const chain = chainOf(parsed, node);
  const last = chain.names.at(-1) ?? '';
  if (failures.test(last) && chain.calls.length > 0) return ofFailure(parsed, node, chain);
  return ofFluent(parsed, node, chain) ?? ofFunction(parsed, node, chain);
}

function ofCondition(parsed: ParsedText, condition: SyntaxNode, isNegated = false): Statement {
  const read = readCondition(parsed, condition, isNegated);
  const tolerance = Math.max(read.tolerance, toleranceOf(parsed, condition));
  return { ...read, tolerance, expectations: 1, byFunction: null };
}

/** A failure that is reported where a condition holds asserts that it doesn't. */
function ofFailure(parsed: ParsedText, node: SyntaxNode, { names }: CallChain): Statement | null {
  const isReport =
    names.length === 1
      ? names[0] === 'fail'
      : /^(t|b|f|tb|T|self|assert|pytest|Assertions?|Assert|s)$/.test(names.at(-2) ?? '');
  if (!isReport) return null;
  for (const outer of ancestorsOf(node)) {
    if (isFunction(outer) && outer.type !== 'block') break;
    const condition = /^if_(statement|expression)$/.test(outer.type)
      ? childOf(outer, 'condition')
      : undefined;
    if (condition === undefined) continue;
    const then = childOf(outer, 'consequence');
    const isThen = then !== undefined && node.start >= then.start && node.end <= then.end;
    return { ...ofCondition(parsed, condition, isThen), whole: condition };
  }
  return { strength: null, operands: [], expectations: 1, tolerance: 0, byFunction: null };
}

function ofFluent(parsed: ParsedText, node: SyntaxNode, chain: CallChain): Statement | null {
  const { names, calls } = chain;
  const isShould = names.indexOf('should') > 0;
  const opening = calls.find(({ name }) => fluent.test(name));
  if (opening === undefined && !isShould) return null;
  const last = names.at(-1) ?? '';
  // Truth's `assertWithMessage("…").that(x)` looks at `x`.
  const subject = (calls.find(({ name }) => name === 'that') ?? opening)?.args[0];
  const lastCall = calls.at(-1);
  const ends = last === opening?.name;
  // Hamcrest: `assertThat(x, is(3))`.
  const second = ends ? opening.args.at(-1) : undefined;
  if (ends && (second === undefined || second === subject))
    return opening.name === 'assertThat' && subject !== undefined ? ofCondition(parsed, subject) : null;
  const matcher = second === undefined ? last : (chainOf(parsed, second).calls[0]?.name ?? '');
  const expected = second === undefined ? (lastCall?.name === last ? lastCall.args : []) : [second];
  const isNegated = names.some((name) => /^(not|never)$/.test(name)) || matcher === 'not';
  const known = strengthOf(matcher);
  const strength = isNegated && known !== undefined ? 1 : (known ?? null);
  const tolerance = toleranceOf(parsed, node);
  const statement = { operands: [...(subject === undefined ? [] : [subject]), ...expected], tolerance };
  const expectations = expected.length;
  if (subject !== undefined && isTrivial(parsed, subject, expected, strength))
    return { ...statement, strength: 0, expectations, byFunction: null };
  // Of a condition whose truth is expected the condition says how much.
  if (subject !== undefined && /^(binary_expression|comparison_operator)$/.test(subject.type))
    return {
      ...ofCondition(
        parsed,
        subject,
        expected.some((part) => textOf(parsed, part) === 'false'),
      ),
      expectations,
    };
  return { ...statement, strength, expectations, byFunction: null };
}

function isTrivial(
  parsed: ParsedText,
  subject: SyntaxNode,
  expected: readonly SyntaxNode[],
  strength: Strength,
): boolean {
  if (isLiteral(subject) && expected.every(isLiteral)) return true;
  const text = normalText(textOf(parsed, subject));
  return (
    strength === 4 &&
    expected.length === 1 &&
    expected[0] !== undefined &&
    normalText(textOf(parsed, expected[0])) === text
  );
}

function ofFunction(parsed: ParsedText, node: SyntaxNode, { names, calls }: CallChain): Statement | null {
  const name = names.at(-1) ?? '';
  const call = calls.at(-1);
  if (call === undefined || call.name !== name) return null;
  const owner = names.length > 1 ? (names.at(-2) ?? '') : '';
  const known = strengthOf(name);
  const isKnown =
    known !== undefined &&
    (/^assert/i.test(name) || libraries.test(owner) || /^(raises|warns)$/.test(name) || name === 'ok');
  // Of these every function asserts, known or not.
  const isOfLibrary = /^(assert|Assert|Assertions)$/.test(owner);
  const isOwn = names.length <= 2 && ownAssertion.test(name) && !noAssertion.test(name);
  const isPlain = names.length === 1 && name === 'assert';
  if (!isKnown && !isOfLibrary && !isOwn && !isPlain) return null;
  const args = call.args.filter((argument) => !/^(keyword_argument)$/.test(argument.type));
  const [first] = args;
  // A condition as the only thing that is looked at says itself how much it says.
  if (
    first !== undefined &&
    known === 1 &&
    /^(assert|ok|assertTrue|assertFalse|True|False)$/i.test(name) &&
    !isGoTest(parsed, first)
  )
    return ofCondition(parsed, first, /false$/i.test(name));
  const operands = isGoTest(parsed, first) ? args.slice(1) : args;
  const texts = operands.map((operand) => normalText(textOf(parsed, operand)));
  const isSame = known === 4 && texts.length >= 2 && texts[0] === texts[1];
  const isVague = /raises|throws/i.test(name) && anyError.has(textOf(parsed, first ?? node));
  const trivial = isSame || (operands.length > 0 && operands.slice(0, 2).every(isLiteral));
  const strength = trivial ? 0 : isVague ? 2 : (known ?? null);
  return {
    strength,
    operands,
    expectations: call.args.length,
    tolerance: toleranceOf(parsed, node),
    byFunction: isKnown || isOfLibrary || isPlain ? null : name,
  };
}

/** testify's functions get the test first. */
function isGoTest(parsed: ParsedText, first: SyntaxNode | undefined): boolean {
  return first !== undefined && /^(t|tb|b|s\.T\(\))$/.test(textOf(parsed, first));
}
