// How much a condition says of what it looks at: `x === 3` more than `x > 0`, that more than `x`.
import { chainOf, isChain } from './callChain.ts';
import { isFalsehood, isLiteral, isTruth } from './literals.ts';
import { strengthOf } from './matchers.ts';
import { normalText, type Strength } from './reading.ts';
import { childOf, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

export interface ConditionReading {
  readonly strength: Strength;
  readonly operands: readonly SyntaxNode[];
  /** The number that a difference stays below; 0 where it is none. */
  readonly tolerance: number;
}

/** What an assertion says, before it is compared. */
export interface Statement {
  readonly strength: Strength;
  readonly operands: readonly SyntaxNode[];
  readonly expectations: number;
  readonly tolerance: number;
  readonly byFunction: string | null;
  /** What is shown and compared, where it is more than the node itself. */
  readonly whole?: SyntaxNode;
}

/** `isNegated`: what is wanted is that it does not hold, as in Go's `if got != want { t.Error() }`. */
export function readCondition(
  parsed: ParsedText,
  condition: SyntaxNode,
  isNegated = false,
): ConditionReading {
  const node = withoutParentheses(condition);
  const operator = operatorOf(parsed, node);
  if (/^(!|not)$/.test(operator)) {
    const inner = node.children.find(({ field }) => field !== 'operator' && field !== 'operators');
    return inner === undefined ? nothing : readCondition(parsed, inner, !isNegated);
  }
  const isAnd = /^(&&|and)$/.test(operator);
  const isOr = /^(\|\||or)$/.test(operator);
  if (isAnd || isOr) return readJunction(parsed, node, isNegated, isAnd !== isNegated);
  if (/^([=!]==?|[<>]=?|is|is not|in|not in)( .*)?$/.test(operator))
    return readComparison(parsed, node, operator, isNegated);
  if (isLiteral(node)) return { ...nothing, strength: 0 };
  if (isChain(node)) return readQuestion(parsed, node, isNegated);
  return { strength: 1, operands: [node], tolerance: 0 };
}

const nothing: ConditionReading = { strength: 1, operands: [], tolerance: 0 };

function withoutParentheses(node: SyntaxNode): SyntaxNode {
  const [only] = node.children;
  return node.type === 'parenthesized_expression' && only !== undefined ? withoutParentheses(only) : node;
}

function operatorOf(parsed: ParsedText, node: SyntaxNode): string {
  if (node.type === 'not_operator') return 'not';
  const named = node.children.filter(({ field }) => field === 'operator' || field === 'operators');
  return named.map((part) => textOf(parsed, part).replaceAll(/\s+/g, ' ')).join(' ');
}

/** Of an "and" the strongest part counts, of an "or" the weakest. */
function readJunction(
  parsed: ParsedText,
  node: SyntaxNode,
  isNegated: boolean,
  isAnd: boolean,
): ConditionReading {
  const parts = node.children.filter(({ field }) => field !== 'operator' && field !== 'operators');
  const read = parts.map((part) => readCondition(parsed, part, isNegated));
  const known = read.map(({ strength }) => strength ?? 1);
  const isAlwaysTrue = parts.some((part) =>
    isNegated ? isFalsehood(textOf(parsed, part)) : isTruth(textOf(parsed, part)),
  );
  const strength = isAnd ? Math.max(...known) : isAlwaysTrue ? 0 : Math.min(3, ...known);
  return {
    strength: strength as Strength,
    operands: read.flatMap(({ operands }) => operands),
    tolerance: Math.max(...read.map(({ tolerance }) => tolerance)),
  };
}

function readComparison(
  parsed: ParsedText,
  node: SyntaxNode,
  operator: string,
  isNegated: boolean,
): ConditionReading {
  const operands = node.children.filter(({ field }) => field !== 'operator' && field !== 'operators');
  const texts = operands.map((part) => normalText(textOf(parsed, part)));
  const isSame = texts[0] === texts[1];
  const isEqual = /^(===?|is)$/.test(operator);
  const isUnequal = /^(!==?|is not)$/.test(operator);
  if (isSame || operands.every(isLiteral)) return { strength: 0, operands, tolerance: 0 };
  if (isEqual || isUnequal) return { strength: isEqual === isNegated ? 1 : 4, operands, tolerance: 0 };
  if (operator === 'in' || operator === 'not in')
    return { strength: (operator === 'in') === isNegated ? 1 : 3, operands, tolerance: 0 };
  return { strength: 2, operands, tolerance: toleranceIn(texts) };
}

/** `abs(a - b) < 0.01` allows 0.01. */
function toleranceIn(texts: readonly string[]): number {
  const number = Number(texts.find((text) => /^[\d.]+(?:e[-+]?\d+)?$/i.test(text)));
  return texts.some((text) => /abs\b|abs\(/i.test(text)) && Number.isFinite(number) ? number : 0;
}

/** `list.includes(x)`, `a.equals(b)`, `isinstance(a, B)`; of others only that they hold. */
function readQuestion(parsed: ParsedText, node: SyntaxNode, isNegated: boolean): ConditionReading {
  const last = chainOf(parsed, node).calls.at(-1);
  const strength = last === undefined ? undefined : strengthOf(last.name);
  if (last === undefined || strength === undefined) return { strength: 1, operands: [node], tolerance: 0 };
  const callee = childOf(node, 'object') ?? childOf(node, 'function');
  const object =
    callee?.children.find(({ field }) => /object|operand|value/.test(field)) ??
    (node.type === 'method_invocation' ? callee : undefined);
  const isCollection = object?.type === 'array' || object?.type === 'list';
  const operands = [...(object === undefined || isCollection ? [] : [object]), ...last.args];
  return { strength: isNegated ? 1 : strength, operands, tolerance: 0 };
}
