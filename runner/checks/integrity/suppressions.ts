// Finds what silences a linter, a type checker or the coverage in a line: comments, attributes, annotations, `any`.
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import { isComment } from './callChain.ts';
import { finding, surplusOf } from './finding.ts';
import { nodesIn, textOf, type ParsedText } from './syntaxNode.ts';

export interface Suppression {
  /** One may take another's place within a family. */
  readonly family: string;
  readonly text: string;
  readonly file: string;
  readonly line: number;
  readonly foundBy: 'syntax' | 'text';
}

interface Silencer {
  readonly family: string;
  readonly pattern: RegExp;
  /** Tests of types expect errors: there it silences nothing. */
  readonly isFineInTests?: true;
}

/** What comments say; those for a whole file are families of their own, since they silence more. */
const comments: readonly Silencer[] = [
  {
    family: 'the type checker in a file',
    pattern: /@ts-nocheck\b|^#\s*mypy:\s*ignore-errors|^#\s*pyright:\s*(?:basic|ignore\b)/,
  },
  { family: 'the type checker', pattern: /@ts-expect-error\b/, isFineInTests: true },
  { family: 'the type checker', pattern: /@ts-ignore\b|#\s*type:\s*ignore|#\s*pyright:\s*ignore/ },
  {
    family: 'the linter in a file',
    pattern: /^\/\*\s*eslint-disable(?!-)|^#\s*(?:ruff|flake8):\s*noqa|^\/\*\s*oxlint-disable(?!-)/,
  },
  {
    family: 'the linter',
    pattern:
      /\b(?:eslint|oxlint|tslint|stylelint)[-:]disable|\bbiome-ignore\b|#\s*noqa\b|\bpylint:\s*disable|\/\/\s*nolint\b|\/\/nolint\b|\brubocop:disable|\bphpcs:ignore|@phpstan-ignore|\bNOLINT(?:NEXTLINE|BEGIN)?\b|\bNOSONAR\b|#nosec\b|\bnosemgrep\b|shellcheck disable/,
  },
  {
    family: 'the coverage',
    pattern:
      /\bpragma:\s*no\s*cover|\b(?:istanbul|c8|v8)\s+ignore\b|\bnode:coverage\s+(?:disable|ignore)|\bLCOV_EXCL/,
  },
];

/** By syntax in comments and the like, so that a text that speaks of one is none. */
export function suppressionsIn(parsed: ParsedText, file: string, isTest: boolean): Suppression[] {
  const found: Suppression[] = [];
  const add = (family: string, text: string, line: number): void => {
    found.push({ family, text: text.replaceAll(/\s+/g, ' ').slice(0, 200), file, line, foundBy: 'syntax' });
  };
  for (const node of nodesIn(parsed.root)) {
    if (isComment(node.type)) {
      const text = textOf(parsed, node);
      const silencer = silencerIn(text, isTest);
      if (silencer !== undefined) add(silencer.family, text, node.line);
    } else if (node.type === 'attribute_item' || node.type === 'inner_attribute_item') {
      const text = textOf(parsed, node);
      if (/^#!?\[\s*(?:cfg_attr\([^,]*,\s*)?(?:allow|expect)\(/.test(text))
        add('the linter', text, node.line);
    } else if (/annotation$/.test(node.type)) {
      const text = textOf(parsed, node);
      if (/^@(SuppressWarnings|SuppressFBWarnings)\b/.test(text)) add('the compiler', text, node.line);
    } else if (node.type === 'predefined_type' && !isTest && textOf(parsed, node) === 'any') {
      // As an argument of another type it says that nothing is known of it, which is often so.
      const isOwn = /^(as_expression|type_annotation|type_assertion|satisfies_expression)$/.test(
        node.parent?.type ?? '',
      );
      if (isOwn && node.parent !== null)
        add('the type checker by `any`', textOf(parsed, node.parent), node.line);
    }
  }
  return found;
}

export function suppressionsInText(text: string, file: string, isTest: boolean): Suppression[] {
  return text.split('\n').flatMap((lineText, index) => {
    const comment = /(?:\/\/|\/\*|#|<!--|--).*$/.exec(lineText)?.[0];
    const silencer = comment === undefined ? undefined : silencerIn(comment, isTest);
    if (silencer === undefined || comment === undefined) return [];
    return [
      { family: silencer.family, text: comment.trim(), file, line: index + 1, foundBy: 'text' as const },
    ];
  });
}

function silencerIn(comment: string, isTest: boolean): Silencer | undefined {
  const found = comments.find(({ pattern }) => pattern.test(comment));
  return found?.isFineInTests === true && isTest ? undefined : found;
}

const mostInFile = 5;

/** More of a family than before; moved ones and those that took another's place are none. */
export function compareSuppressions(
  before: readonly Suppression[],
  after: readonly Suppression[],
): IntegrityFinding[] {
  const families = [...new Set(after.map(({ family }) => family))];
  return families.flatMap((family) => {
    const was = before.filter((one) => one.family === family);
    const now = after.filter((one) => one.family === family);
    const count = now.length - was.length;
    if (count <= 0) return [];
    const added = surplusOf(now, was, ({ text }) => text).slice(0, count);
    return [...Map.groupBy(added, ({ file }) => file).values()].flatMap((inFile) => shownOf(family, inFile));
  });
}

/** Many in one file are shown as one. */
function shownOf(family: string, inFile: readonly Suppression[]): IntegrityFinding[] {
  const isMany = inFile.length > mostInFile;
  return inFile.slice(0, isMany ? 1 : mostInFile).map(({ file, line, text, foundBy }) => {
    const words = isMany ? `Silences ${family}, ${inFile.length} times in this file.` : `Silences ${family}.`;
    return finding('ruleSuppressed', { file, line, side: 'after', foundBy }, words, text);
  });
}
