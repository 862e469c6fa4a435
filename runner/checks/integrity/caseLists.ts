// The cases with which a test runs, from the list that holds them or the name that the file gives it.
import { isComment } from './callChain.ts';
import { normalText } from './reading.ts';
import { childOf, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

/** Each in normal form. */
export function casesOf(parsed: ParsedText, list: SyntaxNode | undefined): string[] {
  const found = list === undefined ? undefined : listOf(parsed, list);
  const cases = (found?.children ?? []).filter(({ type }) => !isComment(type));
  // How many others it takes in stands elsewhere.
  if (cases.some(({ type }) => /^(spread_element|list_splat)$/.test(type))) return [];
  return cases.map((item) => normalText(textOf(parsed, item)));
}

const lists = /^(array|list|tuple|literal_value|element_value_array_initializer)$/;
const wrappers = /^(as_expression|satisfies_expression|parenthesized_expression)$/;

function listOf(parsed: ParsedText, node: SyntaxNode, mayBeName = true): SyntaxNode | undefined {
  if (lists.test(node.type)) return node;
  const [only] = node.children;
  if (wrappers.test(node.type) && only !== undefined) return listOf(parsed, only, mayBeName);
  if (node.type !== 'identifier' || !mayBeName) return undefined;
  const value = valueOf(parsed, textOf(parsed, node));
  return value === undefined ? undefined : listOf(parsed, value, false);
}

/** What the file itself gives to a name, outside of all functions. */
function valueOf(parsed: ParsedText, name: string): SyntaxNode | undefined {
  for (const statement of parsed.root.children) {
    const declared = statement.type === 'export_statement' ? (statement.children[0] ?? statement) : statement;
    for (const part of declared.children) {
      const target = childOf(part, 'name') ?? childOf(part, 'left');
      if (target !== undefined && textOf(parsed, target) === name)
        return childOf(part, 'value') ?? childOf(part, 'right');
    }
  }
  return undefined;
}
