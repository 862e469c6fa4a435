// Which nodes are literals, in all languages, and what they say.
import { textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

const numbers = /^(number|integer|float|int_literal|float_literal|integer_literal|decimal_.*_literal)$/;
const strings = /^(string|string_literal|interpreted_string_literal|raw_string_literal|template_string)$/;
const constants = /^(true|false|null|undefined|none|nil|null_literal|boolean_literal)$/;

export function isLiteral({ type, children }: SyntaxNode): boolean {
  if (type === 'template_string' || type === 'string')
    return !children.some((child) => /substitution|interpolation/.test(child.type));
  if (type === 'unary_expression' || type === 'unary_operator')
    return children.some(isLiteral) && children.length <= 2;
  return numbers.test(type) || strings.test(type) || constants.test(type);
}

export function isString({ type }: SyntaxNode): boolean {
  return strings.test(type);
}

export function isNumber({ type }: SyntaxNode): boolean {
  return numbers.test(type);
}

/** A literal's value in the same form in all languages: without quotes, prefixes, suffixes. */
export function literalValue(parsed: ParsedText, node: SyntaxNode): string {
  const text = textOf(parsed, node);
  if (isString(node))
    return text.replace(/^[a-zA-Z]*#*("""|'''|["'`])/, '').replace(/("""|'''|["'`])#*$/, '');
  return isNumber(node) ? text.replaceAll('_', '').replace(/(?<=[\d.])(?:[uif]\d+|[lLfFdDn])$/, '') : text;
}

export function isTruth(text: string): boolean {
  return /^(true|True|1)$/.test(text.trim());
}

export function isFalsehood(text: string): boolean {
  return /^\(*\s*(false|False|0)\s*\)*$/.test(text.trim());
}
