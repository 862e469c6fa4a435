// Finds the tests of Python: of pytest and unittest.
import { chainOf } from './callChain.ts';
import { casesOf } from './caseLists.ts';
import { besideTests, testOf } from './functionReading.ts';
import type { Mark, Reading, TestCase } from './reading.ts';
import { ancestorsOf, childOf, nodesIn, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

/** Without a condition: `skipif` has its reason, unless that always holds. */
const skipping =
  /\bmark\.(skip(?!if)|xfail(?!\s*\(\s*(?!reason|strict|raises)[\w.]+\s*[,.<>=!]))|\bunittest\.skip(?!If|Unless)|\bexpectedFailure\b|^@skip\b|\bskip[iI]f\(\s*(True|1|not False)\b/;

export function readPythonTests(parsed: ParsedText): Reading {
  const moduleSkip = assignedSkip(parsed, parsed.root);
  const isTest = (node: SyntaxNode): boolean =>
    node.type === 'function_definition' && isTestFunction(parsed, node);
  const tests: TestCase[] = [];
  for (const node of nodesIn(parsed.root)) {
    if (!isTest(node)) continue;
    const classes = [...ancestorsOf(node)].filter(({ type }) => type === 'class_definition');
    const name = [...classes.reverse(), node].map((part) => nameOf(parsed, part)).join(' › ');
    const decorators = [node, ...classes].flatMap((part) => decoratorsOf(part));
    const skip =
      markOf(parsed, decorators) ??
      classes
        .map((part) => assignedSkip(parsed, childOf(part, 'body') ?? part))
        .find((mark) => mark !== null) ??
      moduleSkip;
    const cases = decorators.flatMap((decorator) => rowsOf(parsed, decorator));
    const leftOut = classes.map((part) => uncollected(parsed, part)).find((mark) => mark !== null) ?? null;
    const body = childOf(node, 'body') ?? null;
    tests.push(testOf(parsed, { name, node, body, skip, leftOut, cases }));
  }
  return { tests, focused: [], ...besideTests(parsed, isTest), foundBy: 'syntax' };
}

function nameOf(parsed: ParsedText, node: SyntaxNode): string {
  const name = childOf(node, 'name');
  return name === undefined ? '' : textOf(parsed, name);
}

/** Not one within another function, which nobody collects. */
function isTestFunction(parsed: ParsedText, node: SyntaxNode): boolean {
  if (!/^test/.test(nameOf(parsed, node))) return false;
  for (const outer of ancestorsOf(node)) {
    if (outer.type === 'function_definition') return false;
    if (outer.type === 'class_definition') return true;
  }
  return true;
}

/** pytest takes classes by their names, without a constructor; of those with a parent, such as unittest's, that one decides. */
function uncollected(parsed: ParsedText, node: SyntaxNode): Mark | null {
  if ((childOf(node, 'superclasses')?.children.length ?? 0) > 0) return null;
  const { line } = node;
  if (!/^Test/.test(nameOf(parsed, node))) return { line, what: 'its class isn’t called `Test…`' };
  const members = childOf(node, 'body')?.children ?? [];
  const constructor = members.find(
    (one) => one.type === 'function_definition' && nameOf(parsed, one) === '__init__',
  );
  return constructor === undefined ? null : { line: constructor.line, what: 'its class has an `__init__`' };
}

function decoratorsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const { parent } = node;
  if (parent?.type !== 'decorated_definition') return [];
  return parent.children.filter(({ type }) => type === 'decorator');
}

function markOf(parsed: ParsedText, decorators: readonly SyntaxNode[]): Mark | null {
  const found = decorators.find((decorator) => {
    const text = textOf(parsed, decorator);
    return !/^@[\w.]*parametrize\b/.test(text) && skipping.test(text);
  });
  if (found === undefined) return null;
  return { line: found.line, what: `marked \`${textOf(parsed, found).replace(/\(.*/s, '')}\`` };
}

/** `pytestmark = pytest.mark.skip`, `__test__ = False`, or a module that skips itself. */
function assignedSkip(parsed: ParsedText, body: SyntaxNode): Mark | null {
  for (const { type, line, ...node } of body.children) {
    if (type !== 'expression_statement') continue;
    const text = parsed.text.slice(node.start, node.end);
    const isMarked = /^pytestmark\s*=/.test(text) && skipping.test(text);
    if (isMarked || /^__test__\s*=\s*False/.test(text) || /^pytest\.skip\(.*allow_module_level/s.test(text))
      return { line, what: `skipped by \`${text.split('\n')[0]?.slice(0, 60) ?? ''}\`` };
  }
  return null;
}

/** The rows of `@pytest.mark.parametrize`. */
function rowsOf(parsed: ParsedText, decorator: SyntaxNode): string[] {
  const [call] = decorator.children;
  if (call === undefined) return [];
  const { calls } = chainOf(parsed, call);
  const last = calls.at(-1);
  if (last?.name !== 'parametrize') return [];
  const named = last.args.find(
    (argument) => argument.type === 'keyword_argument' && nameOf(parsed, argument) === 'argvalues',
  );
  return casesOf(parsed, named === undefined ? last.args[1] : childOf(named, 'value'));
}
