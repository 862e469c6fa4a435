// Finds answers that are written into the code for just the question that a test asks.
import { isLiteral, isNumber, isString, literalValue } from './literals.ts';
import { surplusOf } from './finding.ts';
import type { TestCase } from './reading.ts';
import { ancestorsOf, childOf, nodesIn, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

/** `if (input === 'a') return 'b'`: a question and its answer, or an answer whatever the question. */
export interface Answer {
  /** Null where the function always answers so. */
  readonly question: string | null;
  readonly answer: string;
  readonly functionName: string;
  readonly line: number;
  readonly text: string;
}

const functions =
  /^(function_declaration|function_definition|function_item|method_declaration|method_definition|arrow_function|function_expression|func_literal|closure_expression|lambda)$/;

/** The answers that the change has brought, without those of functions that only map one value to another. */
export function newAnswers(before: ParsedText | null, after: ParsedText): Answer[] {
  const keyOf = ({ functionName, question, answer }: Answer): string =>
    `${functionName} ${question ?? ''} ${answer}`;
  const all = answersIn(after);
  if (all.length === 0) return [];
  const old = before === null ? [] : answersIn(before);
  const plain = surplusOf(all, old, keyOf).filter(({ question, answer }) =>
    question === null ? isTelling(answer) : isTelling(question) || isTelling(answer),
  );
  // A constant that was one before, or is new, is nobody's answer.
  return plain.filter(
    (answer) => answer.question !== null || (before !== null && computedIn(before, answer.functionName)),
  );
}

function answersIn(parsed: ParsedText): Answer[] {
  const found: Answer[] = [];
  for (const node of nodesIn(parsed.root)) {
    const answer = conditionalAnswer(parsed, node) ?? constantAnswer(parsed, node);
    if (answer !== null) found.push(answer);
  }
  return found;
}

function conditionalAnswer(parsed: ParsedText, node: SyntaxNode): Answer | null {
  const isChoice = /^(if_statement|if_expression|ternary_expression|conditional_expression)$/.test(node.type);
  if (!isChoice) return null;
  const condition =
    childOf(node, 'condition') ?? (node.type === 'conditional_expression' ? node.children[1] : undefined);
  const then = childOf(node, 'consequence') ?? node.children[0];
  if (condition === undefined || then === undefined) return null;
  const question = questionIn(parsed, condition);
  const answer = literalOf(then);
  if (question === null || answer === null) return null;
  const around = functionAround(node);
  if (around === null || !computes(around, parsed)) return null;
  return {
    question: literalValue(parsed, question),
    answer: literalValue(parsed, answer),
    functionName: nameOfFunction(parsed, around),
    line: node.line,
    text: textOf(parsed, node).split('\n')[0] ?? '',
  };
}

/** The literal that a parameter or variable is compared with. */
function questionIn(parsed: ParsedText, condition: SyntaxNode): SyntaxNode | null {
  for (const node of nodesIn(condition)) {
    if (node.type === 'method_invocation' && /equals/.test(textOf(parsed, childOf(node, 'name') ?? node))) {
      const literal = [...nodesIn(node)].find((inner) => isString(inner));
      if (literal !== undefined) return literal;
    }
    if (!/^(binary_expression|comparison_operator)$/.test(node.type)) continue;
    const operator = node.children.find(({ field }) => /^operators?$/.test(field));
    if (operator === undefined || !/^(===?|is)$/.test(textOf(parsed, operator))) continue;
    const sides = node.children.filter((child) => child !== operator);
    const literal = sides.find((side) => isLiteral(side) && (isString(side) || isNumber(side)));
    if (literal !== undefined && sides.some((side) => !isLiteral(side))) return literal;
  }
  return null;
}

/** Of `return 3`, of a block that does only that, of a bare value. */
function literalOf(node: SyntaxNode): SyntaxNode | null {
  if (isLiteral(node) && (isString(node) || isNumber(node) || node.type.startsWith('unary'))) return node;
  const isShell =
    /^(return_statement|return_expression|statement_block|block|statement_list|expression_list|expression_statement|parenthesized_expression)$/.test(
      node.type,
    );
  const [only, ...others] = node.children;
  return isShell && only !== undefined && others.length === 0 ? literalOf(only) : null;
}

function functionAround(node: SyntaxNode): SyntaxNode | null {
  for (const outer of ancestorsOf(node)) if (functions.test(outer.type)) return outer;
  return null;
}

function nameOfFunction(parsed: ParsedText, node: SyntaxNode): string {
  const name =
    childOf(node, 'name') ??
    (node.parent?.type === 'variable_declarator' ? childOf(node.parent, 'name') : undefined);
  return name === undefined ? '' : textOf(parsed, name);
}

/** Whether it returns something that it has to work out: a function of literals only is a table. */
function computes(node: SyntaxNode, parsed: ParsedText): boolean {
  const body = childOf(node, 'body');
  if (body === undefined) return false;
  for (const inner of nodesIn(body)) {
    if (!/^return_(statement|expression)$/.test(inner.type)) continue;
    if (
      inner.children.length > 0 &&
      literalOf(inner) === null &&
      !/^return\s+(null|nil|None|undefined|false|true|''|"")?;?$/.test(textOf(parsed, inner))
    )
      return true;
  }
  // In Rust the last expression is the value.
  const last = body.children.at(-1);
  return (
    node.type === 'function_item' &&
    last !== undefined &&
    !/statement$/.test(last.type) &&
    literalOf(last) === null
  );
}

function constantAnswer(parsed: ParsedText, node: SyntaxNode): Answer | null {
  if (!functions.test(node.type)) return null;
  const body = childOf(node, 'body');
  const answer = body === undefined ? null : literalOf(body);
  const functionName = nameOfFunction(parsed, node);
  if (answer === null || functionName === '') return null;
  return {
    question: null,
    answer: literalValue(parsed, answer),
    functionName,
    line: answer.line,
    text: textOf(parsed, answer),
  };
}

function computedIn(parsed: ParsedText, functionName: string): boolean {
  for (const node of nodesIn(parsed.root)) {
    if (functions.test(node.type) && nameOfFunction(parsed, node) === functionName && computes(node, parsed))
      return true;
  }
  return false;
}

/** Found in an assertion by chance are only plain ones. */
function isTelling(literal: string): boolean {
  return !/^(-?[0-2](\.0)?|)$/.test(literal);
}

/** Whether one of a test's assertions wants that answer, and the test asks the question. */
export function isAskedBy(
  { question, answer, functionName }: Answer,
  { assertions, words }: TestCase,
): boolean {
  const names = functionName.length > 1 && words.has(functionName);
  if (question === null) return names && assertions.some(({ literals }) => literals.includes(answer));
  const isPlain = question.length < 3 || answer.length < 2;
  if (isPlain && !names) return false;
  const asks = (question.match(/\w+/g) ?? []).every((word) => words.has(word));
  return asks && assertions.some(({ literals }) => literals.includes(answer) && answer !== question);
}
