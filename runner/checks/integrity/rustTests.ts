// Finds the tests of Rust: functions under `#[test]` and the like.
import { besideTests, testOf } from './functionReading.ts';
import { normalText, type Mark, type Reading, type TestCase } from './reading.ts';
import { ancestorsOf, childOf, nodesIn, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

const testing = /^#\[\s*(\w+::)*(test|rstest|test_case|case|quickcheck|proptest|wasm_bindgen_test)\b/;
/** Of a feature that a crate usually has, or of a choice, nobody can say that it is left out. */
const optional = /^#\[\s*cfg\((?!.*\b(not|any)\s*\().*\bfeature\s*=\s*"(?!(std|alloc|default)")/s;
const skipping = /^#\[\s*(ignore\b|cfg\(\s*(any\(\s*\)|not\(\s*test\s*\)|never|FALSE)\s*\))/;

export function readRustTests(parsed: ParsedText): Reading {
  const isTest = (node: SyntaxNode): boolean =>
    node.type === 'function_item' && attributesOf(node).some((item) => testing.test(textOf(parsed, item)));
  const tests: TestCase[] = [];
  for (const node of nodesIn(parsed.root)) {
    if (!isTest(node)) continue;
    const modules = [...ancestorsOf(node)].filter(({ type }) => type === 'mod_item').reverse();
    const name = [...modules, node].map((part) => nameOf(parsed, part)).join(' › ');
    const attributes = attributesOf(node);
    const around = modules.flatMap((part) => attributesOf(part));
    const skip = markOf(parsed, [...attributes, ...around], skipping);
    const leftOut = markOf(parsed, [...attributes, ...around], optional);
    const expectsFailure = markOf(parsed, attributes, /^#\[\s*should_panic\s*\]/);
    const cases = attributes
      .map((item) => textOf(parsed, item))
      .filter((text) => /^#\[\s*(test_)?case\b/.test(text))
      .map(normalText);
    const body = childOf(node, 'body') ?? null;
    tests.push(testOf(parsed, { name, node, body, skip, leftOut, expectsFailure, cases }));
  }
  return { tests, focused: [], ...besideTests(parsed, isTest), foundBy: 'syntax' };
}

function nameOf(parsed: ParsedText, node: SyntaxNode): string {
  const name = childOf(node, 'name');
  return name === undefined ? '' : textOf(parsed, name);
}

/** The grammar puts them beside what they belong to. */
function attributesOf(node: SyntaxNode): SyntaxNode[] {
  const siblings = node.parent?.children ?? [];
  const found: SyntaxNode[] = [];
  for (let index = siblings.indexOf(node) - 1; index >= 0; index -= 1) {
    const sibling = siblings[index];
    if (sibling === undefined || !/^(attribute_item|line_comment|block_comment)$/.test(sibling.type)) break;
    if (sibling.type === 'attribute_item') found.unshift(sibling);
  }
  return found;
}

function markOf(parsed: ParsedText, attributes: readonly SyntaxNode[], wanted: RegExp): Mark | null {
  const found = attributes.find((item) => wanted.test(textOf(parsed, item)));
  return found === undefined
    ? null
    : { line: found.line, what: `marked \`${textOf(parsed, found).split('\n')[0]?.slice(0, 60) ?? ''}\`` };
}
