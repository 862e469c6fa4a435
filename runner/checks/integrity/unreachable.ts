// Whether what stands in a file can ever run: not in `if (false)`, and not behind a `return`.
import { isFalsehood, isTruth } from './literals.ts';
import type { Mark } from './reading.ts';
import { ancestorsOf, childOf, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

const blocks = /^(statement_block|block|statement_list)$/;
const jumps = /^(return|break|continue|throw|raise)_(statement|expression)$/;

/** What keeps the node, or something around it, from running; null where nothing does. */
export function neverRuns(parsed: ParsedText, node: SyntaxNode): Mark | null {
  let inner = node;
  for (const outer of ancestorsOf(node)) {
    // A function runs from wherever it is called.
    if (inner !== node && /^function_(declaration|definition|item)$/.test(inner.type)) return null;
    if (isNever(parsed, inner)) return { line: outer.line, what: 'in a branch that never runs' };
    const jump = jumpBefore(inner);
    if (jump !== undefined) return { line: jump.line, what: 'behind the end of what runs' };
    inner = outer;
  }
  return null;
}

/** What stands in `if (false)` runs never, nor what stands in the other branch of `if (true)`. */
export function isNever(parsed: ParsedText, { field, parent }: SyntaxNode): boolean {
  if (parent === null || (field !== 'consequence' && field !== 'alternative')) return false;
  const text = conditionText(parsed, parent);
  return field === 'consequence' ? isFalsehood(text) : isTruth(text);
}

/** Without its brackets; empty where there is none. */
export function conditionText(parsed: ParsedText, statement: SyntaxNode): string {
  const condition = childOf(statement, 'condition');
  return condition === undefined ? '' : textOf(parsed, condition).replaceAll(/[()]/g, '');
}

/** The statement of the same block after which the node is never reached. */
export function jumpBefore(node: SyntaxNode): SyntaxNode | undefined {
  const { parent } = node;
  if (parent === null || !blocks.test(parent.type)) return undefined;
  const jump = parent.children.find(
    ({ type, children }) =>
      jumps.test(type) ||
      (type === 'expression_statement' && children.length === 1 && jumps.test(children[0]?.type ?? '')),
  );
  return jump !== undefined && jump.end <= node.start ? jump : undefined;
}
