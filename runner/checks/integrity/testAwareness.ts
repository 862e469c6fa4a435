// Finds code that asks whether a test runs, and code about tests that makes a failure look like a pass.
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import { finding, surplusOf, type FoundAt } from './finding.ts';

interface Trick {
  readonly pattern: RegExp;
  readonly words: string;
  /** Where the line, or one around it, says this, there is a reason. */
  readonly unless?: RegExp;
}

/** In what is no test. */
const questions: readonly Trick[] = [
  {
    pattern: /NODE_ENV['"]?\]?\s*[=!]==?\s*['"]test['"]|['"]test['"]\s*[=!]==?\s*process\.env\.NODE_ENV/,
    words: 'asks whether it runs in a test',
  },
  {
    pattern:
      /\b(JEST_WORKER_ID|VITEST_WORKER_ID|PYTEST_CURRENT_TEST|NODE_TEST_CONTEXT)\b|process\.env(\.|\[['"])(VITEST|MOCHA)\b/,
    words: 'asks which test runs',
  },
  {
    pattern:
      /['"](pytest|unittest|_pytest|nose)['"]\s+(not\s+)?in\s+sys\.modules|sys\.modules\.get\(\s*['"](pytest|unittest)['"]/,
    words: 'asks whether a test runner is loaded',
  },
  {
    pattern:
      /\btesting\.Testing\(\)|flag\.Lookup\(\s*"test\.v"|strings\.HasSuffix\(os\.Args\[0\],\s*"\.test"\)/,
    words: 'asks whether it runs in a test',
  },
  { pattern: /\bcfg!\(\s*test\s*\)/, words: 'asks whether it is built for tests' },
  {
    pattern:
      /Class\.forName\(\s*"org\.(junit|testng)|getClassName\(\)\.(contains|startsWith)\("(org\.junit|.*Test)/,
    words: 'asks whether a test runner is loaded',
  },
  {
    pattern:
      /process\.argv.*\b(mocha|jest|vitest)\b|sys\.argv\[0\].*\b(pytest|py\.test)\b|typeof\s+(jest|vi|describe|it)\s*[!=]==?\s*['"]/,
    words: 'asks whether a test runner is loaded',
  },
];

/** In what prepares, runs or reports tests. */
const patches: readonly Trick[] = [
  {
    pattern: /\bos\._exit\(\s*0?\s*\)|\bsys\.exit\(\s*0?\s*\)|(?<!['"\w.])exit\(0\)/,
    words: 'ends the run as a success',
  },
  {
    pattern:
      /\bprocess\.exit\(\s*0?\s*\)|\bprocess\.exitCode\s*=\s*0|\bprocess\.reallyExit\s*=|process\.exit\s*=\s*/,
    words: 'ends the run as a success',
  },
  {
    pattern: /\bos\.Exit\(0\)|\bstd::process::exit\(0\)|\bSystem\.exit\(0\)/,
    words: 'ends the run as a success',
  },
  {
    pattern:
      /\bsession\.exitstatus\s*=|\b\w+\.outcome\s*=\s*['"](passed|skipped)['"]|pytest_collection_modifyitems.*\bclear\(\)|\bitems\s*(\[:\])?\s*=\s*\[\]|items\.clear\(\)/,
    words: 'changes what a run reports',
  },
  {
    pattern:
      /\bcollect_ignore(_glob)?\s*(\+?=(?!=)|\.(append|extend|insert)\()[^\])]*(test|['"/]\*+(\.py)?['"])/,
    words: 'leaves tests out',
    // Of another version or system than the one that runs.
    unless: /^\s*(if|elif|else|except)\b/,
  },
  {
    pattern: /\badd_marker\(\s*pytest\.mark\.(skip|xfail)\b/,
    words: 'leaves tests out',
    // Those with a mark, or all when an option asks for it; not those that are called by their names.
    unless: /^\s*(if|elif|else)\b(?!.*\.(name|nodeid|originalname)\b)/,
  },
  {
    // Whatever gets the tests may run them.
    pattern: /\bfunc TestMain\((\w+)[^)]*\)\s*\{(((?!\b\1\b)[^\n])*\}|((?!\b\1\b|\n\})[^])*\n\})/,
    words: 'runs no test',
  },
  {
    pattern:
      /\b(expect|assert)\s*=\s*(\(|function|async|new Proxy|lambda)|global(This)?\.(expect|assert|it|test|describe)\s*=|unittest\.TestCase\.\w+\s*=|Runner\.prototype\.\w+\s*=|Assert(ion)?\.prototype\.\w+\s*=/,
    words: 'replaces what tests assert with',
  },
];

const anywhere: readonly Trick[] = [
  { pattern: /\bos\._exit\(\s*0\s*\)|atexit\.register\(.*_exit/, words: 'ends the process as a success' },
  {
    pattern: /def\s+__eq__\s*\([^)]*\)[^:]*:\s*(#.*)?\n?\s*return\s+True\b/,
    words: 'is equal to everything',
  },
  {
    pattern: /\bequals\s*\(\s*(final\s+)?Object\s+\w+\s*\)\s*\{\s*return\s+true;/,
    words: 'is equal to everything',
  },
];

export interface TextChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly isTest: boolean;
  readonly isSetUp: boolean;
}

export function testAwareness(change: TextChange): IntegrityFinding[] {
  const found = change.isTest ? [] : compare(change, questions, 'expectedValueHardCoded', 'The code');
  const patched = change.isSetUp ? compare(change, patches, 'checkWeakened', 'What prepares tests') : [];
  const general = compare(change, anywhere, 'checkWeakened', 'Code').filter(
    ({ line }) => !patched.some((one) => one.line === line),
  );
  return [...found, ...patched, ...general];
}

interface Place {
  readonly text: string;
  readonly line: number;
}

function compare(
  { path, before, after }: TextChange,
  tricks: readonly Trick[],
  kind: 'expectedValueHardCoded' | 'checkWeakened',
  who: string,
): IntegrityFinding[] {
  return tricks.flatMap((trick) => {
    const now = placesOf(after, trick);
    const was = now.length === 0 ? [] : placesOf(before, trick);
    return surplusOf(now, was, ({ text }) => text)
      .slice(0, Math.max(0, now.length - was.length))
      .map(({ text, line }) => {
        const at: FoundAt = { file: path, line, side: 'after', foundBy: 'text' };
        return finding(kind, at, `${who} ${trick.words}.`, text);
      });
  });
}

function placesOf(text: string, { pattern, unless }: Trick): Place[] {
  return [...text.matchAll(new RegExp(pattern, 'g'))].flatMap(({ index }) => {
    const start = text.lastIndexOf('\n', index) + 1;
    const end = text.indexOf('\n', index);
    const lineText = text.slice(start, end < 0 ? text.length : end);
    const isComment = /^\s*(#(?!\[)|\/\/|\*|\/\*)/.test(lineText);
    if (
      isComment ||
      (unless !== undefined && [lineText, ...linesAround(text, start)].some((line) => unless.test(line)))
    )
      return [];
    return [{ text: lineText.trim(), line: text.slice(0, index).split('\n').length }];
  });
}

/** The lines that open the blocks in which a line stands, by how far they are indented. */
function linesAround(text: string, start: number): string[] {
  const indentOf = (line: string): number => line.search(/\S/);
  const around: string[] = [];
  let indent = indentOf(text.slice(start));
  for (const line of text.slice(0, start).split('\n').reverse()) {
    if (indent <= 0) break;
    const its = indentOf(line);
    if (its < 0 || its >= indent) continue;
    around.push(line);
    indent = its;
  }
  return around;
}
