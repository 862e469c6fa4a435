// A syntax tree as plain data, so that what is read from it needs no parser and its memory is nobody's business.

export interface SyntaxNode {
  readonly type: string;
  /** Its part in its parent, such as `condition`; empty where the grammar names none. */
  readonly field: string;
  /** Offsets in the file's text. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  readonly parent: SyntaxNode | null;
  /** Named nodes, and unnamed ones that play a part, such as operators. */
  readonly children: readonly SyntaxNode[];
}

export interface ParsedText {
  readonly text: string;
  readonly root: SyntaxNode;
}

export function textOf({ text }: ParsedText, node: SyntaxNode): string {
  return text.slice(node.start, node.end);
}

export function childOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field);
}

/** The node and all beneath it in the order of the text; where `enters` says no, what is beneath is left out. */
export function* nodesIn(
  node: SyntaxNode,
  enters: (node: SyntaxNode) => boolean = () => true,
): Generator<SyntaxNode> {
  const left = [node];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    yield next;
    if (next !== node && !enters(next)) continue;
    for (let index = next.children.length - 1; index >= 0; index -= 1) {
      const child = next.children[index];
      if (child !== undefined) left.push(child);
    }
  }
}

/** From the parent outwards, until `end`, which is left out. */
export function* ancestorsOf(node: SyntaxNode, end: SyntaxNode | null = null): Generator<SyntaxNode> {
  for (let next = node.parent; next !== null && next !== end; next = next.parent) yield next;
}
