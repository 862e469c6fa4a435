// How far off a number may be, as an assertion says it: by digits, by a difference, by a name.
import { chainOf, isChain } from './callChain.ts';
import { isNumber, literalValue } from './literals.ts';
import { childOf, nodesIn, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

const byName = /^(delta|rel|abs|atol|rtol|rel_tol|abs_tol|tolerance|epsilon)$/;

/** 0 where it may not be off. */
export function toleranceOf(parsed: ParsedText, node: SyntaxNode): number {
  let widest = 0;
  for (const inner of nodesIn(node)) {
    widest = Math.max(widest, named(parsed, inner), ofCall(parsed, inner));
  }
  return widest;
}

function named(parsed: ParsedText, node: SyntaxNode): number {
  if (node.type !== 'keyword_argument') return 0;
  const [name, value] = [childOf(node, 'name'), childOf(node, 'value')];
  if (name === undefined || value === undefined) return 0;
  const number = Number(textOf(parsed, value));
  if (!Number.isFinite(number)) return 0;
  const word = textOf(parsed, name);
  if (word === 'places' || word === 'decimal') return 10 ** -number;
  return byName.test(word) ? number : 0;
}

function ofCall(parsed: ParsedText, node: SyntaxNode): number {
  if (!isChain(node)) return 0;
  const call = chainOf(parsed, node).calls.at(-1);
  if (call === undefined) return 0;
  const last = call.args.at(-1);
  const number = last !== undefined && isNumber(last) ? Number(literalValue(parsed, last)) : NaN;
  if (/^(toBeCloseTo|assertAlmostEquals?)$/.test(call.name)) {
    const hasDigits = call.args.length > (call.name === 'toBeCloseTo' ? 1 : 2);
    const usual = call.name === 'toBeCloseTo' ? 2 : 7;
    return 10 ** -(hasDigits && Number.isFinite(number) ? number : usual);
  }
  if (!Number.isFinite(number)) return 0;
  if (/^(closeTo|approximately|InDelta|InEpsilon|within|isCloseTo)$/.test(call.name)) return number;
  const isThird = call.args.length === 3 && call.name === 'assertEquals';
  return isThird ? number : 0;
}
