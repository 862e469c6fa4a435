// Reads Rust's assertions, which are macros: the grammar leaves what they hold as a row of tokens.
import type { Statement } from './conditions.ts';
import { isLiteral, isTruth } from './literals.ts';
import { strengthOf } from './matchers.ts';
import { normalText, type Strength } from './reading.ts';
import { childOf, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

const assertion = /^(debug_)?assert/;

/** A macro, or its name among the tokens of another one. */
export function rustAssertion(parsed: ParsedText, node: SyntaxNode): Statement | null {
  const isMacro = node.type === 'macro_invocation';
  if (!isMacro && node.parent?.type !== 'token_tree') return null;
  const name =
    textOf(parsed, isMacro ? (childOf(node, 'macro') ?? node) : node)
      .split('::')
      .at(-1) ?? '';
  if (!assertion.test(name)) return null;
  const siblings = node.parent?.children ?? [];
  const tree = isMacro
    ? node.children.find(({ type }) => type === 'token_tree')
    : siblings[siblings.indexOf(node) + 1];
  if (tree?.type !== 'token_tree') return null;
  const args = argumentsIn(parsed, tree);
  const whole: SyntaxNode = { ...node, end: tree.end, children: [tree] };
  const said = { expectations: args.length, tolerance: 0, byFunction: null, whole };
  const plain = name.replace('debug_', '');
  const [first, second] = args;
  if (first === undefined) return null;
  if (plain === 'assert') {
    const { strength, operands } = ofCondition(parsed, first);
    return { ...said, strength, operands };
  }
  const operands = /(_eq|_ne)$/.test(plain) ? args.slice(0, 2) : args;
  const isSame =
    second !== undefined && normalText(textOf(parsed, first)) === normalText(textOf(parsed, second));
  const isTrivial = plain === 'assert_eq' && (isSame || operands.every(isLiteral));
  const strength = isTrivial ? 0 : (strengthOf(plain) ?? null);
  return { ...said, strength, operands };
}

function ofCondition(
  parsed: ParsedText,
  condition: SyntaxNode,
): { readonly strength: Strength; readonly operands: readonly SyntaxNode[] } {
  const text = textOf(parsed, condition);
  if (isTruth(text) || /\|\|\s*true\b/.test(text)) return { strength: 0, operands: [] };
  const [, left = '', operator = ''] = /^(.*?)\s*(==|!=|<=?|>=?)(?![>=])/s.exec(text) ?? [];
  if (operator === '' || /[{(|]/.test(left.replaceAll(/\([^()]*\)/g, '')))
    return {
      strength: /^matches!|\.(contains|starts_with|ends_with)\(/.test(text) ? 3 : 1,
      operands: [condition],
    };
  const operand = { ...condition, end: condition.start + left.length };
  return { strength: operator === '==' ? 4 : operator === '!=' ? 1 : 2, operands: [operand] };
}

/** The parts between the commas; a message and what belongs to it are among them. */
function argumentsIn(parsed: ParsedText, tree: SyntaxNode): SyntaxNode[] {
  const parts: SyntaxNode[] = [];
  let children: SyntaxNode[] = [];
  let start = tree.start + 1;
  const end = (at: number): void => {
    const text = parsed.text.slice(start, at);
    if (text.trim() !== '') {
      const from = start + text.search(/\S/);
      const to = from + text.trim().length;
      const [only] = children;
      const isOne = children.length === 1 && only?.start === from && only.end === to;
      parts.push(isOne ? only : { ...tree, type: 'tokens', field: '', start: from, end: to, children });
    }
    children = [];
  };
  let at = tree.start + 1;
  for (const child of [...tree.children, null]) {
    const gapEnd = child?.start ?? tree.end - 1;
    for (; at < gapEnd; at += 1) {
      if (parsed.text[at] !== ',') continue;
      end(at);
      start = at + 1;
    }
    if (child === null) break;
    children.push(child);
    at = child.end;
  }
  end(tree.end - 1);
  return parts;
}
