// A call with what it is called on, the same for all languages: `expect(total).not.toBe(3)` is expect, not, toBe.
import { childOf, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

export interface ChainCall {
  readonly name: string;
  readonly args: readonly SyntaxNode[];
}

export interface CallChain {
  readonly names: readonly string[];
  /** Those of the names that are called. */
  readonly calls: readonly ChainCall[];
}

const members: ReadonlySet<string> = new Set([
  'member_expression',
  'attribute',
  'selector_expression',
  'field_expression',
  'field_access',
]);

const wrappers: ReadonlySet<string> = new Set([
  'await_expression',
  'await',
  'parenthesized_expression',
  'non_null_expression',
]);

const objectFields = ['object', 'operand', 'value'];
const nameFields = ['property', 'attribute', 'field', 'name'];

const emptyChain: CallChain = { names: [], calls: [] };

export function chainOf(parsed: ParsedText, node: SyntaxNode): CallChain {
  if (node.type === 'call_expression' || node.type === 'call') {
    const callee = childOf(node, 'function');
    const inner = callee === undefined ? emptyChain : chainOf(parsed, callee);
    return { ...inner, calls: [...inner.calls, { name: inner.names.at(-1) ?? '', args: argumentsOf(node) }] };
  }
  if (node.type === 'method_invocation') {
    const object = childOf(node, 'object');
    const inner = object === undefined ? emptyChain : chainOf(parsed, object);
    const name = nameIn(parsed, node);
    return {
      names: [...inner.names, name],
      calls: [...inner.calls, { name, args: argumentsOf(node) }],
    };
  }
  if (members.has(node.type)) {
    const object = node.children.find(({ field }) => objectFields.includes(field));
    const inner = object === undefined ? emptyChain : chainOf(parsed, object);
    return { ...inner, names: [...inner.names, nameIn(parsed, node)] };
  }
  const [only] = node.children;
  if (wrappers.has(node.type) && only !== undefined) return chainOf(parsed, only);
  if (node.type === 'macro_invocation') {
    const name = textOf(parsed, childOf(node, 'macro') ?? node)
      .split('::')
      .at(-1);
    return { names: [name ?? ''], calls: [] };
  }
  if (node.type === 'scoped_identifier') return { names: textOf(parsed, node).split('::'), calls: [] };
  if (/identifier$|^(this|self|super)$/.test(node.type)) return { names: [textOf(parsed, node)], calls: [] };
  return { names: [''], calls: [] };
}

export function isChain({ type }: SyntaxNode): boolean {
  return type === 'call_expression' || type === 'call' || type === 'method_invocation' || members.has(type);
}

function nameIn(parsed: ParsedText, node: SyntaxNode): string {
  const name = node.children.findLast(({ field }) => nameFields.includes(field));
  return name === undefined ? '' : textOf(parsed, name);
}

function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const list = childOf(node, 'arguments');
  if (list === undefined) return [];
  if (list.type === 'template_string') return [list];
  return list.children.filter(({ type }) => !isComment(type));
}

export function isComment(type: string): boolean {
  return type === 'comment' || type === 'line_comment' || type === 'block_comment';
}
