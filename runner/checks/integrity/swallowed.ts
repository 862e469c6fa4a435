// Whether an assertion's failure is caught and forgotten, or comes when nobody waits for it any more.
import { chainOf } from './callChain.ts';
import { ancestorsOf, childOf, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

/** Between the assertion and the end of its test. */
export function isSwallowed(parsed: ParsedText, node: SyntaxNode, test: SyntaxNode): boolean {
  if (isAwaitedByNobody(parsed, node)) return true;
  let inner = node;
  for (const outer of ancestorsOf(node, test.parent)) {
    if (outer.type === 'call_expression' && inner.field === 'function' && forgetsRejection(parsed, outer))
      return true;
    if (outer.type === 'try_statement' && inner.field === 'body' && catchesAll(parsed, outer)) return true;
    if (outer.type === 'with_statement' && /\bsuppress\(/.test(headOf(parsed, outer))) return true;
    inner = outer;
  }
  return false;
}

/** `expect(…).rejects.toThrow()` as a statement of its own is a promise that is dropped. */
function isAwaitedByNobody(parsed: ParsedText, node: SyntaxNode): boolean {
  if (node.type !== 'call_expression' || node.parent?.type !== 'expression_statement') return false;
  return chainOf(parsed, node).names.some((name) => /^(resolves|rejects)$/.test(name));
}

/** `.catch(() => {})` behind the promise in which the assertion is. */
function forgetsRejection(parsed: ParsedText, call: SyntaxNode): boolean {
  const last = chainOf(parsed, call).calls.at(-1);
  const [handler] = last?.args ?? [];
  if (last?.name !== 'catch' || handler === undefined) return false;
  return /function/.test(handler.type) && !reacts.test(textOf(parsed, childOf(handler, 'body') ?? handler));
}

const reacts = /\b(throw|raise|fail|assert\w*|expect\w*|reject|done|t\.)\b/;

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
  return handlers.some((handler) => catchesFailures(handler) && !reacts.test(bodyOf(parsed, handler)));
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
