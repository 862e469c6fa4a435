// Reads one acceptance criterion: what proves it is code in it, with a few words around the code.
import type { Expectation } from './expectation.ts';
import type { Criterion } from './spec.ts';

/** What is wrong with a criterion, in words for its author. */
export class CriterionMistake extends Error {
  override readonly name = 'CriterionMistake';
}

const longestPattern = 500;
/** A longer one is refused with the whole spec. */
const longestItem = 4_000;

/** Stands for one code span, by its number, while the words around are read. */
const code = '\u0001(\\d+)\u0001';
const formOf = (rest: string): RegExp => new RegExp(`^(.*?)${rest}\\s*\\.?$`, 'i');
const forms = {
  ends: formOf(
    `${code}\\s+(?:exits|ends|fails)\\s+with\\s+(?:(?:an?\\s+)?(?:exit\\s+)?(?:code|status)\\s+)?` +
      `(?:${code}|([-+]?\\d\\S*?))(?:\\s+and\\s+(?:prints|outputs)\\s+${code})?`,
  ),
  prints: formOf(`${code}\\s+(?:prints|outputs)\\s+${code}`),
  makes: formOf(`${code}\\s+(?:makes|creates|writes)\\s+${code}`),
  exists: formOf(`${code}\\s+exists`),
} as const;
const noNewProblems = formOf('no new problems');
const unclosed = new RegExp(
  `${code}\\s+(?:prints|outputs|makes|creates|writes|.*\\band\\s+prints)\\s+\``,
  'i',
);
const commandLast = new RegExp(`^(.*?)${code}$`);
const coverage =
  /\bcoverage\b.*(?:\bnot\b|n[’']t\b|\bno\b|\bnever\b).*\b(?:lower|drops?|falls?|decreases?|less|worse)\b/i;

/** The words of an item with a mark for each code span, and what is in the spans. */
interface Item {
  readonly words: string;
  readonly codes: readonly string[];
}

/** The criterion that an item of a list is. Throws CriterionMistake where what proves it can't be read. */
export function criterionOf(text: string): Criterion {
  if (text.length > longestItem) return { text, check: null };
  const item = withoutCode(text);
  const read = endsOf(item) ?? printsOf(item) ?? makesOf(item) ?? existsOf(item);
  if (read !== null) return read;
  if (noNewProblems.test(item.words))
    return { text: plain(item), check: null, expect: { kind: 'noNewProblems' } };
  if (unclosed.test(item.words)) throw new CriterionMistake('a code at its end has no closing backtick');
  const [, before = '', last] = commandLast.exec(item.words) ?? [];
  if (last === undefined) return { text, check: null };
  const check = codeAt(item, last);
  const criterion = { text: withoutColon(restored(before, item)) || check, check };
  return coverage.test(before) ? { ...criterion, expect: { kind: 'coverageNotLower' } } : criterion;
}

function endsOf(item: Item): Criterion | null {
  const [, before = '', command, codeOfNumber, number, printed] = forms.ends.exec(item.words) ?? [];
  if (command === undefined) return null;
  const exitCode = number ?? codeAt(item, codeOfNumber);
  if (!/^\d{1,3}$/.test(exitCode) || Number(exitCode) > 255)
    throw new CriterionMistake(`an exit code is a number from 0 to 255, not "${exitCode}"`);
  const prints = printed === undefined ? null : patternOf(codeAt(item, printed));
  return bound(item, before, command, { kind: 'ends', exitCode: Number(exitCode), prints });
}

function printsOf(item: Item): Criterion | null {
  const [, before = '', command, pattern] = forms.prints.exec(item.words) ?? [];
  if (command === undefined) return null;
  return bound(item, before, command, {
    kind: 'ends',
    exitCode: 0,
    prints: patternOf(codeAt(item, pattern)),
  });
}

function makesOf(item: Item): Criterion | null {
  const [, before = '', command, path] = forms.makes.exec(item.words) ?? [];
  if (command === undefined) return null;
  return bound(item, before, command, { kind: 'makes', path: pathOf(codeAt(item, path)) });
}

function existsOf(item: Item): Criterion | null {
  const [, before = '', path] = forms.exists.exec(item.words) ?? [];
  if (path === undefined || !isFile(codeAt(item, path), before)) return null;
  return bound(item, before, null, { kind: 'fileExists', path: pathOf(codeAt(item, path)) });
}

/** A name in a program may exist, too: a file is what is called one, or looks like one. */
function isFile(name: string, before: string): boolean {
  if (/(?:^|\s)(?:file|folder|directory|path)\s*$/i.test(before)) return true;
  const standsAlone = before.trim() === '' || /[:–—-]\s*$/.test(before);
  return standsAlone && /[./]/.test(name) && !/[()\s]/.test(name);
}

function bound(item: Item, before: string, command: string | null, expect: Expectation): Criterion {
  const name = /[:–—-]\s*$/.test(before) ? withoutColon(restored(before, item)) : '';
  return { text: name || plain(item), check: command === null ? null : codeAt(item, command), expect };
}

function codeAt({ codes }: Item, index: string | undefined): string {
  return codes[Number(index)] ?? '';
}

function patternOf(pattern: string): string {
  if (/^[*\s]*$/.test(pattern)) throw new CriterionMistake('what is printed needs more than "*"');
  if (pattern.length > longestPattern)
    throw new CriterionMistake(`what is printed may have ${longestPattern} characters`);
  return pattern;
}

function pathOf(written: string): string {
  const path = written.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
  const isOutside = /^[/\\~]|^[A-Za-z]:|\\/.test(path) || path.split('/').includes('..');
  if (path === '' || isOutside)
    throw new CriterionMistake(`"${written}" is no path within the repository, relative to its root`);
  return path;
}

function plain(item: Item): string {
  return restored(item.words, item, '').replace(/\s*\.$/, '');
}

function withoutColon(text: string): string {
  return text.replace(/[\s:–—-]+$/, '');
}

function restored(words: string, item: Item, quote = '`'): string {
  return words.replaceAll(new RegExp(code, 'g'), (_, index: string) => quote + codeAt(item, index) + quote);
}

/** A span ends at as many backticks as it began with, as in Markdown. */
function withoutCode(text: string): Item {
  const codes: string[] = [];
  let words = '';
  for (let rest = text.replaceAll('\u0001', ''); rest !== '';) {
    const [, before = '', ticks = ''] = /^([^`]*)(`*)/.exec(rest) ?? [];
    rest = rest.slice(before.length + ticks.length);
    const end = ticks === '' ? -1 : endOfCode(rest, ticks.length);
    const inside = end < 0 ? '' : rest.slice(0, end).trim();
    if (inside === '') {
      words += before + ticks;
      continue;
    }
    words += `${before}\u0001${codes.push(inside) - 1}\u0001`;
    rest = rest.slice(end + ticks.length);
  }
  return { words, codes };
}

function endOfCode(text: string, ticks: number): number {
  for (const match of text.matchAll(/`+/g)) if (match[0].length === ticks) return match.index;
  return -1;
}
