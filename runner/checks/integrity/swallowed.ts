// Whether an assertion's failure is caught and forgotten.
import { ancestorsOf, childOf, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

/** Between the assertion and the end of its test. */
export function isSwallowed(parsed: ParsedText, node: SyntaxNode, test: SyntaxNode): boolean {
  let inner = node;
  for (const outer of ancestorsOf(node, test.parent)) {
    if (outer.type === 'try_statement' && inner.field === 'body' && catchesAll(parsed, outer)) return true;
    if (outer.type === 'with_statement' && /\bsuppress\(/.test(headOf(parsed, outer))) return true;
    inner = outer;
  }
  return false;
}

/** A handler that fails, asserts or looks at what it caught does something with it. */
function catchesAll(parsed: ParsedText, statement: SyntaxNode): boolean {
  const handlers = statement.children.filter(({ type }) => /^(catch_clause|except_clause)$/.test(type));
  if (handlers.length === 0) return false;
  const catchesFailures = (handler: SyntaxNode): boolean => {
    const head = headOf(parsed, handler);
    if (handler.type === 'catch_clause')
      return !/\(/.test(head) || !/Exception|IO|SQL/.test(head) || /Throwable|AssertionError/.test(head);
    return /^except\s*$|\b(AssertionError|Exception|BaseException)\b/.test(head);
  };
  return handlers.some(
    (handler) =>
      catchesFailures(handler) &&
      !/\b(throw|raise|fail|assert\w*|expect\w*|reject|done|t\.)\b/.test(bodyOf(parsed, handler)),
  );
}

function headOf(parsed: ParsedText, node: SyntaxNode): string {
  const body = childOf(node, 'body') ?? node.children.find(({ type }) => type === 'block');
  return parsed.text
    .slice(node.start, body?.start ?? node.end)
    .replace(/:\s*$/, '')
    .trim();
}

function bodyOf(parsed: ParsedText, node: SyntaxNode): string {
  const body = childOf(node, 'body') ?? node.children.find(({ type }) => type === 'block');
  return body === undefined ? '' : textOf(parsed, body);
}
